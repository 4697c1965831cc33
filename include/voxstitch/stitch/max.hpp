// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is the strongest of overlapping results?

#include <cassert>

#include "voxstitch/stitch/detail/overlapping.hpp"

namespace voxstitch::stitch {

/// Each class has its largest value of the blocks that computed the voxel; the classes are then
/// scaled to sum to 1, also where one block alone computed it (all 0 stays all 0).
/// For rare classes that a block sees only with enough context: what one block found is not
/// averaged away. Deterministic. Needs the result boxes of all blocks.
class max : public detail::overlapping {
 public:
  using overlapping::overlapping;
  [[nodiscard]] double factor(double) const { return 1; }

  /// The totals are the sums of the largest values, in the order of the classes.
  void add(strided_view<float const, 2> const& p, std::span<double const>,
           running_row const& row) const {
    assert(p.stride(0) == 1 && row.values.stride(0) == 1);
    std::size_t const length = row.totals.size();
    std::fill_n(row.totals.data(), length, 0.0);
    for (index_t c = 0; c < p.extent(1); ++c) {
      float const* const from = p.pointer_to({{0, c}});
      double* const largest = row.values.pointer_to({{0, c}});
      for (std::size_t x = 0; x < length; ++x) {
        double const value{from[x]};
        largest[x] = value > largest[x] ? value : largest[x];
        row.totals[x] += largest[x];
      }
    }
  }

  friend bool operator==(max const&, max const&) = default;
};

static_assert(blending_policy<max>);

}  // namespace voxstitch::stitch
