// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is known of a part of the volume while block after block is added to it?

#include "voxstitch/stitch/detail/block_weights.hpp"
#include "voxstitch/stitch/detail/planes.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::stitch::detail {

/// The running rows of a part.
class blended_part {
 public:
  blended_part(coord<3> const& shape, index_t classes)
      : values_(shape, classes, 0.0), totals_(shape, 1, 0.0) {}

  /// Adds a block's probabilities [z, y, x, class] on a piece, a box in the part's coordinates.
  template <class Policy>
  void add(Policy const& policy, block_weights& weights, strided_view<float const, 4> const& p,
           box<3> const& piece) {
    auto const [z0, y0, x0] = piece.inclusive_min.values;
    index_t const classes = p.extent(3);
    box<2> const columns{{{x0, 0}}, {{x0 + p.extent(2), classes}}};
    for (index_t z = 0; z < p.extent(0); ++z)
      for (index_t y = 0; y < p.extent(1); ++y) {
        double* const totals = totals_.row(z0 + z, y0 + y).pointer_to({{x0, 0}});
        policy.add(p.slice(0, z).slice(0, y), weights.row(z, y),
                   running_row{values_.row(z0 + z, y0 + y).sub(columns),
                               {totals, static_cast<std::size_t>(p.extent(2))}});
      }
  }

  /// values / totals, 0 where the total is 0, rounded once; p: [z, y, x, class] of the part.
  void write(strided_view<float, 4> const& p) {
    for (index_t z = 0; z < p.extent(0); ++z)
      for (index_t y = 0; y < p.extent(1); ++y)
        write_row(values_.row(z, y), totals_.row(z, y).data(), p.slice(0, z).slice(0, y));
  }

  [[nodiscard]] static std::int64_t bytes(coord<3> const& shape, index_t classes) {
    return product(shape) * (classes + 1) * std::int64_t{sizeof(double)};
  }

 private:
  static void write_row(strided_view<double, 2> const& values, double const* totals,
                        strided_view<float, 2> const& p) {
    for (index_t c = 0; c < p.extent(1); ++c) {
      double const* const from = values.pointer_to({{0, c}});
      float* const to = p.pointer_to({{0, c}});
      index_t const step = p.stride(0);
      for (index_t x = 0; x < p.extent(0); ++x)
        to[x * step] = totals[x] > 0 ? static_cast<float>(from[x] / totals[x]) : 0.0f;
    }
  }

  class_planes<double> values_;
  class_planes<double> totals_;
};

}  // namespace voxstitch::stitch::detail
