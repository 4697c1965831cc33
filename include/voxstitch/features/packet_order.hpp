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

  /// The lane of a voxel, counted (z, y, x) from the tile's first one.
  [[nodiscard]] index_t lane_of(coord<3> const& voxel) const {
    auto const& [z, y, x] = voxel.values;
    auto const& s = packet_.values;
    index_t const packet = (z / s[0] * packets_[1] + y / s[1]) * packets_[2] + x / s[2];
    index_t const inside = (z % s[0] * s[1] + y % s[1]) * s[2] + x % s[2];
    return packet * lanes_per_packet_ + inside;
  }

  /// Some neighbouring rows of some neighbouring planes, counted from the tile's first ones.
  struct rows {
    index_t z = 0, planes = 1;
    index_t y = 0, rows_per_plane = 1;
  };
  /// Where rows go: found once for all features (divisions are slow).
  struct place {
    index_t planes = 0, rows = 0;          ///< to be written, copies of the last ones included
    index_t last_plane = 0, last_row = 0;  ///< of those that are there
    index_t z_inside = 0, y_inside = 0;    ///< place of the first row in its packet
    index_t first_lane = 0;                ///< of its first voxel
  };

  [[nodiscard]] place place_of(rows const& r) const {
    place p;
    p.last_plane = r.planes - 1;
    p.last_row = r.rows_per_plane - 1;
    p.planes = r.planes + (r.z + r.planes == tile_[0] ? packets_[0] * packet_[0] - tile_[0] : 0);
    p.rows = r.rows_per_plane +
             (r.y + r.rows_per_plane == tile_[1] ? packets_[1] * packet_[1] - tile_[1] : 0);
    p.z_inside = r.z % packet_[0];
    p.y_inside = r.y % packet_[1];
    index_t const packet = (r.z / packet_[0] * packets_[1] + r.y / packet_[1]) * packets_[2];
    p.first_lane = packet * lanes_per_packet_ + (p.z_inside * packet_[1] + p.y_inside) * packet_[2];
    return p;
  }

  /// Puts rows into a feature's row of lanes, with the vectors of the function that calls it;
  /// planes and rows begin `plane_stride` and `row_stride` floats apart.
  [[gnu::always_inline]] void write(place const& p, float const* from, index_t plane_stride,
                                    index_t row_stride, float* lanes) const {
    float* to = lanes + p.first_lane;
    index_t inside = p.z_inside;
    for (index_t z = 0; z < p.planes; ++z) {
      write_plane(p, from + std::min(z, p.last_plane) * plane_stride, row_stride, to);
      to += packet_[1] * packet_[2];
      if (++inside < packet_[0]) continue;
      inside = 0;
      to += (packets_[1] * packets_[2] - 1) * lanes_per_packet_;
    }
  }

 private:
  [[gnu::always_inline]] void write_plane(place const& p, float const* from, index_t stride,
                                          float* to) const {
    if (packet_[2] == 8)
      write_rows<8>(p, from, stride, to);
    else if (packet_[2] == 16)
      write_rows<16>(p, from, stride, to);
    else if (packet_[2] == 32)
      write_rows<32>(p, from, stride, to);
    else
      write_rows<0>(p, from, stride, to);
  }

  /// `Run` is the packet's extent along x, 0 when it is not known to the compiler.
  template <index_t Run>
  [[gnu::always_inline]] void write_rows(place const& p, float const* plane, index_t stride,
                                         float* to) const {
    index_t const run = Run == 0 ? packet_[2] : Run;
    index_t inside = p.y_inside;
    for (index_t y = 0; y < p.rows; ++y) {
      float const* from = plane + std::min(y, p.last_row) * stride;
      float* lane = to;
      for (index_t i = 0; i < packets_[2]; ++i, from += run, lane += lanes_per_packet_)
        std::memcpy(lane, from, sizeof(float) * static_cast<std::size_t>(run));
      to += run;
      if (++inside < packet_[1]) continue;
      inside = 0;
      to += packets_[2] * lanes_per_packet_ - packet_[1] * run;
    }
  }

  coord<3> tile_;
  coord<3> packet_;
  coord<3> packets_;
  index_t lanes_per_packet_;
};

}  // namespace voxstitch::features
