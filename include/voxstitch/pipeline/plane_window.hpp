// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a small part of one plane of a volume look like?

#include <algorithm>

#include "voxstitch/io/concepts.hpp"
#include "voxstitch/pipeline/typed_block.hpp"

namespace voxstitch::pipeline {

/// The square of `side` voxels around the middle of a place, in the middle one of its planes z;
/// smaller, or moved, where the volume ends.
/// @return a box of one plane (z, y, x)
[[nodiscard]] inline box<3> window_around(box<3> const& place, coord<3> const& shape,
                                          index_t side) {
  coord<3> const extents = min(coord<3>{{1, side, side}}, shape);
  box<3> window;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    index_t const middle = (place.inclusive_min[axis] + place.exclusive_max[axis]) / 2;
    auto& low = window.inclusive_min[axis];
    low = std::clamp<index_t>(middle - extents[axis] / 2, 0, shape[axis] - extents[axis]);
    window.exclusive_max[axis] = low + extents[axis];
  }
  return window;
}

/// Reads a box of one plane z at one time, as float: rows, columns, channels (all of the source).
/// @throws what reading throws.
template <io::volume_source Source>
[[nodiscard]] dense_array<float, 3> read_window(Source const& source, box<3> const& window,
                                                index_t time = 0) {
  auto const& d = source.description();
  coord<3> const s = window.shape();
  detail::typed_block values(d.type, {{d.shape[1], 1, s[1], s[2]}});
  source.read(detail::at_time(time, d.shape[1], window), values.view_at_one_time());
  dense_array<float, 3> picture(coord<3>{{s[1], s[2], d.shape[1]}});
  values.view().visit([&](auto const& v) {
    copy(v.slice(1, 0), picture.view().permuted({2, 0, 1}));
  });
  return picture;
}

}  // namespace voxstitch::pipeline
