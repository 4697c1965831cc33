// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which part of a block is written, and where in the dataset does it come to lie?

#include <algorithm>

#include "voxstitch/geometry/blocking.hpp"
#include "voxstitch/stitch/keep_core.hpp"

namespace voxstitch::pipeline {

/// Cores side by side, as in the volume; or whole results, which overlap in the volume, each in a
/// slot of its own. Slots are whole chunks.
///
/// A result that begins its slot is a volume of its own. One that is in step with the volume lies
/// in its slot's chunks as it does in the domain's: what a chunk of the domain needs of it is in
/// one.
class placement {
 public:
  /// Cores, where they are in `region`.
  [[nodiscard]] static placement of_cores(box<3> const& region) {
    return {blocking<3>(region, region.shape()), {}, {}};
  }
  /// Results that begin their slots, which lie in the order of the blocks.
  [[nodiscard]] static placement of_results(blocking<3> const& blocks, coord<3> const& chunk) {
    return {blocks, rounded_up_to_chunks(blocks.largest_result_shape(), chunk), {}};
  }
  /// The same with results in step with the volume.
  [[nodiscard]] static placement of_results_in_step(blocking<3> const& blocks,
                                                    coord<3> const& chunk) {
    placement const unslotted(blocks, {}, chunk);
    coord<3> slot;
    for (std::size_t axis = 0; axis < 3; ++axis)
      for (index_t n = 0; n < blocks.counts()[axis]; ++n) {
        coord<3> position;
        position[axis] = n;
        block<3> const b = blocks[blocks.index_of(position)];
        index_t const needed = b.result.exclusive_max[axis] - unslotted.first_chunk(b)[axis];
        slot[axis] = std::max(slot[axis], needed);
      }
    return {blocks, rounded_up_to_chunks(slot, chunk), chunk};
  }

  /// Extents (z, y, x) of the dataset.
  [[nodiscard]] coord<3> shape() const {
    if (!in_slots()) return blocks_.domain().shape();
    return zip(blocks_.counts(), slot_, [](index_t n, index_t s) { return n * s; });
  }

  /// Extents (z, y, x) of a slot.
  /// @pre results are kept in slots
  [[nodiscard]] coord<3> const& slot() const { return slot_; }

  /// The voxels of `b` that are written.
  [[nodiscard]] box<3> part(block<3> const& b) const {
    return in_slots() ? b.result : stitch::keep_core{}.contributes(b);
  }
  /// Where the first chunk of b's part begins: not behind the part's first voxel.
  [[nodiscard]] coord<3> first_chunk(block<3> const& b) const {
    if (in_step_[0] == 0) return part(b).inclusive_min;
    coord<3> const& origin = blocks_.domain().inclusive_min;
    return origin + zip(b.result.inclusive_min - origin, in_step_,
                        [](index_t v, index_t c) { return v / c * c; });
  }
  /// Where `piece`, voxels of b's part, lies in the dataset.
  [[nodiscard]] box<3> place(block<3> const& b, box<3> const& piece) const {
    if (!in_slots()) return relative_to(piece, blocks_.domain());
    coord<3> const slot =
        zip(blocks_.position_of(b.index), slot_, [](index_t n, index_t s) { return n * s; });
    return shifted(piece, slot - first_chunk(b));
  }

 private:
  placement(blocking<3> blocks, coord<3> const& slot, coord<3> const& in_step)
      : blocks_(std::move(blocks)), slot_(slot), in_step_(in_step) {}

  [[nodiscard]] bool in_slots() const { return slot_[0] > 0; }

  blocking<3> blocks_;
  coord<3> slot_;
  coord<3> in_step_;  ///< with chunks of that shape; 0: with none
};

}  // namespace voxstitch::pipeline
