// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is the plain mean of overlapping results?

#include "voxstitch/stitch/detail/weighted_mean.hpp"

namespace voxstitch::stitch {

/// Each voxel has the mean of the blocks that computed it: sum p / n.
/// For classifiers that are as good at a block's border as inside; values still jump where the
/// number of blocks changes. Deterministic. Needs the result boxes of all blocks.
class mean : public detail::weighted_mean {
 public:
  using weighted_mean::weighted_mean;
  [[nodiscard]] double factor(double) const { return 1; }
  friend bool operator==(mean const&, mean const&) = default;
};

static_assert(blending_policy<mean>);

}  // namespace voxstitch::stitch
