// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Does a stitching policy keep its promises?

#include <vector>

#include "support/random.hpp"
#include "voxstitch/geometry/blocking.hpp"
#include "voxstitch/stitch/concepts.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::test {

/// The laws of stitching_policy for the blocks of one blocking.
template <stitch::stitching_policy S>
void check_contributions(S const& policy, blocking<3> const& blocks) {
  box<3> const domain = blocks.domain();
  std::vector<int> seen(static_cast<std::size_t>(domain.size()));
  strided_view<int, 3> const count(seen.data(), domain.shape());
  for (auto const& b : blocks) {
    box<3> const part = policy.contributes(b);
    CAPTURE(b.index, part);
    CHECK(contains(b.result, part));
    CHECK(contains(part, b.core));
    for_each_voxel(relative_to(part, domain), [&](coord<3> const& v) { ++count[v]; });
  }
  CHECK(std::all_of(seen.begin(), seen.end(), [](int n) { return n >= 1; }));
}

/// All laws of a stitching policy, on random blockings.
template <stitch::stitching_policy S>
void check_stitching_policy_laws(S const& policy) {
  random_source random;
  CAPTURE(random);
  CHECK(policy == S(policy));
  CHECK(min(policy.overlap(), coord<3>{}) == coord<3>{});
  for (int i = 0; i < 100; ++i) {
    auto const domain = box<3>::at_origin(random.shape<3>(20));
    blocking<3> const blocks(domain, random.shape<3>(12), random.shape<3>(4), policy.overlap());
    CAPTURE(domain, blocks.block_shape());
    check_contributions(policy, blocks);
  }
}

}  // namespace voxstitch::test
