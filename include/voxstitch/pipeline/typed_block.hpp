// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where are a block's values, and how are they moved by all threads?

#include <cstddef>
#include <cstdint>

#include "voxstitch/geometry/box.hpp"
#include "voxstitch/pipeline/planes.hpp"
#include "voxstitch/view/any_view.hpp"
#include "voxstitch/view/copy_elements.hpp"
#include "voxstitch/view/dense_array.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::pipeline {

namespace detail {

/// Memory of a box of elements whose type only the file knows; axes c, z, y, x.
class typed_block {
 public:
  typed_block() = default;
  typed_block(element_type type, coord<4> const& shape)
      : bytes_(coord<1>{{product(shape) * static_cast<index_t>(size_of(type))}}), type_(type),
        shape_(shape) {}
  [[nodiscard]] any_view<4> view() { return {bytes_.data(), type_, shape_}; }
  void clear() { fill(bytes_.view(), std::byte{0}); }
  [[nodiscard]] any_view<5> view_at_one_time() {
    return {bytes_.data(), type_, {{1, shape_[0], shape_[1], shape_[2], shape_[3]}}};
  }

 private:
  dense_array<std::byte, 1> bytes_;
  element_type type_ = element_type::uint8;
  coord<4> shape_{};
};

/// Box `b` (z, y, x) of all `channels` at time `t`.
[[nodiscard]] inline box<5> at_time(index_t t, index_t channels, box<3> const& b) {
  auto const& lo = b.inclusive_min;
  auto const& hi = b.exclusive_max;
  return {{{t, 0, lo[0], lo[1], lo[2]}}, {{t + 1, channels, hi[0], hi[1], hi[2]}}};
}

/// The same box in a view of axes c, z, y, x that begins at `frame`.
[[nodiscard]] inline box<4> all_channels(index_t channels, box<3> const& b, box<3> const& frame) {
  box<3> const r = relative_to(b, frame);
  auto const& lo = r.inclusive_min;
  auto const& hi = r.exclusive_max;
  return {{{0, lo[0], lo[1], lo[2]}}, {{channels, hi[0], hi[1], hi[2]}}};
}

/// Plane (c, z) of a [c, z, y, x] view.
[[nodiscard]] inline any_view<4> plane_of(any_view<4> const& v, coord<2> const& at) {
  coord<4> const low{{at[0], at[1], 0, 0}};
  return v.sub({low, low + coord<4>{{1, 1, v.extent(2), v.extent(3)}}});
}

/// Copies with a plain cast to float, planes in parallel.
inline void convert_planes(any_view<4> const& from, any_view<4> const& to) {
  for_each_plane(from.shape(), [&](coord<2> const& at) {
    auto const target = plane_of(to, at).as<float>();
    plane_of(from, at).visit([&](auto const& source) { copy(source, target); });
  });
}

/// Copies between views of one type, planes in parallel.
inline void copy_planes(any_view<4> const& from, any_view<4> const& to) {
  for_each_plane(from.shape(),
                 [&](coord<2> const& at) { copy_elements(plane_of(from, at), plane_of(to, at)); });
}

}  // namespace detail

}  // namespace voxstitch::pipeline
