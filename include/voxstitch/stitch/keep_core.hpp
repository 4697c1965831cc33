// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is written where every voxel has exactly one owner?

#include "voxstitch/stitch/concepts.hpp"

namespace voxstitch::stitch {

/// Each voxel is written by the one block whose core owns it.
/// Exact when the halo covers the classifier's reach, which local classifiers declare.
/// Deterministic; never reads the output; costs nothing; needs no overlap.
struct keep_core {
  template <std::size_t N = 3>
  [[nodiscard]] coord<N> overlap() const {
    return {};
  }
  template <std::size_t N>
  [[nodiscard]] box<N> contributes(block<N> const& b) const {
    return b.core;
  }
  friend bool operator==(keep_core, keep_core) = default;
};

static_assert(stitching_policy<keep_core>);

}  // namespace voxstitch::stitch
