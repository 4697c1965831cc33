// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file In which steps along z is a block gone through, so that its presmoothed scales never
/// exist as a whole?

#include <algorithm>

#include "voxstitch/geometry/box.hpp"

namespace voxstitch::features {

/// Planes of a slab at most. Thinner slabs take less memory, but the filters' margins of some
/// planes are smoothed along z twice: 6 planes of 38.
inline constexpr index_t slab_depth = 32;

/// The equal slabs of a box, in ascending z; the last may be thinner.
class slabs {
 public:
  /// One slab: all of it.
  explicit slabs(box<3> const& whole)
      : whole_(whole), depth_(std::max<index_t>(1, whole.extent(0))) {}

  /// @param step divides slab_depth; slabs, but for the last, are a multiple of it deep
  slabs(box<3> const& whole, index_t step) : whole_(whole) {
    index_t const depth = whole.extent(0);
    index_t const count = std::max<index_t>(1, divide_up(depth, slab_depth));
    depth_ = std::max<index_t>(1, divide_up(divide_up(depth, count), step) * step);
  }

  [[nodiscard]] index_t count() const { return divide_up(whole_.extent(0), depth_); }
  [[nodiscard]] box<3> operator[](index_t i) const {
    box<3> slab = whole_;
    slab.inclusive_min[0] += i * depth_;
    slab.exclusive_max[0] = std::min(slab.inclusive_min[0] + depth_, whole_.exclusive_max[0]);
    return slab;
  }

 private:
  box<3> whole_;
  index_t depth_ = 1;
};

}  // namespace voxstitch::features
