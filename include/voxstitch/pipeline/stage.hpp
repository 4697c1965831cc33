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

/// What the steps of a walk write. Dividing the volume into blocks is done once, by the
/// constructor.
class written_boxes {
 public:
  /// @param datasets that every step writes a part of
  written_boxes(reading_order order, placement where,
                std::vector<volume_description> const& datasets)
      : order_(std::move(order)), where_(std::move(where)) {
    for (auto const& d : datasets) channels_.push_back(d.shape[1]);
  }

  /// The voxels (t, c, z, y, x) of a dataset.
  [[nodiscard]] box<5> operator()(index_t step, std::size_t dataset) const {
    block<3> const b = order_.at(step);
    return detail::at_time(order_.time(step), channels_[dataset], where_.place(b, where_.part(b)));
  }

 private:
  reading_order order_;
  placement where_;
  std::vector<index_t> channels_;
};

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
    return in_slots ? placement::of_results_in_step(grid.blocks(what.block_shape), what.chunk)
                    : placement::of_cores(grid.region);
  }
  [[nodiscard]] reading_order order() const {
    return {grid, what.block_shape, what.blocks / grid.blocks(what.block_shape).size()};
  }
  /// What the lines of a journal count and place.
  [[nodiscard]] std::string grid_text() const {
    return "blocks " + to_string(what.block_shape) + " chunks " + to_string(what.chunk) +
           " shards " + std::to_string(shards) + (in_slots ? " in step" : "");
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
    auto const box_of = written();
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
      boxes.push_back(
          {box_of(step, dataset).inclusive_min, box_of(step + run - 1, dataset).exclusive_max});
      step += run;
    }
    return boxes;
  }
  [[nodiscard]] coord<5> chunk() const { return of_one_channel(what.chunk); }
  [[nodiscard]] written_boxes written() const { return {order(), where(), datasets}; }
};

}  // namespace voxstitch::pipeline
