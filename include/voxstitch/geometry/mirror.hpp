// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which voxel stands in for one beyond the volume's border?

#include "voxstitch/geometry/coord.hpp"

namespace voxstitch {

/// The place that ilastik's filters read for place `i` of an axis that holds [begin, end): the
/// mirror image, without repeating the border voxel, as often as needed.
/// @pre begin < end
[[nodiscard]] constexpr index_t mirrored(index_t i, index_t begin, index_t end) {
  if (begin <= i && i < end) return i;
  index_t const last = end - 1 - begin;
  if (last == 0) return begin;
  index_t const period = 2 * last;
  index_t const turned = ((i - begin) % period + period) % period;
  return begin + (turned > last ? period - turned : turned);
}

}  // namespace voxstitch
