// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file In which order of axes does ilastik keep an image and its labels inside?

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "voxstitch/geometry/coord.hpp"

namespace voxstitch::ilastik {

/// ilastik's orders of axes, the ones it prefers first (its pixel classification workflow names all
/// permutations; the others are never the first that fits).
inline constexpr std::array<std::string_view, 6> axis_orders{"yxc",  "tzyc", "tzxc",
                                                             "tyxc", "zyxc", "tzyxc"};

/// The first of the shortest orders that has all the axes an image needs: those of more than one
/// voxel. "zyxc" for a volume, "yxc" for a single slice, whatever the order of its file.
/// @pre `axes` are letters of "tczyx"; `shape` has an extent for each
[[nodiscard]] inline std::string canonical_axis_order(std::string_view axes,
                                                      std::vector<index_t> const& shape) {
  auto const has_all = [&](std::string_view order) {
    for (std::size_t i = 0; i < axes.size(); ++i)
      if (shape[i] > 1 && order.find(axes[i]) == order.npos) return false;
    return true;
  };
  return std::string(*std::find_if(axis_orders.begin(), axis_orders.end(), has_all));
}

}  // namespace voxstitch::ilastik
