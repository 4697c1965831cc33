// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do all policies share that use a block's whole result?

#include "voxstitch/core/error.hpp"
#include "voxstitch/stitch/concepts.hpp"

namespace voxstitch::stitch::detail {

/// An overlap in voxels (z, y, x), all of which contributes.
class overlapping {
 public:
  overlapping() = default;
  /// @throws usage_error when it is negative along an axis.
  explicit overlapping(coord<3> const& overlap) : overlap_(overlap) {
    if (min(overlap, coord<3>{}) != coord<3>{})
      throw usage_error("stitch: overlap " + to_string(overlap) +
                        " (z, y, x; voxels) must not be negative along any axis");
  }
  [[nodiscard]] coord<3> overlap() const { return overlap_; }
  [[nodiscard]] box<3> contributes(block<3> const& b) const { return b.result; }
  friend bool operator==(overlapping const&, overlapping const&) = default;

 private:
  coord<3> overlap_{};
};

}  // namespace voxstitch::stitch::detail
