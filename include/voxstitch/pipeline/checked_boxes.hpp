// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which parts of a result are computed again to see whether they are right?

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "voxstitch/geometry/box.hpp"

namespace voxstitch::pipeline {

namespace detail {

[[nodiscard]] inline box<4> placed(coord<4> const& at, coord<4> const& shape) {
  return {at, at + shape};
}

inline void add_once(std::vector<box<4>>& boxes, box<4> const& b) {
  if (std::find(boxes.begin(), boxes.end(), b) == boxes.end()) boxes.push_back(b);
}

inline void add_corners(std::vector<box<4>>& boxes, box<4> const& all, coord<4> const& shape) {
  coord<4> const room = all.shape() - shape;
  for (unsigned corner = 0; corner < 16; ++corner) {
    coord<4> at = all.inclusive_min;
    for (std::size_t axis = 0; axis < 4; ++axis)
      if ((corner >> (3 - axis) & 1U) != 0) at[axis] += room[axis];
    add_once(boxes, placed(at, shape));
  }
}

}  // namespace detail

/// The boxes at all corners of a region, and `count` more anywhere in it: not on the grid of any
/// job, so that they lie across its faces. Each box once; where the region has not so many, fewer.
/// A function of its arguments, on every machine.
/// @param all   t, z, y, x
/// @param shape of a box (z, y, x), clipped to the region; a box has one time step
[[nodiscard]] inline std::vector<box<4>> boxes_to_check(box<4> const& all, coord<3> const& shape,
                                                        index_t count, std::uint64_t seed) {
  coord<4> const extent = min(coord<4>{{1, shape[0], shape[1], shape[2]}}, all.shape());
  std::vector<box<4>> boxes;
  detail::add_corners(boxes, all, extent);
  std::mt19937_64 random(seed);  // (the distributions of <random> differ from library to library)
  for (index_t i = 0; i < count; ++i) {
    coord<4> at = all.inclusive_min;
    for (std::size_t axis = 0; axis < 4; ++axis) {
      auto const places = static_cast<std::uint64_t>(all.extent(axis) - extent[axis] + 1);
      at[axis] += static_cast<index_t>(random() % places);
    }
    detail::add_once(boxes, detail::placed(at, extent));
  }
  return boxes;
}

}  // namespace voxstitch::pipeline
