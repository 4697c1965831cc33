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
  order.write(order.place_of({0, 1, 0, 3}), plane.data(), 15, 5, lanes.data());
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
    order.write(order.place_of({z, 1, 0, 16}), plane.data(), 512, 32, lanes.data());
  }
  CHECK(lanes[0] == 0);
  CHECK(lanes[8] == 32);             // next row of the packet
  CHECK(lanes[64] == 512);           // next plane
  CHECK(lanes[256] == 8);            // next packet along x
  CHECK(lanes[256 * 4] == 8 * 32);   // along y
  CHECK(lanes[256 * 8] == 4 * 512);  // along z
  CHECK(std::set<float>(lanes.begin(), lanes.end()).size() == lanes.size());
  for (coord<3> const v : {coord<3>{0, 0, 0}, {1, 2, 3}, {7, 15, 31}, {3, 8, 7}, {4, 7, 8}})
    CHECK(lanes[static_cast<std::size_t>(order.lane_of(v))] ==
          static_cast<float>((v[0] * 16 + v[1]) * 32 + v[2]));
}

TEST_CASE("packet_order: rows of all planes at once go where the planes' rows go", "[features]") {
  coord<3> const tile{5, 7, 16};
  packet_order const order(tile, {4, 4, 8});  // packets: 2 x 2 x 2, the last ones not filled
  std::vector<float> volume(5 * 7 * 16);
  for (std::size_t i = 0; i < volume.size(); ++i) volume[i] = static_cast<float>(i);
  auto const lanes = static_cast<std::size_t>(order.lanes());
  std::vector<float> by_planes(lanes, -1), by_rows(lanes, -2);
  for (index_t z = 0; z < 5; ++z)
    order.write(order.place_of({z, 1, 0, 7}), volume.data() + z * 7 * 16, 0, 16, by_planes.data());
  for (index_t y = 0; y < 7; y += 2)
    order.write(order.place_of({0, 5, y, std::min<index_t>(2, 7 - y)}), volume.data() + y * 16,
                7 * 16, 16, by_rows.data());
  CHECK(by_rows == by_planes);
}
