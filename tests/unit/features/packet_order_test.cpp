// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/features/packet_order.hpp"

#include <set>
#include <vector>

#include "support/catch.hpp"

using namespace voxstitch;
using features::packet_order;

TEST_CASE("packet_order: packets stand one after the other, padded with the last voxels",
          "[features]") {
  packet_order const order({1, 3, 4}, {2, 2, 2});  // packets: 1 x 2 x 2
  REQUIRE(order.lanes() == 32);
  CHECK(order.columns() == 4);
  std::vector<float> const plane{1, 2, 3, 4, 0, 5, 6, 7, 8, 0, 9, 10, 11, 12, 0};  // stride 5
  std::vector<float> lanes(32, -1);
  order.write_plane(order.place_of(0), plane.data(), 5, lanes.data());
  CHECK(lanes == std::vector<float>{1, 2,  5, 6,  1, 2,  5, 6,  3,  4,  7,  8,  3,  4,  7,  8,
                                    9, 10, 9, 10, 9, 10, 9, 10, 11, 12, 11, 12, 11, 12, 11, 12});
}

TEST_CASE("packet_order: every voxel has a lane of its own", "[features]") {
  coord<3> const tile{8, 16, 32};
  packet_order const order(tile, {4, 8, 8});
  std::vector<float> lanes(static_cast<std::size_t>(order.lanes()), -1);
  std::vector<float> plane(16 * 32);
  for (index_t z = 0; z < 8; ++z) {
    for (std::size_t i = 0; i < plane.size(); ++i)
      plane[i] = static_cast<float>(z * 512) + static_cast<float>(i);
    order.write_plane(order.place_of(z), plane.data(), 32, lanes.data());
  }
  CHECK(lanes[0] == 0);
  CHECK(lanes[8] == 32);             // next row of the packet
  CHECK(lanes[64] == 512);           // next plane
  CHECK(lanes[256] == 8);            // next packet along x
  CHECK(lanes[256 * 4] == 8 * 32);   // along y
  CHECK(lanes[256 * 8] == 4 * 512);  // along z
  CHECK(std::set<float>(lanes.begin(), lanes.end()).size() == lanes.size());
}
