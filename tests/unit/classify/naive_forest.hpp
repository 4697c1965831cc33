// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What should a forest say, computed one voxel, one tree and one node at a time?

#include <cmath>
#include <cstddef>
#include <vector>

#include "support/row_classifier_laws.hpp"
#include "voxstitch/classify/decision_trees.hpp"

namespace voxstitch::test {

/// Number of the leaf that voxel `voxel` of x, [feature, voxel], ends in.
[[nodiscard]] inline std::size_t leaf_of(classify::decision_tree const& tree, float_rows const& x,
                                         index_t voxel) {
  std::size_t at = 0;
  while (!tree.nodes[at].is_leaf()) {
    classify::tree_node const& node = tree.nodes[at];
    double const value = x.at(static_cast<std::size_t>(node.feature), voxel);
    at = static_cast<std::size_t>(value < node.threshold ? node.left : node.right);
  }
  return static_cast<std::size_t>(tree.nodes[at].left);
}

[[nodiscard]] inline bool has_nan(float_rows const& x, index_t voxel) {
  for (std::size_t f = 0; f < static_cast<std::size_t>(x.shape[0]); ++f)
    if (std::isnan(x.at(f, voxel))) return true;
  return false;
}

/// The probabilities of one forest: float sums in the order of the trees, divided by the total.
/// (volatile: no sum is fused with the product before it.)
[[nodiscard]] inline std::vector<float> naive_forest(classify::forest_description const& forest,
                                                     float_rows const& x, index_t voxel) {
  std::vector<float> sums(forest.class_count);
  if (has_nan(x, voxel)) return sums;
  double total = 0;
  for (classify::decision_tree const& tree : forest.trees) {
    std::size_t const leaf = leaf_of(tree, x, voxel);
    for (std::size_t c = 0; c < forest.class_count; ++c) {
      double const weight = forest.weighted ? tree.leaf_weights[leaf] : 1.0;
      double const volatile vote = tree.leaf_probabilities[leaf * forest.class_count + c] * weight;
      sums[c] += static_cast<float>(vote);
      total += vote;
    }
  }
  for (float& sum : sums) sum /= static_cast<float>(total);
  return sums;
}

/// The probabilities of all forests, weighted by their numbers of trees: [class, voxel].
[[nodiscard]] inline float_rows naive_ensemble(classify::ensemble_description const& ensemble,
                                               float_rows const& x) {
  float_rows p(ensemble.class_count, x.shape[1]);
  std::size_t trees = 0;
  for (auto const& forest : ensemble.forests) trees += forest.trees.size();
  for (index_t voxel = 0; voxel < x.shape[1]; ++voxel) {
    for (auto const& forest : ensemble.forests) {
      auto const one = naive_forest(forest, x, voxel);
      for (std::size_t c = 0; c < one.size(); ++c) {
        float const volatile share = one[c] * static_cast<float>(forest.trees.size());
        p.view()(static_cast<index_t>(ensemble.classes[c]), voxel) += share;
      }
    }
    for (std::size_t c = 0; c < ensemble.class_count; ++c)
      p.view()(static_cast<index_t>(c), voxel) /= static_cast<float>(trees);
  }
  return p;
}

}  // namespace voxstitch::test
