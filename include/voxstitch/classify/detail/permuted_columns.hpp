// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a tree still know when the values of one feature are permuted?

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/classify/detail/tree_dice.hpp"
#include "voxstitch/classify/detail/walk_tree.hpp"
#include "voxstitch/classify/training_set.hpp"

namespace voxstitch::classify::detail {

/// Judges tree after tree on the samples outside its bag. A permuted feature can change the way of
/// those samples only that meet a node which asks for it; no others are walked again.
class permuted_columns {
 public:
  permuted_columns(training_set const& set, std::uint64_t seed)
      : set_(set), seed_(seed), words_((set.feature_count() + 63) / 64) {}

  /// @param losses [feature] overwritten: loss of accuracy; 0 if every sample lies in the bag
  void assess(decision_tree const& tree, std::size_t number, std::span<double> losses) {
    draw(number);
    label_leaves(tree);
    walk(tree);
    std::vector<bool> used(set_.feature_count());
    for (tree_node const& node : tree.nodes)
      if (!node.is_leaf()) used[static_cast<std::size_t>(node.feature)] = true;
    std::fill(losses.begin(), losses.end(), 0.0);
    for (std::size_t feature = 0; feature < used.size() && !samples_.empty(); ++feature)
      if (used[feature])
        losses[feature] = double(lost(tree, number, feature)) / double(samples_.size());
  }

 private:
  /// The samples outside the tree's bag.
  void draw(std::size_t number) {
    std::vector<bool> drawn(set_.sample_count());
    tree_dice dice(seed_, number);
    draw_bag(dice, drawn.size(), [&](std::uint32_t sample) { drawn[sample] = true; });
    samples_.clear();
    for (std::size_t i = 0; i < drawn.size(); ++i)
      if (!drawn[i]) samples_.push_back(static_cast<std::uint32_t>(i));
  }

  void label_leaves(decision_tree const& tree) {
    labels_.clear();
    for (std::size_t leaf = 0; leaf < tree.leaf_weights.size(); ++leaf) {
      auto const p =
          tree.leaf_probabilities.begin() + static_cast<std::ptrdiff_t>(leaf * set_.class_count);
      labels_.push_back(argmax(p, p + static_cast<std::ptrdiff_t>(set_.class_count)));
    }
  }

  /// Notes for each sample whether it is classified rightly, and which features it meets.
  void walk(decision_tree const& tree) {
    met_.assign(samples_.size() * words_, 0);
    right_.resize(samples_.size());
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      std::uint64_t* const met = &met_[i * words_];
      right_[i] = is_right(i, leaf_of(tree, [&](std::size_t feature) {
                             met[feature / 64] |= std::uint64_t{1} << (feature % 64);
                             return set_.column(feature)[samples_[i]];
                           }));
    }
  }

  [[nodiscard]] bool is_right(std::size_t i, std::size_t leaf) const {
    return labels_[leaf] == set_.classes[samples_[i]];
  }
  [[nodiscard]] bool meets(std::size_t i, std::size_t feature) const {
    return (met_[i * words_ + feature / 64] >> (feature % 64) & 1) != 0;
  }

  /// Rightly classified samples that are no longer so, less those that have become so.
  [[nodiscard]] std::int64_t lost(decision_tree const& tree, std::size_t number,
                                  std::size_t permuted) {
    shuffle(number, permuted);
    std::int64_t result = 0;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      if (!meets(i, permuted)) continue;
      bool const still =
          is_right(i, leaf_of(tree, [&](std::size_t feature) {
                     return set_.column(feature)[feature == permuted ? shuffled_[i] : samples_[i]];
                   }));
      result += int{right_[i]} - int{still};
    }
    return result;
  }

  /// Samples to take the feature's values from; R. A. Fisher and F. Yates' shuffle.
  void shuffle(std::size_t number, std::size_t feature) {
    shuffled_ = samples_;
    tree_dice dice(seed_, number, 1 + feature);
    for (auto i = static_cast<std::uint32_t>(shuffled_.size()); i-- > 1;)
      std::swap(shuffled_[i], shuffled_[dice.below(i + 1)]);
  }

  training_set const& set_;
  std::uint64_t seed_;
  std::size_t words_;                   ///< 64 features each
  std::vector<std::uint32_t> samples_;  ///< outside the bag
  std::vector<std::uint32_t> shuffled_;
  std::vector<std::size_t> labels_;  ///< [leaf] most probable class
  std::vector<std::uint64_t> met_;   ///< [sample, word], a bit per feature
  std::vector<bool> right_;
};

}  // namespace voxstitch::classify::detail
