// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a tree renumbered so that its nodes come in preorder?

#include <cstddef>
#include <cstdint>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"

namespace voxstitch::classify::detail {

/// The same tree as node, left subtree, right subtree; leaves numbered from left to right.
[[nodiscard]] inline decision_tree in_preorder(decision_tree const& tree, std::size_t classes) {
  struct visit {
    std::int32_t node;
    std::size_t parent;  ///< of the right child, whose number the parent does not know yet
  };
  decision_tree result;
  result.nodes.reserve(tree.nodes.size());
  std::vector<visit> waiting{{0, 0}};
  while (!waiting.empty()) {
    auto const [at, parent] = waiting.back();
    waiting.pop_back();
    auto const self = static_cast<std::int32_t>(result.nodes.size());
    if (at != 0 && result.nodes[parent].left != self) result.nodes[parent].right = self;
    tree_node node = tree.nodes[static_cast<std::size_t>(at)];
    if (node.is_leaf()) {
      auto const leaf = static_cast<std::size_t>(node.left);
      auto const p = tree.leaf_probabilities.begin() + static_cast<std::ptrdiff_t>(leaf * classes);
      node.left = static_cast<std::int32_t>(result.leaf_weights.size());
      result.leaf_weights.push_back(tree.leaf_weights[leaf]);
      result.leaf_probabilities.insert(result.leaf_probabilities.end(), p,
                                       p + static_cast<std::ptrdiff_t>(classes));
    } else {
      waiting.push_back({node.right, result.nodes.size()});
      waiting.push_back({node.left, result.nodes.size()});
      node.left = self + 1;
    }
    result.nodes.push_back(node);
  }
  return result;
}

}  // namespace voxstitch::classify::detail
