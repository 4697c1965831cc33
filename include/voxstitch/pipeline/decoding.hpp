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

/// Voxels along one axis, in whole units.
struct axis_reading {
  index_t all = 0;     ///< that any block reads, once
  index_t sum = 0;     ///< that all blocks read together
  index_t widest = 0;  ///< that one block reads
  index_t shared = 0;  ///< that two neighbours read, at most
};

[[nodiscard]] inline axis_reading reading_along(block_grid const& g, std::size_t axis, index_t step,
                                                index_t unit) {
  auto const range = [&](box<3> const& b) {
    return box<1>{{{b.inclusive_min[axis]}}, {{b.exclusive_max[axis]}}};
  };
  index_t const end = g.volume.exclusive_max[axis];
  axis_reading result;
  index_t first = 0;
  index_t previous = 0;
  for (auto const& b : blocking<1>{range(g.region), {{step}}}) {
    auto const read =
        grown_within(b.core, coord<1>{{g.halo[axis] + g.overlap[axis]}}, range(g.volume));
    index_t const low = read.inclusive_min[0] / unit * unit;
    index_t const high = std::min(divide_up(read.exclusive_max[0], unit) * unit, end);
    if (b.index == 0) first = previous = low;
    result.sum += high - low;
    result.widest = std::max(result.widest, high - low);
    result.shared = std::max(result.shared, previous - low);
    result.all = high - first;
    previous = high;
  }
  return result;
}

}  // namespace detail

/// The least decoding for blocks read in index order, when `affordable_voxels` may be kept between
/// them: nothing, what the next block along x reads too, or along y, or along z.
/// @param unit box shape (z, y, x) that the source decodes whole
[[nodiscard]] inline decoding least_decoding(block_grid const& g, coord<3> const& block_shape,
                                             coord<3> const& unit, index_t affordable_voxels) {
  std::array<detail::axis_reading, 3> along;
  for (std::size_t axis = 0; axis < 3; ++axis)
    along[axis] = detail::reading_along(g, axis, block_shape[axis], unit[axis]);
  auto const& [z, y, x] = along;
  index_t const next_x = z.widest * y.widest * x.shared;
  index_t const next_y =
      std::min(next_x + z.widest * y.shared * x.all, z.widest * y.widest * x.all);
  index_t const next_z = std::min(next_y + z.shared * y.all * x.all, z.widest * y.all * x.all);
  std::array<index_t, 4> const kept{next_z, next_y, next_x, 0};
  std::size_t repeated = 0;  // axes, slowest first, along which neighbours decode the same again
  while (kept[repeated] > affordable_voxels) ++repeated;
  double const once = double(z.all) * double(y.all) * double(x.all);
  double times = 1;
  for (std::size_t axis = 0; axis < repeated; ++axis)
    times *= double(along[axis].sum) / double(along[axis].all);
  return {times * once / double(g.region.size()), times, kept[repeated]};
}

}  // namespace voxstitch::pipeline
