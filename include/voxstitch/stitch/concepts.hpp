// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What must a type offer to decide what becomes of overlapping results?

#include <concepts>
#include <span>

#include "voxstitch/geometry/block.hpp"
#include "voxstitch/view/strided_view.hpp"

namespace voxstitch::stitch {

/// Decides which part of a block's results reaches the volume.
///
/// `S` models stitching_policy iff for every block `b` of a blocking with overlap `s.overlap()`
///  - `s.contributes(b)` lies within b.result and contains b.core;
///  - every voxel of the domain lies in the contribution of at least one block.
/// The compiler checks the syntax; tests/support/stitching_policy_laws.hpp checks the rest.
template <class S>
concept stitching_policy = std::regular<S> && requires(S const& s, block<3> const& b) {
  { s.overlap() } -> std::convertible_to<coord<3>>;
  { s.contributes(b) } -> std::convertible_to<box<3>>;
};

/// What is known of a row of voxels while blocks are added to it; all 0 before the first. A
/// voxel's blended values are its values / its total, or 0 where the total is 0.
struct running_row {
  strided_view<double, 2> values;  ///< [x, class], unit stride along x
  std::span<double> totals;        ///< [x]
};

/// A stitching policy that makes a voxel's values from all blocks that computed it.
///
/// Let `p` be one block's probabilities [x, class] of a row, unit stride along x, and `weights` the
/// block's weights [x] there. `S` models blending_policy iff
///  - `s.contributes(b)` is b.result for every block;
///  - `s.factor(ratio)` in [0, 1] is a weight's factor along one axis for a voxel that is that many
///    overlaps away from the face of the result box, 0 < ratio <= 1; it does not decrease and is 1
///    at 1; a block's weight is the product of its factors;
///  - `s.add(p, weights, row)` adds the block to the row: it is called block after block in
///    ascending index, depends on nothing else, and treats every voxel alike and alone;
///  - constants are reproduced: blocks that agree blend to what they agree on within 1e-5, or,
///    where the policy counts votes, to 1 for its class;
///  - all of it has the same bits for every compiler and processor.
/// Weights are positive until their product is too small for a double; the owner's is 1.
/// The compiler checks the syntax; tests/support/stitching_policy_laws.hpp checks the rest.
template <class S>
concept blending_policy = stitching_policy<S> &&
    requires(S const& s, double ratio, strided_view<float const, 2> const& p,
             std::span<double const> weights, running_row const& row) {
  { s.factor(ratio) } -> std::same_as<double>;
  { s.add(p, weights, row) } -> std::same_as<void>;
};

}  // namespace voxstitch::stitch
