// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do most of the overlapping results say?

#include "voxstitch/stitch/detail/overlapping.hpp"

namespace voxstitch::stitch {

/// Each class has its share of the votes of the blocks that computed the voxel. A block votes for
/// its most probable class, the lowest of equals; a block that knows none (all 0) does not vote;
/// without votes all is 0.
/// For classifiers whose probabilities are not comparable from block to block. Deterministic. Needs
/// the result boxes of all blocks.
class vote : public detail::overlapping {
 public:
  using overlapping::overlapping;
  [[nodiscard]] double factor(double) const { return 1; }

  void add(strided_view<float const, 2> const& p, std::span<double const>,
           running_row const& row) const {
    for (index_t x = 0; x < p.extent(0); ++x) {
      index_t const winner = most_probable(p, x);
      if (winner < 0) continue;
      *row.values.pointer_to({{x, winner}}) += 1;
      row.totals[static_cast<std::size_t>(x)] += 1;
    }
  }

  friend bool operator==(vote const&, vote const&) = default;

 private:
  /// The class of a voxel, 0..K-1, or -1 where all values are 0.
  [[nodiscard]] static index_t most_probable(strided_view<float const, 2> const& p, index_t x) {
    index_t winner = -1;
    float best = 0;
    for (index_t c = 0; c < p.extent(1); ++c) {
      float const value = *p.pointer_to({{x, c}});
      winner = value > best ? c : winner;
      best = value > best ? value : best;
    }
    return winner;
  }
};

static_assert(blending_policy<vote>);

}  // namespace voxstitch::stitch
