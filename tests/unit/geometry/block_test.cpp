// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/geometry/block.hpp"

#include <concepts>

#include "support/catch.hpp"

using namespace voxstitch;

TEST_CASE("a block is a regular value", "[geometry]") {
  STATIC_REQUIRE(std::regular<block<3>>);
  auto const core = box<3>::at_origin({{4, 4, 4}});
  block<3> const a{1, core, core, core};
  block<3> b = a;
  CHECK(a == b);
  b.read.exclusive_max[2] = 5;
  CHECK(a != b);
}
