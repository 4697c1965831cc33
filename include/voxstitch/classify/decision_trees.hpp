// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a trained forest consist of, before it is compiled for speed?

#include <cstddef>
#include <cstdint>
#include <vector>

namespace voxstitch::classify {

/// One node of a binary decision tree. An inner node sends a voxel to `left` when
/// `double(feature value) < threshold`, else (NaN too) to `right`. A leaf has `feature` < 0 and
/// holds its number in `left`.
struct tree_node {
  double threshold = 0;
  std::int32_t feature = -1;
  std::int32_t left = 0;
  std::int32_t right = 0;

  [[nodiscard]] bool is_leaf() const { return feature < 0; }
};

/// A tree; node 0 is the root; children come after their parents.
struct decision_tree {
  std::vector<tree_node> nodes;
  std::vector<double> leaf_probabilities;  ///< [leaf, class], each leaf's sum is 1
  std::vector<double> leaf_weights;        ///< [leaf], training samples that ended there
};

/// Trees that were trained together and are averaged together.
struct forest_description {
  std::size_t feature_count = 0;
  std::size_t class_count = 0;
  bool weighted = false;  ///< leaves count by their weight (vigra's predict_weighted_)
  std::vector<decision_tree> trees;
};

/// One classifier: forests averaged by their tree counts; class i of a forest is class `classes[i]`
/// of the `class_count` classes of the result, the others are 0 everywhere.
struct ensemble_description {
  std::size_t class_count = 0;
  std::vector<std::size_t> classes;
  std::vector<forest_description> forests;
};

}  // namespace voxstitch::classify
