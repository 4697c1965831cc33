// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/axis_order.hpp"

#include "support/catch.hpp"

using voxstitch::ilastik::canonical_axis_order;

TEST_CASE("volumes, slices and films have ilastik's inner order of axes", "[ilastik]") {
  CHECK(canonical_axis_order("zyx", {30, 510, 667}) == "zyxc");
  CHECK(canonical_axis_order("yx", {128, 128}) == "yxc");
  CHECK(canonical_axis_order("yxc", {128, 128, 3}) == "yxc");
  CHECK(canonical_axis_order("cxyz", {3, 5, 6, 7}) == "zyxc");
  CHECK(canonical_axis_order("tyx", {4, 5, 6}) == "tyxc");
  CHECK(canonical_axis_order("txyzc", {4, 5, 6, 7, 1}) == "tzyxc");
}

TEST_CASE("axes of one voxel are left out, x and y are not", "[ilastik]") {
  CHECK(canonical_axis_order("zyx", {1, 510, 667}) == "yxc");
  CHECK(canonical_axis_order("tzyxc", {9, 1, 5, 6, 1}) == "tyxc");
  CHECK(canonical_axis_order("zyx", {9, 1, 1}) == "tzyc");
  CHECK(canonical_axis_order("zyx", {9, 1, 5}) == "tzxc");
  CHECK(canonical_axis_order("yx", {1, 1}) == "yxc");
}
