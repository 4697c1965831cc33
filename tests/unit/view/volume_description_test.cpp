// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/view/volume_description.hpp"

#include "support/catch.hpp"

using namespace voxstitch;

TEST_CASE("canonical axes are t, c, z, y, x", "[view]") {
  std::size_t place = 0;
  for (char letter : {'t', 'c', 'z', 'y', 'x'}) CHECK(canonical_axis(letter) == place++);
}

TEST_CASE("a volume is one voxel of uint8 until described", "[view]") {
  volume_description const v;
  CHECK(product(v.shape) == 1);
  CHECK(v.type == element_type::uint8);
  CHECK(v.voxel_size == std::array<double, 3>{});
}
