// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does one tree of a random forest grow?

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/classify/detail/gini.hpp"
#include "voxstitch/classify/detail/preorder.hpp"
#include "voxstitch/classify/detail/split_search.hpp"

namespace voxstitch::classify::detail {

/// Grows one tree after the other, as vigra's RandomForest::learn: given the same random numbers,
/// trees have the same bits.
///
/// A node is divided by the best split of `tried` features drawn at random; if none of them
/// improves, features are tried on, in the order of the tree's permutation, until one does. The
/// permutation lives as long as the tree. Pure nodes, and those that no feature divides, are
/// leaves. One thread uses a grower at a time.
class tree_grower {
 public:
  tree_grower(ranked_columns const& columns, std::span<std::uint32_t const> classes,
              std::size_t class_count, std::size_t tried)
      : columns_(columns), classes_(classes), class_count_(class_count), tried_(tried),
        search_(columns, class_count), order_(columns.feature_count()) {}

  /// @param multiplicities [sample] how often each lies in the tree's bag; at least one does
  /// @param dice           below(n) is a number in [0, n), and draws nothing for n < 2
  /// @return the tree in preorder, leaves numbered from left to right
  template <class Dice>
  [[nodiscard]] decision_tree grow(std::span<std::uint32_t const> multiplicities, Dice& dice) {
    start(multiplicities);
    while (!waiting_.empty()) {
      region const next = waiting_.back();
      waiting_.pop_back();
      append(next, dice);
    }
    return in_preorder(tree_, class_count_);
  }

 private:
  static constexpr std::size_t no_parent = ~std::size_t{0};

  /// A part of the bag, and the place that waits for the number of its node.
  struct region {
    std::size_t begin;
    std::size_t end;
    std::size_t parent;
    std::int32_t tree_node::*side;
  };

  void start(std::span<std::uint32_t const> multiplicities) {
    tree_ = {};
    std::iota(order_.begin(), order_.end(), 0u);
    bag_.clear();
    for (std::size_t i = 0; i < multiplicities.size(); ++i)
      if (multiplicities[i] != 0)
        bag_.push_back(
            {std::uint32_t(i), std::uint16_t(classes_[i]), std::uint16_t(multiplicities[i])});
    assert(!bag_.empty());
    set_aside_.resize(bag_.size());
    waiting_.assign(1, {0, bag_.size(), no_parent, nullptr});
  }

  template <class Dice>
  void append(region const& r, Dice& dice) {
    if (r.parent != no_parent)
      tree_.nodes[r.parent].*r.side = static_cast<std::int32_t>(tree_.nodes.size());
    std::span<drawn_sample> const samples(bag_.data() + r.begin, r.end - r.begin);
    count(samples);
    if (!divide(samples, dice)) return append_leaf();
    split const& s = search_.best();
    std::size_t const self = tree_.nodes.size();
    std::size_t const middle = r.begin + partition(samples, s);
    tree_.nodes.push_back({s.threshold, static_cast<std::int32_t>(s.feature), 0, 0});
    waiting_.push_back({r.begin, middle, self, &tree_node::left});
    waiting_.push_back({middle, r.end, self, &tree_node::right});  // vigra goes there first
  }

  void count(std::span<drawn_sample const> samples) {
    counts_.assign(class_count_, 0);
    for (drawn_sample const& s : samples) counts_[s.label] += s.times;
  }

  /// Whether there is a split that improves; the search has it then.
  template <class Dice>
  [[nodiscard]] bool divide(std::span<drawn_sample const> samples, Dice& dice) {
    search_.start(counts_);
    double const impurity = search_.best().loss;
    if (impurity <= 0) return false;
    auto const features = static_cast<std::uint32_t>(order_.size());
    for (std::uint32_t i = 0; i < tried_; ++i)
      std::swap(order_[i], order_[i + dice.below(features - i)]);
    bool improved = false;
    for (std::size_t i = 0; i < features && !(improved && i >= tried_); ++i)
      improved = search_.improve(order_[i], samples) || improved;
    return improved && !as_good_as_equal(search_.best().loss, impurity);
  }

  /// Moves the samples of the left side to the front, and keeps the order of either side.
  /// @return how many these are
  [[nodiscard]] std::size_t partition(std::span<drawn_sample> samples, split const& s) {
    std::uint32_t const* const ranks = columns_.ranks(s.feature);
    std::size_t left = 0;
    std::size_t right = 0;
    for (drawn_sample const sample : samples) {
      bool const goes_left = ranks[sample.sample] < s.first_right;
      samples[left] = sample;
      set_aside_[right] = sample;
      left += goes_left ? 1 : 0;
      right += goes_left ? 0 : 1;
    }
    std::copy_n(set_aside_.begin(), right, samples.begin() + std::ptrdiff_t(left));
    return left;
  }

  void append_leaf() {
    tree_.nodes.push_back({0, -1, static_cast<std::int32_t>(tree_.leaf_weights.size()), 0});
    double const weight = std::accumulate(counts_.begin(), counts_.end(), 0.0);
    tree_.leaf_weights.push_back(weight);
    for (std::uint32_t count : counts_) tree_.leaf_probabilities.push_back(count / weight);
  }

  ranked_columns const& columns_;
  std::span<std::uint32_t const> classes_;
  std::size_t class_count_;
  std::size_t tried_;
  split_search search_;
  std::vector<std::uint32_t> order_;   ///< features, as they are tried
  std::vector<std::uint32_t> counts_;  ///< [class] of the node at hand
  std::vector<drawn_sample> bag_;      ///< each node's samples lie together
  std::vector<drawn_sample> set_aside_;
  std::vector<region> waiting_;
  decision_tree tree_;
};

}  // namespace voxstitch::classify::detail
