// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/geometry/mirror.hpp"

#include "support/catch.hpp"

using namespace voxstitch;

TEST_CASE("mirrored: reflects without repeating the border voxel", "[geometry]") {
  CHECK(mirrored(-1, 0, 5) == 1);
  CHECK(mirrored(-4, 0, 5) == 4);
  CHECK(mirrored(0, 0, 5) == 0);
  CHECK(mirrored(4, 0, 5) == 4);
  CHECK(mirrored(5, 0, 5) == 3);
  CHECK(mirrored(8, 0, 5) == 0);
  CHECK(mirrored(8, 10, 15) == 12);
}

TEST_CASE("mirrored: reflects as often as needed", "[geometry]") {
  CHECK(mirrored(-5, 0, 5) == 3);
  CHECK(mirrored(9, 0, 5) == 1);
  CHECK(mirrored(17, 10, 13) == 11);
  CHECK(mirrored(3, 10, 13) == 11);
  for (index_t i = -9; i < 9; ++i) {
    CHECK(mirrored(i, 0, 1) == 0);
    CHECK(mirrored(i, 0, 2) == (i & 1));
  }
}
