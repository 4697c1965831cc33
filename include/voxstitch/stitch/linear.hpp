// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do overlapping results fade into each other in a straight line?

#include "voxstitch/stitch/detail/weighted_mean.hpp"

namespace voxstitch::stitch {

/// Each voxel has the weighted mean of the blocks that computed it. A block's weight falls from 1
/// at its core to nearly 0 at the faces of its result box: the product over the axes of
/// min(1, (distance to the nearer face + 1/2) / overlap).
/// For networks, whose results are worst at a block's border; no jumps. Deterministic. Needs the
/// result boxes of all blocks.
class linear : public detail::weighted_mean {
 public:
  using weighted_mean::weighted_mean;
  [[nodiscard]] double factor(double ratio) const { return ratio; }
  friend bool operator==(linear const&, linear const&) = default;
};

static_assert(blending_policy<linear>);

}  // namespace voxstitch::stitch
