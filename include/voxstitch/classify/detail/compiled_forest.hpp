// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file In which form are trees walked by packets?

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/classify/detail/packet_level.hpp"

namespace voxstitch::classify::detail {

/// An inner node: `value < threshold` goes to the left side, all else to the
/// right.
struct walk_node {
  static constexpr std::size_t left = 0;
  static constexpr std::size_t right = 1;
  float threshold;
  std::uint32_t feature;
  std::array<branch, 2> sides;
};

/// The smallest float that is not below `threshold`: for every float x,
/// `double(x) < threshold` is `x < smallest_float_from(threshold)`.
[[nodiscard]] inline float smallest_float_from(double threshold) {
  constexpr double largest = std::numeric_limits<float>::max();
  if (threshold > largest) return std::numeric_limits<float>::infinity();
  if (threshold < -largest) return -std::numeric_limits<float>::max();
  auto const nearest = static_cast<float>(threshold);
  return double{nearest} < threshold
             ? std::nextafter(nearest, std::numeric_limits<float>::infinity())
             : nearest;
}

/// A leaf that does not give one whole vote to one class.
struct mixed_leaf {
  std::uint32_t slot;         ///< tree within its group of trees_at_once
  std::vector<double> votes;  ///< [class] probability, times weight where that counts
};

/// A forest ready to be walked.
///
/// The branch to a leaf carries, below the flag, a slot = (tree %
/// trees_at_once) * classes + class when the leaf is pure (one vote for one
/// class); else trees_at_once * classes + its index in `mixed_leaves`.
struct compiled_forest {
  std::size_t class_count = 0;
  std::vector<walk_node> nodes;
  std::vector<branch> roots;  ///< [tree]
  std::vector<mixed_leaf> mixed_leaves;
  std::vector<float> shares;  ///< [votes] = float(votes / trees) * trees, what a
                              ///< voxel's votes add

  std::size_t largest_group = 0;  ///< inner nodes of the largest group of trees_at_once

  [[nodiscard]] std::size_t slot_count() const { return trees_at_once * class_count; }
  [[nodiscard]] std::size_t memory_bytes() const {
    return nodes.size() * sizeof(walk_node) + roots.size() * sizeof(branch) +
           mixed_leaves.size() * (sizeof(mixed_leaf) + class_count * sizeof(double)) +
           shares.size() * sizeof(float);
  }
};

/// Compiles one forest, tree after tree.
class forest_compiler {
 public:
  explicit forest_compiler(forest_description const& forest) : source_(forest) {
    result_.class_count = forest.class_count;
    for (std::size_t tree = 0; tree < forest.trees.size(); tree += trees_at_once)
      add_group(tree, std::min(tree + trees_at_once, forest.trees.size()));
    add_shares();
  }
  [[nodiscard]] compiled_forest take() { return std::move(result_); }

 private:
  struct place_in_tree {
    std::size_t tree;
    std::int32_t node;
  };

  /// All trees of a group breadth first, as they are pruned and walked: memory is read in order.
  void add_group(std::size_t first_tree, std::size_t last_tree) {
    std::vector<place_in_tree> order;  // of the inner nodes
    auto next = static_cast<branch>(result_.nodes.size());
    auto const add = [&](std::size_t tree, std::int32_t node) {
      tree_node const& n = node_at(tree, node);
      branch const number = n.is_leaf() ? add_leaf(tree, n.left) : next++;
      if (!n.is_leaf()) order.push_back({tree, node});
      return number;
    };
    for (std::size_t tree = first_tree; tree < last_tree; ++tree)
      result_.roots.push_back(add(tree, 0));
    for (std::size_t i = 0; i < order.size(); ++i) {
      auto const [tree, node] = order[i];
      tree_node const& n = node_at(tree, node);
      branch const left = add(tree, n.left);
      branch const right = add(tree, n.right);
      result_.nodes.push_back(
          {smallest_float_from(n.threshold), static_cast<std::uint32_t>(n.feature), {left, right}});
    }
    result_.largest_group = std::max(result_.largest_group, order.size());
  }

  [[nodiscard]] tree_node const& node_at(std::size_t tree, std::int32_t node) const {
    return source_.trees[tree].nodes[static_cast<std::size_t>(node)];
  }

  [[nodiscard]] branch add_leaf(std::size_t tree, std::int32_t leaf) {
    auto votes = votes_of(source_.trees[tree], static_cast<std::size_t>(leaf));
    std::size_t const in_group = tree % trees_at_once;
    auto const one = std::find(votes.begin(), votes.end(), 1.0);
    auto const zeros = std::count(votes.begin(), votes.end(), 0.0);
    if (one != votes.end() && static_cast<std::size_t>(zeros) + 1 == votes.size())
      return leaf_flag | static_cast<branch>(in_group * source_.class_count +
                                             static_cast<std::size_t>(one - votes.begin()));
    result_.mixed_leaves.push_back({static_cast<std::uint32_t>(in_group), std::move(votes)});
    return leaf_flag | static_cast<branch>(result_.slot_count() + result_.mixed_leaves.size() - 1);
  }

  [[nodiscard]] std::vector<double> votes_of(decision_tree const& tree, std::size_t leaf) const {
    auto const first =
        tree.leaf_probabilities.begin() + static_cast<std::ptrdiff_t>(leaf * source_.class_count);
    std::vector<double> votes(first, first + static_cast<std::ptrdiff_t>(source_.class_count));
    if (source_.weighted)
      for (double& vote : votes) vote *= tree.leaf_weights[leaf];
    return votes;
  }

  void add_shares() {
    auto const trees = static_cast<float>(source_.trees.size());
    for (std::size_t votes = 0; votes <= source_.trees.size(); ++votes)
      result_.shares.push_back(static_cast<float>(votes) / trees * trees);
  }

  forest_description const& source_;
  compiled_forest result_;
};

}  // namespace voxstitch::classify::detail
