// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which columns of a feature matrix come from one filter at one scale?

#include <cstddef>
#include <string>
#include <vector>

#include "voxstitch/features/detail/scale_plan.hpp"
#include "voxstitch/features/feature_names.hpp"
#include "voxstitch/features/selection.hpp"

namespace voxstitch::features {

/// One chosen entry of the selection matrix, and its consecutive feature channels.
struct feature_group {
  std::size_t row = 0;     ///< of the matrix: the filter
  std::size_t column = 0;  ///< of the matrix: the scale
  std::size_t first = 0;   ///< feature channel
  std::size_t count = 0;
};

/// The chosen entries in the order of their features.
[[nodiscard]] inline std::vector<feature_group> feature_groups(selection const& s,
                                                               std::size_t input_channels) {
  std::vector<feature_group> groups;
  std::size_t first = 0;
  for (std::size_t row = 0; row < s.filters.size(); ++row)
    for (std::size_t column = 0; column < s.scales.size(); ++column) {
      if (!s.chosen[row][column]) continue;
      std::size_t const count =
          input_channels * detail::components(s.filters[row], s.scales[column].in_2d);
      groups.push_back({row, column, first, count});
      first += count;
    }
  return groups;
}

/// The selection with these entries alone.
[[nodiscard]] inline selection only(selection s, std::vector<feature_group> const& kept) {
  for (auto& row : s.chosen) row.assign(row.size(), false);
  for (auto const& group : kept) s.chosen[group.row][group.column] = true;
  return s;
}

}  // namespace voxstitch::features
