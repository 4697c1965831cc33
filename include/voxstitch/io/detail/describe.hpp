// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is a file's layout called once its axes are settled?

#include "voxstitch/io/axes.hpp"

namespace voxstitch::io::detail {

/// The canonical description of a file whose axes are known.
/// @pre one letter per extent
[[nodiscard]] inline volume_description describe(file_layout const& layout,
                                                 resolved_axes const& axes) {
  volume_description result;
  for (std::size_t i = 0; i < axes.axes.size(); ++i)
    result.shape[canonical_axis(axes.axes[i])] = layout.shape[i];
  result.type = layout.type;
  result.axes = axes.axes;
  result.axes_origin = axes.origin;
  result.voxel_size = layout.voxel_size;
  result.voxel_unit = layout.voxel_unit;
  return result;
}

}  // namespace voxstitch::io::detail
