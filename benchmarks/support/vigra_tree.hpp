// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does vigra keep a tree? (C++17, for vigra's sake.)
///
/// The inverse of voxstitch/ilastik/vigra_forest.hpp, which describes the two arrays.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"

namespace voxstitch::benchmarks {

/// One tree in vigra's two arrays, in preorder, as its training leaves them.
class vigra_tree {
 public:
  vigra_tree(classify::decision_tree const& tree, classify::forest_description const& forest)
      : tree_(&tree), classes_(forest.class_count) {
    topology = {static_cast<std::int32_t>(forest.feature_count),
                static_cast<std::int32_t>(classes_)};
    append(0);
    while (!waiting_.empty()) {
      auto const [node, place] = waiting_.back();
      waiting_.pop_back();
      topology[place] = static_cast<std::int32_t>(topology.size());
      append(static_cast<std::size_t>(node));
    }
  }

  std::vector<std::int32_t> topology;
  std::vector<double> parameters;

 private:
  void append(std::size_t index) {
    classify::tree_node const& node = tree_->nodes[index];
    auto const address = static_cast<std::int32_t>(parameters.size());
    if (node.is_leaf()) return append_leaf(static_cast<std::size_t>(node.left), address);
    std::size_t const at = topology.size();
    topology.insert(topology.end(), {threshold_node, address, 0, 0, node.feature});
    parameters.insert(parameters.end(), {1.0, node.threshold});
    waiting_.emplace_back(node.right, at + 3);
    waiting_.emplace_back(node.left, at + 2);
  }

  void append_leaf(std::size_t leaf, std::int32_t address) {
    topology.insert(topology.end(), {leaf_node, address});
    parameters.push_back(tree_->leaf_weights[leaf]);
    double const* const p = tree_->leaf_probabilities.data() + leaf * classes_;
    parameters.insert(parameters.end(), p, p + classes_);
  }

  static constexpr std::int32_t threshold_node = 0;
  static constexpr std::int32_t leaf_node = 0x40000000;

  classify::decision_tree const* tree_;
  std::size_t classes_;
  std::vector<std::pair<std::int32_t, std::size_t>> waiting_;  ///< node, where its place is kept
};

}  // namespace voxstitch::benchmarks
