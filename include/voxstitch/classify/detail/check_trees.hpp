// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Is a description of trees one that can be walked?

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/core/error.hpp"

namespace voxstitch::classify::detail {

/// Checks one tree; the messages name forest, tree and node.
class tree_checker {
 public:
  tree_checker(forest_description const& forest, std::size_t forest_index, std::size_t tree_index)
      : forest_(forest), tree_(forest.trees[tree_index]),
        where_("random forest: forest " + std::to_string(forest_index) + ", tree " +
               std::to_string(tree_index)) {}

  void check() const {
    if (tree_.nodes.empty()) throw format_error(where_ + ": has no nodes");
    check_leaf_table();
    std::vector<bool> has_parent(tree_.nodes.size());
    for (std::size_t i = 0; i < tree_.nodes.size(); ++i)
      if (tree_.nodes[i].is_leaf())
        check_leaf(i);
      else
        check_inner(i, has_parent);
  }

 private:
  [[nodiscard]] std::size_t leaf_count() const {
    return tree_.leaf_probabilities.size() / forest_.class_count;
  }
  [[noreturn]] void fail(std::size_t node, std::string const& what) const {
    throw format_error(where_ + ", node " + std::to_string(node) + ": " + what);
  }

  void check_leaf_table() const {
    if (tree_.leaf_probabilities.size() % forest_.class_count != 0)
      throw format_error(where_ + ": " + std::to_string(tree_.leaf_probabilities.size()) +
                         " leaf probabilities are not whole rows of " +
                         std::to_string(forest_.class_count) + " classes");
    if (forest_.weighted && tree_.leaf_weights.size() != leaf_count())
      throw format_error(where_ + ": " + std::to_string(tree_.leaf_weights.size()) +
                         " leaf weights, but " + std::to_string(leaf_count()) + " leaves");
  }

  void check_leaf(std::size_t node) const {
    auto const leaf = tree_.nodes[node].left;
    if (leaf < 0 || static_cast<std::size_t>(leaf) >= leaf_count())
      fail(node,
           "leaf " + std::to_string(leaf) + " of " + std::to_string(leaf_count()) + " leaves");
    check_probabilities(node, static_cast<std::size_t>(leaf));
    if (!forest_.weighted) return;
    double const weight = tree_.leaf_weights[static_cast<std::size_t>(leaf)];
    if (!(weight > 0) || !std::isfinite(weight))
      fail(node, "leaf weight " + std::to_string(weight) + " is not a positive number");
  }

  void check_probabilities(std::size_t node, std::size_t leaf) const {
    double sum = 0;
    for (std::size_t c = 0; c < forest_.class_count; ++c) {
      double const p = tree_.leaf_probabilities[leaf * forest_.class_count + c];
      if (!(p >= 0) || !std::isfinite(p))
        fail(node, "probability " + std::to_string(p) + " of class " + std::to_string(c) +
                       " is not a number from 0 to 1");
      sum += p;
    }
    if (!(std::fabs(sum - 1) <= 1e-6))
      fail(node, "the leaf's probabilities add up to " + std::to_string(sum) + ", not to 1");
  }

  void check_inner(std::size_t node, std::vector<bool>& has_parent) const {
    tree_node const& n = tree_.nodes[node];
    if (static_cast<std::size_t>(n.feature) >= forest_.feature_count)
      fail(node, "feature column " + std::to_string(n.feature) + " of " +
                     std::to_string(forest_.feature_count) + " features");
    if (!std::isfinite(n.threshold))
      fail(node, "threshold " + std::to_string(n.threshold) + " is not a finite number");
    check_child(node, n.left, has_parent);
    check_child(node, n.right, has_parent);
  }

  /// One parent each, and before the child: then the nodes form trees.
  void check_child(std::size_t node, std::int32_t child, std::vector<bool>& has_parent) const {
    if (child < 0 || static_cast<std::size_t>(child) >= tree_.nodes.size())
      fail(node, "child " + std::to_string(child) + " of " + std::to_string(tree_.nodes.size()) +
                     " nodes");
    auto const index = static_cast<std::size_t>(child);
    if (index <= node)
      fail(node, "child " + std::to_string(child) + " does not come after its parent");
    if (has_parent[index])
      fail(node, "child " + std::to_string(child) + " has another parent already");
    has_parent[index] = true;
  }

  forest_description const& forest_;
  decision_tree const& tree_;
  std::string where_;
};

/// The classes of the forests are different classes of the result.
inline void check_classes(ensemble_description const& e) {
  if (e.class_count == 0) throw format_error("random forest: has no classes");
  std::vector<bool> taken(e.class_count);
  for (std::size_t i = 0; i < e.classes.size(); ++i) {
    auto const where = "random forest: class " + std::to_string(i) + " of the forests is class " +
                       std::to_string(e.classes[i]);
    if (e.classes[i] >= e.class_count)
      throw format_error(where + ", but the result has " + std::to_string(e.class_count) +
                         " classes");
    if (taken[e.classes[i]]) throw format_error(where + ", as is another of its classes");
    taken[e.classes[i]] = true;
  }
}

inline void check_forest(ensemble_description const& e, std::size_t index) {
  forest_description const& forest = e.forests[index];
  auto const where = "random forest: forest " + std::to_string(index) + ": ";
  if (forest.class_count == 0 || forest.class_count != e.classes.size())
    throw format_error(where + std::to_string(forest.class_count) + " classes, but " +
                       std::to_string(e.classes.size()) + " are named");
  if (forest.feature_count == 0 || forest.feature_count != e.forests.front().feature_count)
    throw format_error(
        where + std::to_string(forest.feature_count) + " features, but forest 0 has " +
        std::to_string(e.forests.front().feature_count) + "; all need the same, at least 1");
  if (forest.trees.empty()) throw format_error(where + "has no trees");
  for (std::size_t tree = 0; tree < forest.trees.size(); ++tree)
    tree_checker(forest, index, tree).check();
}

/// @throws format_error naming forest, tree and node.
inline void check_ensemble(ensemble_description const& e) {
  check_classes(e);
  if (e.forests.empty()) throw format_error("random forest: has no forests");
  for (std::size_t forest = 0; forest < e.forests.size(); ++forest) check_forest(e, forest);
}

}  // namespace voxstitch::classify::detail
