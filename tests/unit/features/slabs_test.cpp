// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/features/slabs.hpp"

#include "support/catch.hpp"
#include "support/random.hpp"

using namespace voxstitch;
using features::slab_depth;
using features::slabs;

TEST_CASE("slabs: they follow each other through the box, thin and in whole packets",
          "[features]") {
  test::random_source random;
  CAPTURE(random);
  for (int round = 0; round < 200; ++round) {
    coord<3> const low{{random.between(-50, 50), random.between(0, 9), random.between(0, 9)}};
    box<3> const whole{low, low + coord<3>{{random.between(1, 200), 5, 7}}};
    index_t const step = index_t{1} << random.between(0, 3);
    slabs const parts(whole, step);
    index_t z = low[0];
    for (index_t i = 0; i < parts.count(); ++i) {
      box<3> const slab = parts[i];
      CHECK(slab.inclusive_min == coord<3>{{z, low[1], low[2]}});
      CHECK(slab.extent(1) == 5);
      CHECK(slab.extent(2) == 7);
      CHECK(slab.extent(0) > 0);
      CHECK(slab.extent(0) <= slab_depth);
      if (i + 1 < parts.count()) CHECK(slab.extent(0) % step == 0);
      z = slab.exclusive_max[0];
    }
    CHECK(z == whole.exclusive_max[0]);
  }
}
