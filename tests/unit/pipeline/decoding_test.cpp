// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/decoding.hpp"

#include <set>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "voxstitch/pipeline/reading_order.hpp"
#include "voxstitch/view/rows.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

struct counts {
  index_t decoded = 0;  ///< units
  index_t needed = 0;   ///< different ones
  index_t kept = 0;     ///< voxels, at most
};

/// Reads all blocks through a cache, in units that are whole everywhere.
counts counted(block_grid const& g, coord<3> const& shape, coord<3> const& unit, index_t capacity) {
  reading_order const order(g, shape, 1);
  io::unit_cache cache(capacity);
  coord<3> const units = zip(g.volume.shape(), unit, divide_up);
  std::set<index_t> different;
  counts result;
  for (index_t step = 0; step < order.size(); ++step) {
    box<3> const read = order.at(step).read;
    box<3> const touched{zip(read.inclusive_min, unit, [](index_t v, index_t u) { return v / u; }),
                         zip(read.exclusive_max, unit, divide_up)};
    for_each_voxel(touched, [&](coord<3> const& at) {
      coord<3> const lo = zip(at, unit, [](index_t p, index_t u) { return p * u; });
      box<5> const voxels{{{0, 0, lo[0], lo[1], lo[2]}},
                          {{1, 1, lo[0] + unit[0], lo[1] + unit[1], lo[2] + unit[2]}}};
      index_t const key = (at[0] * units[1] + at[1]) * units[2] + at[2];
      different.insert(key);
      static_cast<void>(cache.get(key, product(unit), order.next_use(voxels, step),
                                  [&](std::byte*) { ++result.decoded; }));
      result.kept = std::max(result.kept, cache.bytes());
    });
  }
  result.needed = static_cast<index_t>(different.size());
  return result;
}

/// Extents are multiples of the unit, so that all units are equally large.
block_grid grid_for(coord<3> const& unit, coord<3> const& halo) {
  coord<3> const shape = zip(unit, coord<3>{{40, 48, 36}},
                             [](index_t u, index_t about) { return divide_up(about, u) * u; });
  return {box<3>::at_origin(shape), box<3>::at_origin(shape), halo, {}};
}

}  // namespace

TEST_CASE("decoding: with what the plan keeps, units are decoded no more often than it says",
          "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  index_t planned_voxels = 0;
  index_t kept_voxels = 0;
  for (int repeat = 0; repeat < 60; ++repeat) {
    auto const unit = repeat % 3 == 0 ? coord<3>{{1, 48, 36}} : random.shape<3>(9);
    auto const g = grid_for(unit, random.shape<3>(7) - coord<3>{{1, 1, 1}});
    coord<3> const shape = random.shape<3>(25) + coord<3>{{4, 4, 4}};
    CAPTURE(to_string(unit), to_string(shape), to_string(g.halo));
    grid_reading reading(g);
    for (index_t affordable : {index_t{0}, random.between(1, 40000), index_t{1} << 40}) {
      auto const planned = least_decoding(reading, shape, unit, affordable);
      CHECK(planned.kept_voxels <= affordable);
      auto const real = counted(g, shape, unit, planned.kept_voxels);
      CHECK(real.kept <= planned.kept_voxels);
      CHECK(double(real.decoded) <= planned.times * double(real.needed) * 1.0001);
      if (affordable == 0)
        CHECK(double(real.decoded) == Approx(planned.times * double(real.needed)));
      if (affordable < index_t{1} << 40) continue;
      CHECK(real.decoded == real.needed);
      planned_voxels += planned.kept_voxels;
      kept_voxels += real.kept;
    }
  }
  CHECK(double(planned_voxels) < 1.05 * double(kept_voxels));  // no room is asked for in vain
}

TEST_CASE("decoding: slabs of whole slices keep only what the next slab reads too", "[pipeline]") {
  box<3> const volume{{}, {{640, 100, 100}}};
  grid_reading g(block_grid{volume, volume, {{10, 10, 10}}, {}});
  auto const slabs = least_decoding(g, {{64, 100, 100}}, {{1, 100, 100}}, index_t{1} << 40);
  CHECK(slabs.times == 1);
  CHECK(slabs.kept_voxels == 20 * 100 * 100);
  auto const blocks = least_decoding(g, {{64, 50, 50}}, {{1, 100, 100}}, index_t{1} << 40);
  CHECK(blocks.times == 1);
  CHECK(blocks.kept_voxels == (64 + 20) * 100 * 100);
  auto const forgetful = least_decoding(g, {{64, 50, 50}}, {{1, 100, 100}}, 0);
  CHECK(forgetful.times == Approx(4 * 820.0 / 640));
}
