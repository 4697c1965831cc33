// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which block shape costs least and still fits into memory?

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "voxstitch/geometry/blocking.hpp"

namespace voxstitch::pipeline {

/// What a voxel costs, in any one unit (nanoseconds in the program).
struct work_costs {
  double classify = 500;  ///< per voxel of a result box
  double read = 40;       ///< per voxel of a read box: conversion and smoothing
  double decode = 5;      ///< per voxel decoded from the source
  double block = 2e5;     ///< per block: its calls, and threads that wait for its end
};

/// What a grid of blocks makes the machine do, relative to the voxels of the domain.
struct grid_overhead {
  double halo = 1;    ///< voxels of all read boxes / voxels of the domain
  double decode = 1;  ///< voxels decoded from the source / voxels of the domain
};

/// The grid of a job: blocks own the region of interest and read from the whole volume.
struct block_grid {
  box<3> volume;  ///< z, y, x; everything that may be read
  box<3> region;  ///< what is asked for; lies in `volume`
  coord<3> halo{};
  coord<3> overlap{};

  [[nodiscard]] blocking<3> blocks(coord<3> const& block_shape) const {
    return {region, block_shape, halo, overlap};
  }
  /// Block `index` with its read box clipped to the volume, not to the region.
  [[nodiscard]] block<3> at(blocking<3> const& grid, index_t index) const {
    block<3> b = grid[index];
    b.read = grown_within(b.result, halo, volume);
    return b;
  }
};

namespace detail {

/// Voxels along one axis, in whole units.
struct axis_reading {
  index_t all = 0;            ///< that any block reads, once
  index_t sum = 0;            ///< that all blocks read together
  index_t widest = 0;         ///< that one block reads
  index_t shared = 0;         ///< that two neighbours read, at most
  index_t narrowest_end = 0;  ///< that the first or the last block reads, the lesser of both
  index_t blocks = 0;
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
  index_t last = 0;
  for (auto const& b : blocking<1>{range(g.region), {{step}}}) {
    auto const read =
        grown_within(b.core, coord<1>{{g.halo[axis] + g.overlap[axis]}}, range(g.volume));
    index_t const low = read.inclusive_min[0] / unit * unit;
    index_t const high = std::min(divide_up(read.exclusive_max[0], unit) * unit, end);
    if (b.index == 0) {
      first = previous = low;
      result.narrowest_end = high - low;
    }
    result.sum += high - low;
    result.widest = std::max(result.widest, high - low);
    result.shared = std::max(result.shared, previous - low);
    result.all = high - first;
    previous = high;
    ++result.blocks;
    last = high - low;
  }
  result.narrowest_end = std::min(result.narrowest_end, last);
  return result;
}

/// Candidate widths along an axis, in whole chunks, narrowest first: the axis divided evenly by
/// numbers that grow by about a quarter.
[[nodiscard]] inline std::vector<index_t> candidate_widths(index_t extent, index_t chunk) {
  index_t const chunks = divide_up(extent, chunk);
  std::vector<index_t> widths;
  for (index_t parts = 1; parts < chunks; parts += std::max<index_t>(1, parts / 4)) {
    index_t const width = divide_up(chunks, parts) * chunk;
    if (widths.empty() || widths.back() != width) widths.push_back(width);
  }
  if (widths.empty() || widths.back() != chunk) widths.push_back(chunk);
  std::reverse(widths.begin(), widths.end());
  return widths;
}

}  // namespace detail

/// What the blocks of a grid read along its axes. Many shapes share their extents along an axis,
/// and there may be very many blocks: each axis is gone through once per extent.
class grid_reading {
 public:
  explicit grid_reading(block_grid const& g) : grid_(g) {}

  [[nodiscard]] block_grid const& grid() const { return grid_; }
  /// @param step extent of a block; @param unit voxels that are decoded together
  [[nodiscard]] detail::axis_reading const& along(std::size_t axis, index_t step, index_t unit) {
    auto const [found, is_new] = known_.try_emplace({axis, step, unit});
    if (is_new) found->second = detail::reading_along(grid_, axis, step, unit);
    return found->second;
  }

 private:
  block_grid grid_;
  std::map<std::tuple<std::size_t, index_t, index_t>, detail::axis_reading> known_;
};

/// @param unit box shape (z, y, x) that the source decodes whole
[[nodiscard]] inline grid_overhead overhead_of(grid_reading& g, coord<3> const& block_shape,
                                               coord<3> const& unit) {
  grid_overhead result;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    auto const extent = double(g.grid().region.extent(axis));
    result.halo *= double(g.along(axis, block_shape[axis], 1).sum) / extent;
    result.decode *= double(g.along(axis, block_shape[axis], unit[axis]).sum) / extent;
  }
  return result;
}

/// The cheapest shape, in whole chunks, by `price(shape)`, which is none where a shape does not fit
/// into memory; none when nothing fits. Among equals the smaller block wins, which loses less when
/// a job is stopped.
template <class Price>
[[nodiscard]] std::optional<coord<3>> cheapest_block_shape(box<3> const& region,
                                                           coord<3> const& chunk, Price&& price) {
  std::optional<coord<3>> best;
  double best_price = 0;
  auto const widths = [&](std::size_t axis) {
    return detail::candidate_widths(region.extent(axis), chunk[axis]);
  };
  auto const zs = widths(0), ys = widths(1), xs = widths(2);
  for (index_t z : zs)
    for (index_t y : ys)
      for (index_t x : xs) {
        coord<3> const shape{{z, y, x}};
        std::optional<double> const p = price(shape);
        if (!p) break;  // a wider block along x needs more still
        if (best && *p >= best_price) continue;
        best = shape;
        best_price = *p;
      }
  return best;
}

}  // namespace voxstitch::pipeline
