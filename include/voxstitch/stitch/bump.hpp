// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do overlapping results fade into each other smoothly?

#include "voxstitch/stitch/detail/exponential.hpp"
#include "voxstitch/stitch/detail/weighted_mean.hpp"

namespace voxstitch::stitch {

/// As `linear`, but the factor of an axis is exp(1 - 1/(1 - u^2)), u = 1 - ratio, the smooth bump
/// function: a block's outermost voxels hardly count, and there are no kinks either.
/// For networks that are useless at a block's border. Deterministic: the exponential is our own.
/// (Overlaps of hundreds of voxels make the outermost weights too small for a double: 0.)
class bump : public detail::weighted_mean {
 public:
  using weighted_mean::weighted_mean;
  [[nodiscard]] double factor(double ratio) const {
    double const u = 1 - ratio;
    return detail::exponential(1 - 1 / (1 - rounded<simd::baseline>(u, u)));
  }
  friend bool operator==(bump const&, bump const&) = default;
};

static_assert(blending_policy<bump>);

}  // namespace voxstitch::stitch
