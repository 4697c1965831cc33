// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file At which place of a feature's row does a voxel of a tile stand?

#include <algorithm>
#include <cstring>

#include "voxstitch/geometry/coord.hpp"

namespace voxstitch::features {

/// Packets one after the other in z, y, x order; inside a packet z, y, x order. Where the tile does
/// not fill its last packets, their lanes repeat the tile's last rows and planes.
class packet_order {
 public:
  packet_order(coord<3> const& tile, coord<3> const& packet)
      : tile_(tile), packet_(packet), packets_(zip(tile, packet, divide_up)) {}

  [[nodiscard]] index_t lanes() const { return product(packets_) * product(packet_); }
  /// Columns of a row that are copied: the tile's, rounded up to packets.
  [[nodiscard]] index_t columns() const { return packets_[2] * packet_[2]; }

  /// The lane of the first voxel of row (z, y); the row goes on for packet x extents, and then in
  /// the next packet, product(packet shape) lanes further.
  /// @param z, y counted from the tile's first voxel
  [[nodiscard]] index_t first_lane(index_t z, index_t y) const {
    index_t const packet = (z / packet_[0] * packets_[1] + y / packet_[1]) * packets_[2];
    index_t const row = z % packet_[0] * packet_[1] + y % packet_[1];
    return packet * product(packet_) + row * packet_[2];
  }

  /// Puts plane z of a tile into a feature's row of lanes; `stride` floats lie between its rows.
  void write_plane(index_t z, float const* plane, index_t stride, float* lanes) const {
    index_t const last = z + 1 == tile_[0] ? packets_[0] * packet_[0] : z + 1;
    for (index_t to = z; to < last; ++to) write_plane_at(to, plane, stride, lanes);
  }

 private:
  void write_plane_at(index_t z, float const* plane, index_t stride, float* lanes) const {
    if (packet_[2] == 8) return write_rows<8>(z, plane, stride, lanes);
    if (packet_[2] == 16) return write_rows<16>(z, plane, stride, lanes);
    write_rows<0>(z, plane, stride, lanes);
  }

  /// `Run` is the packet's extent along x, 0 when it is not known to the compiler.
  template <index_t Run>
  void write_rows(index_t z, float const* plane, index_t stride, float* lanes) const {
    index_t const run = Run == 0 ? packet_[2] : Run;
    index_t const lanes_per_packet = product(packet_);
    for (index_t y = 0; y < packets_[1] * packet_[1]; ++y) {
      float const* from = plane + std::min(y, tile_[1] - 1) * stride;
      float* to = lanes + first_lane(z, y);
      for (index_t p = 0; p < packets_[2]; ++p, from += run, to += lanes_per_packet)
        std::memcpy(to, from, sizeof(float) * static_cast<std::size_t>(run));
    }
  }

  coord<3> tile_;
  coord<3> packet_;
  coord<3> packets_;
};

}  // namespace voxstitch::features
