// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which voxels are meant?

#include "voxstitch/geometry/coord.hpp"

namespace voxstitch {

/// A half-open, axis-aligned region of voxels; axes slowest first (z, y, x).
template <std::size_t N>
struct box {
  coord<N> inclusive_min{};
  coord<N> exclusive_max{};

  /// The box of that shape with its first voxel at the origin.
  [[nodiscard]] static constexpr box at_origin(coord<N> const& shape) { return {{}, shape}; }

  [[nodiscard]] constexpr coord<N> shape() const { return exclusive_max - inclusive_min; }
  [[nodiscard]] constexpr index_t extent(std::size_t axis) const {
    return exclusive_max[axis] - inclusive_min[axis];
  }
  [[nodiscard]] constexpr bool empty() const {
    for (std::size_t axis = 0; axis < N; ++axis)
      if (extent(axis) <= 0) return true;
    return false;
  }
  /// Voxels inside; 0 for an empty box.
  [[nodiscard]] constexpr index_t size() const { return empty() ? 0 : product(shape()); }

  friend constexpr bool operator==(box const&, box const&) = default;
};

template <std::size_t N>
[[nodiscard]] constexpr bool contains(box<N> const& outer, coord<N> const& voxel) {
  for (std::size_t axis = 0; axis < N; ++axis)
    if (voxel[axis] < outer.inclusive_min[axis] || voxel[axis] >= outer.exclusive_max[axis])
      return false;
  return true;
}

/// Whether every voxel of `inner` lies in `outer`; an empty box lies in every box.
template <std::size_t N>
[[nodiscard]] constexpr bool contains(box<N> const& outer, box<N> const& inner) {
  if (inner.empty()) return true;
  return max(outer.inclusive_min, inner.inclusive_min) == inner.inclusive_min &&
         min(outer.exclusive_max, inner.exclusive_max) == inner.exclusive_max;
}

/// The voxels in both; empty() when there are none.
template <std::size_t N>
[[nodiscard]] constexpr box<N> intersection(box<N> const& a, box<N> const& b) {
  return {max(a.inclusive_min, b.inclusive_min), min(a.exclusive_max, b.exclusive_max)};
}

/// `b` with `margin` voxels more on both sides of every axis.
template <std::size_t N>
[[nodiscard]] constexpr box<N> grown(box<N> const& b, coord<N> const& margin) {
  return {b.inclusive_min - margin, b.exclusive_max + margin};
}

/// `b` grown, but not beyond `domain`.
template <std::size_t N>
[[nodiscard]] constexpr box<N> grown_within(box<N> const& b, coord<N> const& margin,
                                            box<N> const& domain) {
  return intersection(grown(b, margin), domain);
}

/// `b` moved by `offset`.
template <std::size_t N>
[[nodiscard]] constexpr box<N> shifted(box<N> const& b, coord<N> const& offset) {
  return {b.inclusive_min + offset, b.exclusive_max + offset};
}

/// `b` in the coordinates of a view whose first voxel is `frame.inclusive_min`.
template <std::size_t N>
[[nodiscard]] constexpr box<N> relative_to(box<N> const& b, box<N> const& frame) {
  return {b.inclusive_min - frame.inclusive_min, b.exclusive_max - frame.inclusive_min};
}

/// The n-th voxel of a box, first axis slowest.
/// @pre 0 <= n < b.size()
template <std::size_t N>
[[nodiscard]] constexpr coord<N> nth_position(box<N> const& b, index_t n) {
  coord<N> at;
  for (std::size_t axis = N; axis-- > 0; n /= b.extent(axis))
    at[axis] = b.inclusive_min[axis] + n % b.extent(axis);
  return at;
}

/// "[0:30, 120:376]", for messages.
template <std::size_t N>
[[nodiscard]] std::string to_string(box<N> const& b) {
  std::string text;
  for (std::size_t axis = 0; axis < N; ++axis)
    text += (axis == 0 ? "" : ", ") + std::to_string(b.inclusive_min[axis]) + ":" +
            std::to_string(b.exclusive_max[axis]);
  return "[" + text + "]";
}

}  // namespace voxstitch
