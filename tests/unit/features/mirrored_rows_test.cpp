// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/features/detail/mirrored_rows.hpp"

#include <array>

#include "support/catch.hpp"

using namespace voxstitch;

TEST_CASE("mirror_row: writes only what lies outside", "[features]") {
  std::array<float, 7> row{9, 9, 1, 2, 3, 9, 9};
  features::detail::mirror_row(row.data(), 7, 2, 5);
  CHECK(row == std::array<float, 7>{3, 2, 1, 2, 3, 2, 1});
  std::array<float, 3> inside{1, 2, 3};
  features::detail::mirror_row(inside.data(), 3, -2, 8);
  CHECK(inside == std::array<float, 3>{1, 2, 3});
}
