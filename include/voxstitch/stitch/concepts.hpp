// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What must a type offer to decide what becomes of overlapping results?

#include <concepts>

#include "voxstitch/geometry/block.hpp"

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

}  // namespace voxstitch::stitch
