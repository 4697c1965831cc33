// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file In which leaf does a sample end, and what does the leaf say?

#include <algorithm>
#include <cstddef>
#include <string>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/classify/train_forest.hpp"
#include "voxstitch/classify/training_set.hpp"

namespace voxstitch::classify::detail {

/// Number of the leaf that a sample ends in whose features are `value_of(feature)`.
template <class ValueOf>
[[nodiscard]] std::size_t leaf_of(decision_tree const& tree, ValueOf&& value_of) {
  tree_node const* node = tree.nodes.data();
  while (!node->is_leaf()) {
    bool const left = double(value_of(static_cast<std::size_t>(node->feature))) < node->threshold;
    node = tree.nodes.data() + (left ? node->left : node->right);
  }
  return static_cast<std::size_t>(node->left);
}

/// The first of the largest.
template <class Iterator>
[[nodiscard]] std::size_t argmax(Iterator begin, Iterator end) {
  return static_cast<std::size_t>(std::max_element(begin, end) - begin);
}

/// @throws shape_error, usage_error when the forest cannot come from that training
inline void check_origin(training_set const& set, forest_description const& forest,
                         forest_training const& how) {
  using std::to_string;
  if (forest.feature_count != set.feature_count() || forest.class_count != set.class_count)
    throw shape_error("out of bag: the forest has " + to_string(forest.feature_count) +
                      " features and " + to_string(forest.class_count) +
                      " classes, the samples have " + to_string(set.feature_count()) + " and " +
                      to_string(set.class_count) + "; give the samples it was trained on");
  if (forest.trees.size() != how.trees)
    throw usage_error("out of bag: the forest has " + to_string(forest.trees.size()) +
                      " trees, but the training makes " + to_string(how.trees) +
                      "; give the training it comes from");
}

}  // namespace voxstitch::classify::detail
