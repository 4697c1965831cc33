// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does one unit of work own, produce and read?

#include "voxstitch/geometry/box.hpp"

namespace voxstitch {

/// The unit of reading, memory and commit. core within result within read, all within the domain.
template <std::size_t N>
struct block {
  index_t index = 0;  ///< position in the blocking, first axis slowest
  box<N> core;        ///< voxels this block owns: the cores tile the domain
  box<N> result;      ///< voxels it computes: the core and the stitching policy's overlap
  box<N> read;        ///< voxels it needs: the result and the classifier's halo

  friend constexpr bool operator==(block const&, block const&) = default;
};

}  // namespace voxstitch
