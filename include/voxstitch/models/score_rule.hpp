// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do the numbers mean that an external program writes?

namespace voxstitch::models {

/// What a program writes for each voxel and class.
enum class score_rule {
  probabilities,  ///< they sum to 1 (within 1e-4; bytes to 255 as rounding allows), or all are 0
  normalised      ///< anything from 0 on; a voxel's values are divided by their sum
};

}  // namespace voxstitch::models
