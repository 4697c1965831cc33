// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How large are the chunks of an output, when nobody asked for another size?

#include "voxstitch/geometry/coord.hpp"

namespace voxstitch::io {

/// Sides of the default chunk along z, y, x in voxels, before it is clipped to the volume.
inline constexpr index_t default_chunk_side = 64;

/// 64 voxels along z, y and x, 1 along t and c; clipped to the volume (t, c, z, y, x).
[[nodiscard]] constexpr coord<5> default_chunk(coord<5> const& shape) {
  return min(coord<5>{{1, 1, default_chunk_side, default_chunk_side, default_chunk_side}}, shape);
}

}  // namespace voxstitch::io
