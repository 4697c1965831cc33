// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How large is a tile, so that its features stay in the caches of one core?
///
/// A tile's features are written by the filters and read by the classifier at once. 1 MB of them
/// is a second cache, or a fourth of a core's share of second and third:
///
///     61 channels  (3D, all filters at 7 scales): 1 MB / (61 x 4 B) = 4297 voxels -> 8 x 16 x 32
///     122 channels (3D, two input channels):      1 MB / (122 x 4 B) = 2148 voxels -> 8 x 8 x 32
///     49 channels  (2D, all filters at 7 scales): 1 MB / (49 x 4 B) = 5349 voxels -> 1 x 64 x 64
///     98 channels  (2D, two input channels):      1 MB / (98 x 4 B) = 2674 voxels -> 1 x 32 x 64
///
/// Filters read beyond the tile, up to 2 voxels on each side and for the structure tensor up to 3;
/// along x rows are rounded up to 16 voxels. The passes over such margins cost, in multiples of the
/// tile's voxels (x, y and z passes of the filters; x and y passes of the tensor's products, which
/// dominate):
///
///     4 x 8 x 64:   3.0 2.0 1.0;  3.0 2.0       8 x 8 x 32:   2.3 1.5 1.0;  2.3 1.5
///     4 x 16 x 32:  2.5 2.0 1.0;  2.5 2.0       8 x 16 x 32:  1.9 1.5 1.0;  1.9 1.5
///
/// Half as many voxels, in a second cache of 1 MB together with the forest's nodes, take 5 % more
/// time with 61 channels and 60k nodes.
///
/// Between the passes in the plane and those along z one scale's planes stand in the second cache:
/// 6 fields x 12 planes x 16 x 32 x 4 B = 147 KB for the filters, the same for the tensor, re-used
/// at every scale.

#include <algorithm>
#include <cstddef>

#include "voxstitch/geometry/coord.hpp"

namespace voxstitch::features {

/// Bytes of features that a tile may have.
inline constexpr index_t default_tile_bytes = 1024 * 1024;

/// The shape (z, y, x) of a tile: whole packets, as many as `bytes` hold, at least one.
/// @param packet voxels of a packet (z, y, x), as (8, 8, 8), in 2D (1, 16, 32)
[[nodiscard]] inline coord<3> tile_shape(std::size_t feature_count, coord<3> const& packet,
                                         index_t bytes = default_tile_bytes) {
  auto const voxel_bytes =
      static_cast<index_t>(std::max<std::size_t>(feature_count, 1) * sizeof(float));
  coord<3> tile = packet;
  auto const double_within = [&](std::size_t axis, index_t limit) {
    if (tile[axis] * 2 <= limit && product(tile) * 2 * voxel_bytes <= bytes) tile[axis] *= 2;
  };
  bool const flat = packet[0] == 1;
  double_within(2, 32);
  double_within(2, 32);
  double_within(1, flat ? 32 : 8);
  double_within(2, flat ? 64 : 32);
  double_within(0, flat ? 1 : 8);
  double_within(1, flat ? 64 : 16);
  return tile;
}

}  // namespace voxstitch::features
