// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a decision_tree become a tree in vigra's encoding, and a forest ilastik's
/// several?
///
/// The encoding is described in vigra_forest.hpp, which reads it. Nodes are laid out as vigra's
/// training lays them out (each node, its right subtree, its left subtree), so that a tree that was
/// read from a project becomes the same arrays again.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/core/error.hpp"
#include "voxstitch/ilastik/vigra_forest.hpp"

namespace voxstitch::ilastik {

/// The two arrays of one tree.
struct vigra_arrays {
  std::vector<std::int32_t> topology;
  std::vector<double> parameters;

  [[nodiscard]] vigra_tree tree() const { return {topology, parameters}; }
};

namespace detail {

/// Walks one tree and appends each node behind those that are there.
class vigra_tree_writer {
 public:
  vigra_tree_writer(classify::decision_tree const& tree, vigra_tree_shape const& shape)
      : tree_(tree), shape_(shape) {
    check_sizes();
  }

  [[nodiscard]] vigra_arrays write() {
    arrays_.topology = {static_cast<std::int32_t>(shape_.feature_count),
                        static_cast<std::int32_t>(shape_.class_count)};
    std::vector<visit> waiting{{0, 0}};
    while (!waiting.empty()) {
      visit const next = waiting.back();
      waiting.pop_back();
      if (next.link > 0) arrays_.topology[next.link] = end_of(arrays_.topology);
      append(next.node, waiting);
    }
    return std::move(arrays_);
  }

 private:
  /// A node, and the place in the topology that shall hold its index (0: none, the root).
  struct visit {
    std::int32_t node;
    std::size_t link;
  };

  template <class T>
  [[nodiscard]] static std::int32_t end_of(std::vector<T> const& array) {
    return static_cast<std::int32_t>(array.size());
  }

  void append(std::int32_t number, std::vector<visit>& waiting) {
    check(number >= 0 && std::size_t(number) < tree_.nodes.size(), number, "does not exist");
    check(++visited_ <= tree_.nodes.size(), number, "is reached twice (a cycle or a shared child)");
    auto const& node = tree_.nodes[std::size_t(number)];
    node.is_leaf() ? append_leaf(number, node) : append_threshold_node(number, node, waiting);
  }

  void append_threshold_node(std::int32_t number, classify::tree_node const& node,
                             std::vector<visit>& waiting) {
    constexpr double weight = 1;  // vigra's, which nobody reads
    check(std::size_t(node.feature) < shape_.feature_count, number,
          "asks for a feature that does not exist");
    std::size_t const at = arrays_.topology.size();
    arrays_.topology.insert(arrays_.topology.end(),
                            {vigra_threshold_node, end_of(arrays_.parameters), 0, 0, node.feature});
    arrays_.parameters.insert(arrays_.parameters.end(), {weight, node.threshold});
    waiting.push_back({node.left, at + 2});
    waiting.push_back({node.right, at + 3});
  }

  void append_leaf(std::int32_t number, classify::tree_node const& node) {
    check(node.left >= 0 && std::size_t(node.left) < tree_.leaf_weights.size(), number,
          "is a leaf without weight and probabilities");
    auto const leaf = std::size_t(node.left);
    auto const first =
        tree_.leaf_probabilities.begin() + static_cast<std::ptrdiff_t>(leaf * shape_.class_count);
    arrays_.topology.insert(arrays_.topology.end(), {vigra_leaf, end_of(arrays_.parameters)});
    arrays_.parameters.push_back(tree_.leaf_weights[leaf]);
    arrays_.parameters.insert(arrays_.parameters.end(), first,
                              first + static_cast<std::ptrdiff_t>(shape_.class_count));
  }

  /// Indices in both arrays are int32.
  void check_sizes() const {
    constexpr auto most = std::size_t(std::numeric_limits<std::int32_t>::max());
    std::size_t const numbers_per_node =
        std::max(vigra_threshold_node_size, 1 + shape_.class_count);
    check(shape_.class_count > 0 && shape_.class_count < most && shape_.feature_count < most, 0,
          "is of a tree with an impossible number of classes or features");
    check(tree_.nodes.size() < (most - vigra_root) / numbers_per_node, 0,
          "is of a tree that is too large for vigra's 32 bit indices");
    check(tree_.leaf_probabilities.size() == tree_.leaf_weights.size() * shape_.class_count, 0,
          "is of a tree whose leaves do not have one probability per class");
  }

  static void check(bool holds, std::int32_t node, char const* problem) {
    if (!holds) throw usage_error("vigra's encoding: node " + std::to_string(node) + " " + problem);
  }

  classify::decision_tree const& tree_;
  vigra_tree_shape shape_;
  std::size_t visited_ = 0;
  vigra_arrays arrays_;
};

}  // namespace detail

/// The inverse of decision_tree_of(): thresholds, weights and probabilities keep their bits.
/// @throws usage_error for what is no tree of that shape, or too large for vigra.
/// @complexity linear in the tree
[[nodiscard]] inline vigra_arrays vigra_arrays_of(classify::decision_tree const& tree,
                                                  vigra_tree_shape const& shape) {
  return detail::vigra_tree_writer(tree, shape).write();
}

/// `forest` cut into `count` forests, as ilastik's parallel classifier holds its trees: in order,
/// as equal as can be, the first ones with one tree more; no forest is empty. The cut is part of
/// the classifier: probabilities are rounded to float once per forest.
/// @pre `count` > 0
[[nodiscard]] inline std::vector<classify::forest_description>
distributed(classify::forest_description forest, std::size_t count) {
  std::size_t const trees = forest.trees.size();
  count = std::max<std::size_t>(1, std::min(count, trees));
  std::vector<classify::forest_description> result(
      count, {forest.feature_count, forest.class_count, forest.weighted, {}});
  auto next = forest.trees.begin();
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t left = trees / count + (i < trees % count ? 1 : 0); left > 0; --left)
      result[i].trees.push_back(std::move(*next++));
  return result;
}

}  // namespace voxstitch::ilastik
