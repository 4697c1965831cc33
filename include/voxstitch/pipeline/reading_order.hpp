// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which later block reads these voxels again?

#include <optional>

#include "voxstitch/io/unit_cache.hpp"
#include "voxstitch/pipeline/block_shape.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::pipeline {

namespace detail {

/// The first position of `range`, in index order (first axis slowest), that is not before `from`.
[[nodiscard]] inline std::optional<coord<4>> first_not_before(box<4> const& range, coord<4> from) {
  auto const restart = [&](std::size_t axis) {
    for (; axis < 4; ++axis) from[axis] = range.inclusive_min[axis];
    return from;
  };
  for (std::size_t axis = 0; axis < 4; ++axis) {
    if (from[axis] < range.inclusive_min[axis]) return restart(axis);
    if (from[axis] < range.exclusive_max[axis]) continue;
    while (axis-- > 0) {  // nothing more there: one step on along a slower axis
      if (++from[axis] < range.exclusive_max[axis]) return restart(axis + 1);
    }
    return std::nullopt;
  }
  return from;
}

}  // namespace detail

/// The order in which a job reads its blocks: all blocks of a time step, first axis slowest, then
/// the next time step.
class reading_order {
 public:
  reading_order(block_grid const& g, coord<3> const& block_shape, index_t times)
      : grid_(g), blocks_(g.blocks(block_shape)), times_(times) {}

  [[nodiscard]] index_t size() const { return blocks_.size() * times_; }
  [[nodiscard]] index_t time(index_t step) const { return step / blocks_.size(); }
  [[nodiscard]] block<3> at(index_t step) const { return grid_.at(blocks_, step % blocks_.size()); }
  [[nodiscard]] blocking<3> const& blocks() const { return blocks_; }

  /// The first step after `step` that reads a voxel of `voxels` (t, c, z, y, x; all channels), or
  /// io::never. (Never too late; too early where a region's border cuts an overlap.)
  [[nodiscard]] index_t next_use(box<5> const& voxels, index_t step) const {
    box<4> const range = readers(voxels);
    if (range.empty() || step + 1 >= size()) return io::never;
    auto const at = detail::first_not_before(range, position(step + 1));
    if (!at) return io::never;
    auto const& [t, z, y, x] = at->values;
    return t * blocks_.size() + blocks_.index_of({{z, y, x}});
  }

 private:
  /// t, z, y, x of a step in the grid of blocks.
  [[nodiscard]] coord<4> position(index_t step) const {
    auto const [z, y, x] = blocks_.position_of(step % blocks_.size()).values;
    return {{step / blocks_.size(), z, y, x}};
  }

  /// Positions of the blocks that read a voxel of the box.
  [[nodiscard]] box<4> readers(box<5> const& voxels) const {
    box<3> const near = blocks_.positions_within(
        grid_.halo + grid_.overlap, {spatial(voxels.inclusive_min), spatial(voxels.exclusive_max)});
    auto const& [z0, y0, x0] = near.inclusive_min.values;
    auto const& [z1, y1, x1] = near.exclusive_max.values;
    return {{{voxels.inclusive_min[0], z0, y0, x0}},
            {{std::min(voxels.exclusive_max[0], times_), z1, y1, x1}}};
  }

  block_grid grid_;
  blocking<3> blocks_;
  index_t times_;
};

}  // namespace voxstitch::pipeline
