// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are blocks averaged?

#include <cassert>

#include "voxstitch/core/arithmetic.hpp"
#include "voxstitch/stitch/detail/overlapping.hpp"

namespace voxstitch::stitch::detail {

/// sum of w p / sum of w: the products rounded before they are summed, on every processor.
class weighted_mean : public overlapping {
 public:
  using overlapping::overlapping;

  void add(strided_view<float const, 2> const& p, std::span<double const> weights,
           running_row const& row) const {
    assert(p.stride(0) == 1 && row.values.stride(0) == 1);
    std::size_t const length = weights.size();
    for (index_t c = 0; c < p.extent(1); ++c) {
      float const* const from = p.pointer_to({{0, c}});
      double* const sums = row.values.pointer_to({{0, c}});
      for (std::size_t x = 0; x < length; ++x)
        sums[x] += rounded<simd::baseline>(weights[x], double(from[x]));
    }
    for (std::size_t x = 0; x < length; ++x) row.totals[x] += weights[x];
  }

  friend bool operator==(weighted_mean const&, weighted_mean const&) = default;
};

}  // namespace voxstitch::stitch::detail
