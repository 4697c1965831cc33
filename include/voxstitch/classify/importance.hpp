// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which features does a forest owe its knowledge to?

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/classify/detail/gini.hpp"
#include "voxstitch/classify/detail/permuted_columns.hpp"
#include "voxstitch/classify/detail/walk_tree.hpp"
#include "voxstitch/classify/train_forest.hpp"
#include "voxstitch/classify/training_set.hpp"

namespace voxstitch::classify {

namespace detail {

/// Adds what each node's split takes from the impurity to its feature's sum.
inline void add_gains(decision_tree const& tree, std::size_t classes, std::span<double> gains) {
  std::vector<std::uint32_t> counts(tree.nodes.size() * classes);
  std::vector<double> impurities(tree.nodes.size());
  for (std::size_t i = tree.nodes.size(); i-- > 0;) {  // children come before their parents
    tree_node const& node = tree.nodes[i];
    auto const left = static_cast<std::size_t>(node.left);
    auto const right = static_cast<std::size_t>(node.right);
    std::span<std::uint32_t> const here(&counts[i * classes], classes);
    for (std::size_t c = 0; c < classes; ++c)
      here[c] =
          node.is_leaf()
              ? static_cast<std::uint32_t>(
                    tree.leaf_probabilities[left * classes + c] * tree.leaf_weights[left] + 0.5)
              : counts[left * classes + c] + counts[right * classes + c];
    impurities[i] = gini(here, std::accumulate(here.begin(), here.end(), 0.0));
    if (!node.is_leaf())
      gains[static_cast<std::size_t>(node.feature)] +=
          impurities[i] - (impurities[left] + impurities[right]);
  }
}

/// The sum of the trees' rows, in their order: [feature].
[[nodiscard]] inline std::vector<double> sum_over_trees(std::vector<double> const& by_tree,
                                                        std::size_t features) {
  std::vector<double> sums(features);
  for (std::size_t i = 0; i < by_tree.size(); ++i) sums[i % features] += by_tree[i];
  return sums;
}

}  // namespace detail

/// Per feature, how much its splits take from the impurity (Gini, times samples), summed over all
/// nodes: parts of 1. All are 0 if no tree has a split. (vigra's VariableImportanceVisitor, last
/// column, before it is divided by the sum.) Needs the trees alone; favours features that deep
/// nodes fit noise with.
/// @pre the leaves' probabilities are counts of samples divided by their weight, as training makes
/// them
[[nodiscard]] inline std::vector<double> gain_importance(forest_description const& forest) {
  std::size_t const features = forest.feature_count;
  std::vector<double> by_tree(forest.trees.size() * features);
  tbb::parallel_for(std::size_t{0}, forest.trees.size(), [&](std::size_t i) {
    detail::add_gains(forest.trees[i], forest.class_count,
                      std::span(by_tree).subspan(i * features, features));
  });
  auto gains = detail::sum_over_trees(by_tree, features);
  double const sum = std::accumulate(gains.begin(), gains.end(), 0.0);
  if (sum > 0)
    for (double& gain : gains) gain /= sum;
  return gains;
}

/// Per feature, what accuracy a tree loses on the samples outside its bag when the feature's values
/// are permuted among these, mean over the trees. (vigra's VariableImportanceVisitor, overall
/// column, of one repetition.) 0 where no tree asks for the feature; of two features that say the
/// same either seems unimportant.
/// @param forest what train_forest(set, how) made; permutations, too, come from its seed
/// @throws as out_of_bag()
/// @complexity per tree, about samples x depth^2: a sample is looked at again only for the features
/// on its way
[[nodiscard]] inline std::vector<double> permutation_importance(training_set const& set,
                                                                forest_description const& forest,
                                                                forest_training const& how) {
  check(set);
  detail::check_origin(set, forest, how);
  std::size_t const features = set.feature_count();
  std::vector<double> by_tree(forest.trees.size() * features);
  tbb::enumerable_thread_specific<detail::permuted_columns> workers(
      [&] { return detail::permuted_columns(set, how.seed); });
  tbb::parallel_for(std::size_t{0}, forest.trees.size(), [&](std::size_t i) {
    workers.local().assess(forest.trees[i], i, std::span(by_tree).subspan(i * features, features));
  });
  auto losses = detail::sum_over_trees(by_tree, features);
  for (double& loss : losses) loss /= double(forest.trees.size());
  return losses;
}

}  // namespace voxstitch::classify
