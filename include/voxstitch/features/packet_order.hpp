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
      : tile_(tile), packet_(packet), packets_(zip(tile, packet, divide_up)),
        lanes_per_packet_(product(packet)) {}

  [[nodiscard]] index_t lanes() const { return product(packets_) * lanes_per_packet_; }
  /// Columns of a row that are copied: the tile's, rounded up to packets.
  [[nodiscard]] index_t columns() const { return packets_[2] * packet_[2]; }

  /// Where a plane's voxels go: found once for all features (divisions are slow).
  struct plane_place {
    index_t first_lane = 0;   ///< of the plane's first voxel
    index_t repetitions = 1;  ///< the plane and its copies where the tile does not fill packets
  };

  /// @param z counted from the tile's first plane
  [[nodiscard]] plane_place place_of(index_t z) const {
    index_t const inside = z % packet_[0];
    index_t const packets = z / packet_[0] * packets_[1] * packets_[2];
    return {packets * lanes_per_packet_ + inside * packet_[1] * packet_[2],
            z + 1 == tile_[0] ? packet_[0] - inside : 1};
  }

  /// Puts a plane of a tile into a feature's row of lanes; `stride` floats lie between its rows.
  void write_plane(plane_place const& place, float const* plane, index_t stride,
                   float* lanes) const {
    float* to = lanes + place.first_lane;
    for (index_t i = 0; i < place.repetitions; ++i, to += packet_[1] * packet_[2]) {
      if (packet_[2] == 8)
        write_rows<8>(plane, stride, to);
      else if (packet_[2] == 16)
        write_rows<16>(plane, stride, to);
      else if (packet_[2] == 32)
        write_rows<32>(plane, stride, to);
      else
        write_rows<0>(plane, stride, to);
    }
  }

 private:
  /// `Run` is the packet's extent along x, 0 when it is not known to the compiler.
  template <index_t Run>
  void write_rows(float const* plane, index_t stride, float* to) const {
    index_t const run = Run == 0 ? packet_[2] : Run;
    for (index_t packet = 0; packet < packets_[1]; ++packet, to += packets_[2] * lanes_per_packet_)
      for (index_t row = 0; row < packet_[1]; ++row) {
        index_t const y = std::min(packet * packet_[1] + row, tile_[1] - 1);
        float const* from = plane + y * stride;
        float* lane = to + row * run;
        for (index_t p = 0; p < packets_[2]; ++p, from += run, lane += lanes_per_packet_)
          std::memcpy(lane, from, sizeof(float) * static_cast<std::size_t>(run));
      }
  }

  coord<3> tile_;
  coord<3> packet_;
  coord<3> packets_;
  index_t lanes_per_packet_;
};

}  // namespace voxstitch::features
