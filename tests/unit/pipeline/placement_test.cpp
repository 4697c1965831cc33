// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/placement.hpp"

#include "support/catch.hpp"
#include "support/random.hpp"
#include "voxstitch/view/dense_array.hpp"
#include "voxstitch/view/rows.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using namespace voxstitch::test;

TEST_CASE("placement: cores lie as in the region", "[pipeline]") {
  box<3> const region{{{5, 6, 7}}, {{25, 40, 30}}};
  auto const where = placement::of_cores(region);
  CHECK(where.shape() == region.shape());
  for (auto const& b : blocking<3>(region, {{8, 8, 8}}, {{1, 1, 1}}, {{2, 2, 2}})) {
    CHECK(where.part(b) == b.core);
    CHECK(where.place(b, b.core) == relative_to(b.core, region));
  }
}

namespace {

void check_apart(blocking<3> const& blocks, placement const& where) {
  dense_array<int, 3> users(where.shape());
  fill(users.view(), 0);
  for (auto const& b : blocks) {
    CHECK(where.part(b) == b.result);
    box<3> const at = where.place(b, b.result);
    CHECK(at.shape() == b.result.shape());
    CHECK(contains(box<3>::at_origin(where.shape()), at));
    for_each_voxel(at, [&](coord<3> const& v) { ++users.view()[v]; });
    box<3> const piece{b.result.exclusive_max - coord<3>::filled(1), b.result.exclusive_max};
    CHECK(where.place(b, piece).exclusive_max == at.exclusive_max);
  }
  bool apart = true;
  for_each_voxel(box<3>::at_origin(where.shape()),
                 [&](coord<3> const& v) { apart = apart && users.view()[v] <= 1; });
  CHECK(apart);
}

}  // namespace

TEST_CASE("placement: results that overlap lie apart, in whole chunks", "[pipeline]") {
  random_source random;
  CAPTURE(random);
  for (int i = 0; i < 50; ++i) {
    coord<3> const low = random.shape<3>(9);
    box<3> const region{low, low + random.shape<3>(20)};
    coord<3> const chunk = random.shape<3>(4);
    blocking<3> const blocks(region, rounded_up_to_chunks(random.shape<3>(9), chunk),
                             random.shape<3>(3), random.shape<3>(5));
    auto const slots = placement::of_results(blocks, chunk);
    check_apart(blocks, slots);
    auto const in_step = placement::of_results_in_step(blocks, chunk);
    check_apart(blocks, in_step);
    auto const is_multiple = [&](coord<3> const& v) {
      return zip(v, chunk, [](index_t a, index_t c) { return a % c; }) == coord<3>{};
    };
    for (auto const& b : blocks) {
      CHECK(is_multiple(slots.place(b, b.result).inclusive_min));
      CHECK(slots.first_chunk(b) == b.result.inclusive_min);
      CHECK(is_multiple(in_step.place(b, b.result).inclusive_min -
                        relative_to(b.result, region).inclusive_min));
      CHECK(is_multiple(in_step.first_chunk(b) - low));
    }
  }
}
