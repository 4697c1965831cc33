// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/features/mirror.hpp"

#include <array>

#include "support/catch.hpp"

using namespace voxstitch;

TEST_CASE("mirrored: reflects without repeating the border voxel", "[features]") {
  CHECK(features::mirrored(-1, 0, 5) == 1);
  CHECK(features::mirrored(-4, 0, 5) == 4);
  CHECK(features::mirrored(0, 0, 5) == 0);
  CHECK(features::mirrored(4, 0, 5) == 4);
  CHECK(features::mirrored(5, 0, 5) == 3);
  CHECK(features::mirrored(8, 0, 5) == 0);
  CHECK(features::mirrored(8, 10, 15) == 12);
}

TEST_CASE("mirror_row: writes only what lies outside", "[features]") {
  std::array<float, 7> row{9, 9, 1, 2, 3, 9, 9};
  features::detail::mirror_row(row.data(), 7, 2, 5);
  CHECK(row == std::array<float, 7>{3, 2, 1, 2, 3, 2, 1});
  std::array<float, 3> inside{1, 2, 3};
  features::detail::mirror_row(inside.data(), 3, -2, 8);
  CHECK(inside == std::array<float, 3>{1, 2, 3});
}
