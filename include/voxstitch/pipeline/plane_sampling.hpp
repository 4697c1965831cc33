// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which planes of a volume, and which of their voxels, give an idea of it?

#include <algorithm>
#include <array>
#include <vector>

#include "voxstitch/geometry/box.hpp"

namespace voxstitch::pipeline {

/// Planes across each axis of a volume, and the voxels of them that are looked at: every n-th.
struct plane_sampling {
  coord<3> shape{};                              ///< z, y, x; of the volume
  coord<3> stride{{1, 1, 1}};                    ///< every n-th voxel along z, y, x
  std::array<std::vector<index_t>, 3> planes{};  ///< across z, y, x; rising

  /// Voxels along each axis that are looked at: 0, stride, 2 stride, ...
  [[nodiscard]] coord<3> samples() const {
    coord<3> n;
    for (std::size_t axis = 0; axis < 3; ++axis) n[axis] = divide_up(shape[axis], stride[axis]);
    return n;
  }

  /// The axes along the rows and columns of a plane across `axis`: down, then to the right.
  [[nodiscard]] static constexpr std::array<std::size_t, 2> axes_of_plane(std::size_t axis) {
    if (axis == 0) return {1, 2};
    return axis == 1 ? std::array<std::size_t, 2>{0, 2} : std::array<std::size_t, 2>{1, 0};
  }

  /// Rows and columns of a plane across `axis`.
  [[nodiscard]] coord<2> picture(std::size_t axis) const {
    auto const [down, right] = axes_of_plane(axis);
    return {{samples()[down], samples()[right]}};
  }

  /// Of all planes together.
  [[nodiscard]] index_t pixels() const {
    index_t sum = 0;
    for (std::size_t axis = 0; axis < 3; ++axis)
      sum += product(picture(axis)) * static_cast<index_t>(planes[axis].size());
    return sum;
  }

  /// Whether a plane passes through the box.
  [[nodiscard]] bool touches(box<3> const& b) const {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      auto const first = std::ranges::lower_bound(planes[axis], b.inclusive_min[axis]);
      if (first != planes[axis].end() && *first < b.exclusive_max[axis]) return true;
    }
    return false;
  }
};

/// How much may be shown.
struct sampling_limits {
  index_t pixels = index_t{2} << 20;  ///< of all planes together; at least one plane per axis
  index_t side = 400;                 ///< of a picture; in samples
  index_t fewest_planes = 8;          ///< rather thin the planes out than show less
  index_t most_planes = 24;           ///< per axis
};

namespace detail {

/// The middles of `count` equal parts.
[[nodiscard]] inline std::vector<index_t> evenly_spread(index_t extent, index_t count) {
  std::vector<index_t> at;
  count = std::min(count, extent);
  for (index_t i = 0; i < count; ++i) at.push_back((2 * i + 1) * extent / (2 * count));
  return at;
}

/// The same stride for all axes, but for short ones, which keep their detail.
[[nodiscard]] inline plane_sampling sampled(coord<3> const& shape, index_t stride, index_t planes) {
  constexpr index_t short_axis = 96;
  plane_sampling s{shape, {}, {}};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    s.stride[axis] = std::min(stride, std::max<index_t>(1, shape[axis] / short_axis));
    s.planes[axis] = evenly_spread(shape[axis], planes);
  }
  return s;
}

}  // namespace detail

/// Chooses the smallest stride with which enough planes keep to the limits, then as many planes as
/// do.
[[nodiscard]] inline plane_sampling sample_planes(coord<3> const& shape,
                                                  sampling_limits const& limits = {}) {
  index_t const longest = *std::max_element(shape.values.begin(), shape.values.end());
  index_t stride = divide_up(longest, limits.side);
  index_t planes = limits.fewest_planes;
  auto const fits = [&](index_t s, index_t n) {
    return detail::sampled(shape, s, n).pixels() <= limits.pixels;
  };
  while (stride < longest && !fits(stride, planes)) ++stride;
  while (planes > 1 && !fits(stride, planes)) --planes;
  while (planes < limits.most_planes && fits(stride, planes + 1)) ++planes;
  return detail::sampled(shape, stride, planes);
}

}  // namespace voxstitch::pipeline
