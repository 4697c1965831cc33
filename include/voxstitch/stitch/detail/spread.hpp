// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How far are the blocks apart that computed a voxel?

#include <algorithm>
#include <limits>
#include <span>

#include "voxstitch/stitch/detail/planes.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::stitch::detail {

/// The smallest and the largest value of every class and voxel of a part.
class spread {
 public:
  spread(coord<3> const& shape, index_t classes)
      : least_(shape, classes, std::numeric_limits<float>::infinity()),
        most_(shape, classes, -std::numeric_limits<float>::infinity()) {}

  /// Adds a block's probabilities [z, y, x, class] on a piece, a box in the part's coordinates.
  void add(strided_view<float const, 4> const& p, box<3> const& piece) {
    auto const [z0, y0, x0] = piece.inclusive_min.values;
    for (index_t z = 0; z < p.extent(0); ++z)
      for (index_t y = 0; y < p.extent(1); ++y)
        for (index_t c = 0; c < p.extent(3); ++c)
          add_row({p.pointer_to({{z, y, 0, c}}), static_cast<std::size_t>(p.extent(2))},
                  least_.row(z0 + z, y0 + y).pointer_to({{x0, c}}),
                  most_.row(z0 + z, y0 + y).pointer_to({{x0, c}}));
  }

  /// The largest difference of any class, [z, y, x] of the part.
  void write(strided_view<float, 3> const& disagreement) {
    index_t const classes = least_.view().extent(3);
    fill(disagreement, 0.0f);
    for (index_t z = 0; z < disagreement.extent(0); ++z)
      for (index_t y = 0; y < disagreement.extent(1); ++y)
        for (index_t c = 0; c < classes; ++c)
          widen(disagreement.slice(0, z).slice(0, y), least_.row(z, y).pointer_to({{0, c}}),
                most_.row(z, y).pointer_to({{0, c}}));
  }

  [[nodiscard]] static std::int64_t bytes(coord<3> const& shape, index_t classes) {
    return product(shape) * classes * 2 * std::int64_t{sizeof(float)};
  }

 private:
  static void add_row(std::span<float const> p, float* least, float* most) {
    for (std::size_t x = 0; x < p.size(); ++x) {
      least[x] = p[x] < least[x] ? p[x] : least[x];
      most[x] = p[x] > most[x] ? p[x] : most[x];
    }
  }
  static void widen(strided_view<float, 1> const& row, float const* least, float const* most) {
    for (index_t x = 0; x < row.extent(0); ++x) {
      float& widest = row.data()[x * row.stride(0)];
      widest = std::max(widest, most[x] - least[x]);
    }
  }

  class_planes<float> least_;
  class_planes<float> most_;
};

}  // namespace voxstitch::stitch::detail
