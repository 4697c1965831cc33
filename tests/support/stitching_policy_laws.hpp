// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Does a stitching policy keep its promises?

#include <cmath>
#include <vector>

#include "support/block_values.hpp"
#include "support/random.hpp"
#include "voxstitch/geometry/blocking.hpp"
#include "voxstitch/stitch/combine.hpp"
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
    if constexpr (stitch::blending_policy<S>) CHECK(part == b.result);
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

/// A weight's factor rises with the distance from the face, from more than 0 to 1.
template <stitch::blending_policy S>
void check_factor(S const& policy) {
  double before = 0;
  for (index_t i = 1; i <= 1000; ++i) {
    double const factor = policy.factor(double(i) / 1000);
    CAPTURE(i);
    CHECK(factor >= before);
    before = factor;
  }
  CHECK(before == 1);
  for (index_t overlap = 1; overlap <= 200; ++overlap)
    CHECK(policy.factor(0.5 / double(overlap)) > 0);
}

/// Weights are positive in the result box and 1 in the core.
template <stitch::blending_policy S>
void check_weights(S const& policy, blocking<3> const& blocks) {
  for (auto const& b : blocks) {
    stitch::detail::block_weights weights(policy, {b.result, blocks.domain(), blocks.overlap()},
                                          b.result);
    for_each_voxel(b.result, [&](coord<3> const& v) {
      coord<3> const at = v - b.result.inclusive_min;
      double const weight = weights.row(at[0], at[1])[static_cast<std::size_t>(at[2])];
      CHECK((contains(b.core, v) ? weight == 1 : weight > 0 && weight <= 1));
    });
  }
}

/// The division of the domain into parts does not change a bit.
template <stitch::blending_policy S>
void check_parts(S const& policy, blocking<3> const& blocks, index_t classes,
                 random_source& random) {
  block_values const values(blocks.domain(), classes, random.bits());
  blended_volume const whole = blended(policy, blocks, values, blocks.domain().shape());
  for (int i = 0; i < 3; ++i) {
    coord<3> const part = random.shape<3>(9);
    CAPTURE(part);
    CHECK(blended(policy, blocks, values, part) == whole);
  }
}

/// Blocks that agree are believed: on values of one class to the last bit, on others within 1e-5.
template <stitch::blending_policy S>
void check_constants(S const& policy, blocking<3> const& blocks) {
  for (std::vector<float> const& constant : {std::vector<float>{0, 1}, std::vector<float>{0, 0, 0},
                                             std::vector<float>{0.2f, 0.7f, 0.1f}}) {
    bool const certain = std::all_of(constant.begin(), constant.end(),
                                     [](float value) { return value == 0 || value == 1; });
    auto const fetch = [&](auto const&, auto const&, strided_view<float, 4> const& to) {
      for (std::size_t c = 0; c < constant.size(); ++c)
        fill(to.slice(3, static_cast<index_t>(c)), constant[c]);
    };
    blended_volume const all = blended(policy, blocks, static_cast<index_t>(constant.size()), fetch,
                                       blocks.domain().shape());
    CHECK(std::all_of(all.disagreement.begin(), all.disagreement.end(),
                      [](float d) { return d == 0; }));
    for (std::size_t i = 0; i < all.p.size(); ++i) {
      std::size_t const c = i % constant.size();
      float const winner = constant[c] == 0.7f ? 1.0f : 0.0f;  // of a vote
      bool const close = std::abs(all.p[i] - constant[c]) <= (certain ? 0.0f : 1e-5f);
      CHECK((close || (!certain && all.p[i] == winner)));
    }
  }
}

/// All laws of a blending policy, on random blockings.
template <stitch::blending_policy S>
void check_blending_policy_laws(S const& policy) {
  check_stitching_policy_laws(policy);
  check_factor(policy);
  random_source random;
  CAPTURE(random, policy.overlap());
  for (int i = 0; i < 10; ++i) {
    blocking<3> const blocks(random_domain(random, 11), random.shape<3>(8), {}, policy.overlap());
    CAPTURE(blocks.domain(), blocks.block_shape());
    check_weights(policy, blocks);
    check_constants(policy, blocks);
    check_parts(policy, blocks, random.between(1, 4), random);
  }
}

}  // namespace voxstitch::test
