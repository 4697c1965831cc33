// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How much does a block count at a voxel of its result box?

#include <array>
#include <vector>

#include "voxstitch/stitch/concepts.hpp"

namespace voxstitch::stitch::detail {

/// A result box within the domain of its blocking, and the overlap of that (z, y, x; voxels).
struct faded_box {
  box<3> result;
  box<3> domain;
  coord<3> overlap;

  /// (distance + 1/2) / overlap, at most 1: the distance to the nearer face of the result box along
  /// the axis, 0 for the outermost voxel. A face on the domain's border does not count, and
  /// without an overlap there is nothing to fade: 1.
  [[nodiscard]] double ratio(std::size_t axis, index_t voxel) const {
    index_t const begin = result.inclusive_min[axis];
    index_t const end = result.exclusive_max[axis];
    index_t distance = overlap[axis];
    if (begin != domain.inclusive_min[axis]) distance = std::min(distance, voxel - begin);
    if (end != domain.exclusive_max[axis]) distance = std::min(distance, end - 1 - voxel);
    if (distance >= overlap[axis]) return 1;
    return (static_cast<double>(distance) + 0.5) / static_cast<double>(overlap[axis]);
  }
};

/// A block's weights in a piece of its result box; the factors of the axes are tabulated.
class block_weights {
 public:
  template <class Policy>
  block_weights(Policy const& policy, faded_box const& faded, box<3> const& piece)
      : row_(static_cast<std::size_t>(piece.extent(2))) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      factors_[axis].reserve(static_cast<std::size_t>(piece.extent(axis)));
      for (index_t v = piece.inclusive_min[axis]; v < piece.exclusive_max[axis]; ++v)
        factors_[axis].push_back(policy.factor(faded.ratio(axis, v)));
    }
  }

  /// The weights [x] of a row, whose z and y count from the piece's first voxel; valid until the
  /// next call.
  [[nodiscard]] std::span<double const> row(index_t z, index_t y) {
    double const of_row =
        factors_[0][static_cast<std::size_t>(z)] * factors_[1][static_cast<std::size_t>(y)];
    for (std::size_t x = 0; x < row_.size(); ++x) row_[x] = of_row * factors_[2][x];
    return row_;
  }

  /// Memory for a piece of that shape.
  [[nodiscard]] static std::int64_t bytes(coord<3> const& shape) {
    return (shape[0] + shape[1] + 2 * shape[2]) * std::int64_t{sizeof(double)};
  }

 private:
  std::array<std::vector<double>, 3> factors_;
  std::vector<double> row_;
};

}  // namespace voxstitch::stitch::detail
