// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does one walk over all blocks write, and who does which part of it?

#include <string>
#include <vector>

#include "voxstitch/pipeline/placement.hpp"
#include "voxstitch/pipeline/plan.hpp"
#include "voxstitch/pipeline/reading_order.hpp"
#include "voxstitch/pipeline/typed_block.hpp"

namespace voxstitch::pipeline {

/// A walk whose results are kept in shards: runs of blocks that follow each other, each in a folder
/// of its own.
struct stage {
  std::string name;  ///< of its folders
  block_grid grid;
  plan what;
  bool in_slots = false;                     ///< what it writes are whole results, which overlap
  std::vector<volume_description> datasets;  ///< that it writes, in chunks of `what.chunk`
  index_t shards = 1;

  [[nodiscard]] placement where() const {
    return in_slots ? placement::of_results(grid.blocks(what.block_shape), what.chunk)
                    : placement::of_cores(grid.region);
  }
  [[nodiscard]] reading_order order() const {
    return {grid, what.block_shape, what.blocks / grid.blocks(what.block_shape).size()};
  }
  /// What the lines of a journal count and place.
  [[nodiscard]] std::string grid_text() const {
    return "blocks " + to_string(what.block_shape) + " chunks " + to_string(what.chunk) +
           " shards " + std::to_string(shards);
  }
  /// The first step of a shard; of shard number `shards`: the end.
  [[nodiscard]] index_t first_step(index_t shard) const {
    return begin_of_part(shard, shards, what.blocks);
  }
  /// The voxels (t, c, z, y, x) of a dataset that a shard's blocks own, as few boxes.
  /// @pre !in_slots
  [[nodiscard]] std::vector<box<5>> boxes_of(index_t shard, std::size_t dataset) const {
    auto const walk = order();
    auto const& counts = walk.blocks().counts();
    std::vector<box<5>> boxes;
    index_t const end = first_step(shard + 1);
    for (index_t step = first_step(shard); step < end;) {
      index_t run = 1;  // blocks from here on that fill a box: of a row, whole rows, whole layers
      bool whole = true;
      for (std::size_t axis = 3; axis-- > 0 && whole;) {
        index_t const n = std::min(counts[axis] - step / run % counts[axis], (end - step) / run);
        whole = n == counts[axis];
        run *= n;
      }
      box<5> const first = written(walk.at(step), walk.time(step), dataset);
      box<5> const last = written(walk.at(step + run - 1), walk.time(step + run - 1), dataset);
      boxes.push_back({first.inclusive_min, last.exclusive_max});
      step += run;
    }
    return boxes;
  }
  [[nodiscard]] coord<5> chunk() const { return of_one_channel(what.chunk); }
  /// What a block writes of a dataset (t, c, z, y, x).
  [[nodiscard]] box<5> written(block<3> const& b, index_t time, std::size_t dataset) const {
    auto const at = where();
    return detail::at_time(time, datasets[dataset].shape[1], at.place(b, at.part(b)));
  }
};

}  // namespace voxstitch::pipeline
