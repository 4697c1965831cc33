// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which forests are measured?

#include "support/example_block.hpp"
#include "voxstitch/classify/decision_trees.hpp"

namespace voxstitch::benchmarks {

/// What a forest of 100 trees is trained on.
struct labels {
  std::size_t samples = 0;
  unsigned wrong_in_1000 = 0;  ///< labels that are drawn instead of true: these make trees large
};

/// Voxels with labels, as a person might have made them.
struct labelled_rows {
  std::size_t features = 0;
  std::vector<float> x;  ///< [voxel, feature]
  std::vector<int> y;    ///< [voxel] 0, 1 or 2

  [[nodiscard]] std::size_t voxels() const { return y.size(); }
};

/// Voxels drawn at random, equally many of each class, as people label; a share of them gets a
/// class that is drawn, too.
[[nodiscard]] labelled_rows drawn_labels(labels const& chosen, feature_rows const& rows,
                                         std::vector<int> const& classes);

/// A forest of 3 classes, trained by vigra on voxels of `rows` whose classes are known. It is kept
/// in the build folder: training the largest takes a minute.
[[nodiscard]] classify::forest_description
trained_forest(labels const& chosen, feature_rows const& rows, std::vector<int> const& classes);

[[nodiscard]] std::size_t node_count(classify::ensemble_description const& description);

}  // namespace voxstitch::benchmarks
