// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/features/tile_shape.hpp"

#include "support/catch.hpp"

using namespace voxstitch;
using features::tile_shape;

TEST_CASE("tile_shape: a megabyte of features in whole packets", "[features]") {
  CHECK(tile_shape(61, {8, 8, 8}) == coord<3>{8, 16, 32});
  CHECK(tile_shape(122, {8, 8, 8}) == coord<3>{8, 8, 32});
  CHECK(tile_shape(49, {1, 16, 32}) == coord<3>{1, 64, 64});
  CHECK(tile_shape(98, {1, 16, 32}) == coord<3>{1, 32, 64});
  CHECK(tile_shape(100000, {8, 8, 8}) == coord<3>{8, 8, 8});
}
