// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which forests make one classifier?

#include <algorithm>
#include <cstddef>
#include <vector>

#include "voxstitch/classify/detail/compiled_forest.hpp"

namespace voxstitch::classify::detail {

/// Forests averaged by their tree counts.
struct compiled_ensemble {
  std::size_t feature_count = 0;
  std::size_t class_count = 0;
  std::vector<std::size_t> classes;
  std::vector<compiled_forest> forests;
  float total_trees = 0;

  [[nodiscard]] std::size_t largest_group() const {
    std::size_t largest = 0;
    for (compiled_forest const& forest : forests) largest = std::max(largest, forest.largest_group);
    return largest;
  }
};

}  // namespace voxstitch::classify::detail
