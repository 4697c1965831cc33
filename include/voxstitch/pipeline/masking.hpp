// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where is nothing to be classified?

#include <algorithm>
#include <cstdint>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/pipeline/planes.hpp"
#include "voxstitch/pipeline/typed_block.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::pipeline {

/// @throws shape_error unless the mask has the input's z, y, x, and its time steps or one for all.
inline void require_mask_shape(volume_description const& mask, volume_description const& input) {
  coord<5> const& m = mask.shape;
  coord<5> const& d = input.shape;
  if (spatial(m) != spatial(d) || (m[0] != d[0] && m[0] != 1))
    throw shape_error("--mask is " + to_string(spatial(m)) + " (z,y,x), but the input is " +
                      to_string(spatial(d)) + "; a mask has the input's extents");
}

namespace detail {

/// 1 where any channel of the mask is more than 0, on `b` (z, y, x).
/// @param read called as read(box<5>, any_view<5>) to read the mask's voxels
template <class Read>
[[nodiscard]] dense_array<std::uint8_t, 3> inside_of(volume_description const& mask, index_t time,
                                                     box<3> const& b, Read const& read) {
  coord<3> const s = b.shape();
  typed_block values(mask.type, {{mask.shape[1], s[0], s[1], s[2]}});
  read(at_time(std::min(time, mask.shape[0] - 1), mask.shape[1], b), values.view_at_one_time());
  dense_array<std::uint8_t, 3> inside(s);
  fill(inside.view(), 0);
  values.view().visit([&]<class T>(strided_view<T, 4> const& v) {
    for_each_voxel(box<4>::at_origin(v.shape()), [&](coord<4> const& at) {
      if (v[at] > T{0}) inside.view()[{{at[1], at[2], at[3]}}] = 1;
    });
  });
  return inside;
}
template <io::volume_source Mask>
[[nodiscard]] dense_array<std::uint8_t, 3> inside_of(Mask const& mask, index_t time,
                                                     box<3> const& b) {
  return inside_of(mask.description(), time, b,
                   [&](box<5> const& part, any_view<5> const& to) { mask.read(part, to); });
}

[[nodiscard]] inline bool any_inside(dense_array<std::uint8_t, 3> const& inside) {
  auto const* const first = inside.view().data();
  return std::any_of(first, first + product(inside.shape()), [](auto v) { return v != 0; });
}

/// Outside the mask no class is known: all probabilities [class, z, y, x] become 0.
inline void clear_outside(dense_array<std::uint8_t, 3> const& inside,
                          strided_view<float, 4> const& p) {
  for_each_plane(p.shape(), [&](coord<2> const& at) {
    auto const plane = p.slice(0, at[0]).slice(0, at[1]);
    auto const inside_plane = inside.view().slice(0, at[1]);
    for_each_voxel(box<2>::at_origin(plane.shape()), [&](coord<2> const& v) {
      if (inside_plane[v] == 0) plane[v] = 0;
    });
  });
}

}  // namespace detail

}  // namespace voxstitch::pipeline
