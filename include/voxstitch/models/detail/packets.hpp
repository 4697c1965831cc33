// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file In which order do a tile's voxels pass through a forest?

#include <algorithm>

#include "voxstitch/view/strided_view.hpp"

namespace voxstitch::models::detail {

/// Divides a box into tiles and tiles into packets of neighbouring voxels. Lanes of a tile are
/// numbered packet after packet (packets in z, y, x order), inside a packet in z, y, x order; lanes
/// of a packet that reach beyond the tile belong to no voxel.
class packet_layout {
 public:
  /// @param region z, y, x; what is divided
  /// @param tile_shape voxels of a tile; a whole number of packets along every axis
  packet_layout(box<3> const& region, coord<3> const& tile_shape)
      : region_(region), tile_shape_(tile_shape), packet_shape_(packet_for(region)) {
    for (std::size_t axis = 0; axis < 3; ++axis)
      tile_counts_[axis] = divide_up(region.extent(axis), tile_shape[axis]);
  }

  /// 512 voxels, as compact as the region's depth allows: neighbours in space are alike.
  [[nodiscard]] static coord<3> packet_for(box<3> const& region) {
    index_t const depth = region.extent(0);
    if (depth == 1) return {{1, 16, 32}};
    if (depth <= 2) return {{2, 16, 16}};
    return depth <= 4 ? coord<3>{{4, 8, 16}} : coord<3>{{8, 8, 8}};
  }
  [[nodiscard]] coord<3> const& packet_shape() const { return packet_shape_; }
  [[nodiscard]] index_t tile_count() const { return product(tile_counts_); }

  /// Tile `i`, in z, y, x order, clipped to the region.
  [[nodiscard]] box<3> tile(index_t i) const {
    coord<3> const at = nth_position(box<3>::at_origin(tile_counts_), i);
    coord<3> const offset = zip(at, tile_shape_, [](index_t n, index_t step) { return n * step; });
    coord<3> const low = region_.inclusive_min + offset;
    return intersection(box<3>{low, low + tile_shape_}, region_);
  }

  /// The tile that holds a voxel of the region.
  [[nodiscard]] index_t tile_of(coord<3> const& voxel) const {
    coord<3> const at = zip(voxel - region_.inclusive_min, tile_shape_,
                            [](index_t v, index_t step) { return v / step; });
    return (at[0] * tile_counts_[1] + at[1]) * tile_counts_[2] + at[2];
  }

  [[nodiscard]] coord<3> packets_in(box<3> const& tile) const {
    return zip(tile.shape(), packet_shape_, divide_up);
  }
  /// Lanes of a tile, those beyond its end included.
  [[nodiscard]] index_t lanes_in(box<3> const& tile) const {
    return product(packets_in(tile)) * product(packet_shape_);
  }
  [[nodiscard]] index_t lanes_per_tile() const {
    return lanes_in({{}, min(tile_shape_, region_.shape())});
  }

  /// Copies lane values [class, lane] of a tile to a [z, y, x, class] view of it.
  void scatter(strided_view<float, 2> const& lanes, box<3> const& tile,
               strided_view<float, 4> const& p) const {
    for (index_t k = 0; k < lanes.extent(0); ++k)
      scatter_class(lanes.pointer_to({{k, 0}}), tile.shape(), p.slice(3, k));
  }

 private:
  void scatter_class(float const* lane, coord<3> const& shape,
                     strided_view<float, 3> const& p) const {
    coord<3> const n = packets_in({{}, shape});
    auto const& s = packet_shape_;
    for (index_t z = 0; z < n[0] * s[0]; z += s[0])
      for (index_t y = 0; y < n[1] * s[1]; y += s[1])
        for (index_t x = 0; x < n[2] * s[2]; x += s[2], lane += product(s))
          scatter_packet(
              lane, intersection(box<3>{{{z, y, x}}, coord<3>{{z, y, x}} + s}, {{}, shape}), p);
  }

  void scatter_packet(float const* lane, box<3> const& part,
                      strided_view<float, 3> const& p) const {
    index_t const step = p.stride(2);
    index_t const count = part.extent(2);
    for (index_t z = 0; z < part.extent(0); ++z)
      for (index_t y = 0; y < part.extent(1); ++y) {
        float const* const from = lane + (z * packet_shape_[1] + y) * packet_shape_[2];
        float* const to = p.pointer_to(part.inclusive_min + coord<3>{{z, y, 0}});
        for (index_t x = 0; x < count; ++x) to[x * step] = from[x];
      }
  }

  box<3> region_;
  coord<3> tile_shape_;
  coord<3> packet_shape_;
  coord<3> tile_counts_{};
};

}  // namespace voxstitch::models::detail
