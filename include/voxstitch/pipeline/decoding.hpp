// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How often is each strip or chunk decoded, and how much must be kept to do it less often?

#include <algorithm>
#include <array>

#include "voxstitch/pipeline/block_shape.hpp"

namespace voxstitch::pipeline {

/// What reading all blocks makes the source decode.
struct decoding {
  double voxels = 1;        ///< decoded / voxels of the region
  double times = 1;         ///< how often a unit that is needed is decoded, on average
  index_t kept_voxels = 0;  ///< decoded voxels that are kept for later blocks, at most
};

namespace detail {

/// Of a layer of blocks read row by row, the area (y, x) that later ones read again, at most: in
/// the middle of a row what the next block reads, what is left of the row before, and what this row
/// leaves to the next. The first and the last row have but one of the latter two.
[[nodiscard]] inline index_t area_kept(axis_reading const& y, axis_reading const& x) {
  index_t const beside = y.blocks > 2 ? x.all - x.shared : x.all - x.narrowest_end;
  return std::max(y.widest * x.shared + y.shared * beside, y.shared * x.all);
}

}  // namespace detail

/// The least decoding for blocks read in index order, when `affordable_voxels` may be kept between
/// them: nothing, what the next block along x reads too, or along y, or along z.
/// @param unit box shape (z, y, x) that the source decodes whole
[[nodiscard]] inline decoding least_decoding(grid_reading& g, coord<3> const& block_shape,
                                             coord<3> const& unit, index_t affordable_voxels) {
  std::array<detail::axis_reading, 3> along;
  for (std::size_t axis = 0; axis < 3; ++axis)
    along[axis] = g.along(axis, block_shape[axis], unit[axis]);
  auto const& [z, y, x] = along;
  index_t const area = detail::area_kept(y, x);
  index_t const next_x = z.widest * y.widest * x.shared;
  index_t const next_y = z.widest * area;
  index_t const next_z = next_y + z.shared * (y.all * x.all - area);
  std::array<index_t, 4> const kept{next_z, next_y, next_x, 0};
  std::size_t repeated = 0;  // axes, slowest first, along which neighbours decode the same again
  while (kept[repeated] > affordable_voxels) ++repeated;
  double const once = double(z.all) * double(y.all) * double(x.all);
  double times = 1;
  for (std::size_t axis = 0; axis < repeated; ++axis)
    times *= double(along[axis].sum) / double(along[axis].all);
  return {times * once / double(g.grid().region.size()), times, kept[repeated]};
}

}  // namespace voxstitch::pipeline
