// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which part of a block is written, and where in the dataset does it come to lie?

#include "voxstitch/geometry/blocking.hpp"
#include "voxstitch/stitch/keep_core.hpp"

namespace voxstitch::pipeline {

/// Cores side by side, as in the volume; or whole results, which overlap in the volume, each in a
/// slot of its own. Slots are whole chunks.
class placement {
 public:
  /// Cores, where they are in `region`.
  [[nodiscard]] static placement of_cores(box<3> const& region) {
    return {blocking<3>(region, region.shape()), region.shape(), {}};
  }
  /// Results, in slots that lie in the order of the blocks.
  [[nodiscard]] static placement of_results(blocking<3> const& blocks, coord<3> const& chunk) {
    coord<3> const slot = rounded_up_to_chunks(blocks.largest_result_shape(), chunk);
    return {blocks, zip(blocks.counts(), slot, [](index_t n, index_t s) { return n * s; }), slot};
  }

  /// Extents (z, y, x) of the dataset.
  [[nodiscard]] coord<3> const& shape() const { return shape_; }

  /// Extents (z, y, x) of a slot.
  /// @pre results are kept in slots
  [[nodiscard]] coord<3> const& slot() const { return slot_; }

  /// The voxels of `b` that are written.
  [[nodiscard]] box<3> part(block<3> const& b) const {
    return in_slots() ? b.result : stitch::keep_core{}.contributes(b);
  }
  /// Where `piece`, voxels of b's part, lies in the dataset.
  [[nodiscard]] box<3> place(block<3> const& b, box<3> const& piece) const {
    if (!in_slots()) return relative_to(piece, blocks_.domain());
    coord<3> const slot =
        zip(blocks_.position_of(b.index), slot_, [](index_t n, index_t s) { return n * s; });
    box<3> const within = relative_to(piece, b.result);
    return {slot + within.inclusive_min, slot + within.exclusive_max};
  }

 private:
  placement(blocking<3> blocks, coord<3> const& shape, coord<3> const& slot)
      : blocks_(std::move(blocks)), shape_(shape), slot_(slot) {}

  [[nodiscard]] bool in_slots() const { return slot_[0] > 0; }

  blocking<3> blocks_;
  coord<3> shape_;
  coord<3> slot_;
};

}  // namespace voxstitch::pipeline
