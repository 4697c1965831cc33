// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/reading_order.hpp"

#include "support/catch.hpp"
#include "support/random.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

box<3> in_space(box<5> const& b) {
  auto const& lo = b.inclusive_min;
  auto const& hi = b.exclusive_max;
  return {{{lo[2], lo[3], lo[4]}}, {{hi[2], hi[3], hi[4]}}};
}

/// The definition: looks at every later step.
index_t searched(reading_order const& order, box<5> const& voxels, index_t step) {
  for (index_t later = step + 1; later < order.size(); ++later) {
    index_t const t = order.time(later);
    bool const same_time = voxels.inclusive_min[0] <= t && t < voxels.exclusive_max[0];
    if (same_time && !intersection(order.at(later).read, in_space(voxels)).empty()) return later;
  }
  return io::never;
}

}  // namespace

TEST_CASE("reading order: the next use of a unit is what a search finds", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  for (int repeat = 0; repeat < 200; ++repeat) {
    auto const shape = random.shape<3>(40);
    auto const volume = box<3>::at_origin(shape);
    auto const region = repeat % 2 == 0 ? volume : random.box_within(volume);
    index_t const times = random.between(1, 3);
    block_grid const g{volume, region, random.shape<3>(6) - coord<3>{{1, 1, 1}}, {}};
    reading_order const order(g, random.shape<3>(15), times);
    auto const units =
        random.box_within(box<5>::at_origin({{times, 1, shape[0], shape[1], shape[2]}}));
    CAPTURE(to_string(region), to_string(units));
    for (index_t step = 0; step < order.size(); ++step)
      CHECK(order.next_use(units, step) == searched(order, units, step));
  }
}

TEST_CASE("reading order: blocks of a time step, then the next time step", "[pipeline]") {
  box<3> const volume{{}, {{10, 10, 10}}};
  reading_order const order({volume, volume, {}, {}}, {{5, 10, 5}}, 2);
  REQUIRE(order.size() == 8);
  CHECK(order.time(3) == 0);
  CHECK(order.time(4) == 1);
  CHECK(order.at(6).core == box<3>{{{5, 0, 0}}, {{10, 10, 5}}});
}
