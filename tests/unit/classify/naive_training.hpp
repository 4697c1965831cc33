// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which tree should grow, written down as the rules are, slowly?

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/classify/training_set.hpp"

namespace voxstitch::test {

/// vigra's rules for one tree: samples are repeated as often as they were drawn, every column is
/// sorted at every node, and every loss is computed anew.
template <class Dice>
class naive_tree {
 public:
  naive_tree(classify::training_set const& set, std::size_t tried, Dice& dice)
      : set_(set), tried_(tried), dice_(dice), order_(set.feature_count()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
  }

  [[nodiscard]] classify::decision_tree grow(std::vector<std::uint32_t> const& bag) {
    decide(bag);
    append(0);
    return tree_;
  }

 private:
  using samples = std::vector<std::uint32_t>;
  struct choice {
    double loss;
    std::size_t feature = 0;
    double threshold = 0;
  };
  /// A node with its samples; the recursion keeps them until leaves are numbered.
  struct node {
    bool leaf = false;
    choice split{};
    samples region;
    std::size_t left = 0;
    std::size_t right = 0;
  };

  [[nodiscard]] double value(std::uint32_t sample, std::size_t feature) const {
    return double{set_.column(feature)[sample]};
  }

  [[nodiscard]] double impurity(samples const& region) const {
    std::vector<double> h(set_.class_count);
    for (auto s : region) ++h[set_.classes[s]];
    auto const n = double(region.size());
    if (h.size() == 2) return h[0] * h[1] / n;
    double sum = 0;
    for (double count : h) {
      double const volatile term = count * (1.0 - count / n);
      sum += term;
    }
    return sum;
  }

  /// Tries every change of value of one column.
  void improve(choice& best, samples region, std::size_t f) const {
    std::sort(region.begin(), region.end(),
              [&](auto a, auto b) { return value(a, f) < value(b, f); });
    for (std::size_t i = 1; i < region.size(); ++i) {
      double const v = value(region[i - 1], f);
      double const w = value(region[i], f);
      if (!(v < w)) continue;
      auto const middle = region.begin() + std::ptrdiff_t(i);
      double const right = impurity({middle, region.end()});
      double const loss = right + impurity({region.begin(), middle});
      if (loss < best.loss) best = {loss, f, (v + w) / 2};
    }
  }

  /// Appends the node of a region; nodes lie in the order of growing: right before left.
  std::size_t decide(samples const& region) {
    std::size_t const self = nodes_.size();
    nodes_.push_back({true, {}, region, 0, 0});
    double const whole = impurity(region);
    if (whole <= 0) return self;
    auto const features = std::uint32_t(order_.size());
    for (std::uint32_t i = 0; i < tried_; ++i)
      std::swap(order_[i], order_[i + dice_.below(features - i)]);
    choice best{whole};
    for (std::size_t i = 0; i < features && (i < tried_ || !(best.loss < whole)); ++i)
      improve(best, region, order_[i]);
    if (whole - best.loss <= 0x1p-51 * best.loss) return self;
    samples sides[2];
    for (auto s : region) sides[value(s, best.feature) < best.threshold ? 0 : 1].push_back(s);
    std::size_t const right = decide(sides[1]);
    std::size_t const left = decide(sides[0]);
    nodes_[self] = {false, best, {}, left, right};
    return self;
  }

  /// Appends a subtree in preorder.
  std::int32_t append(std::size_t at) {
    node const& n = nodes_[at];
    auto const self = tree_.nodes.size();
    if (n.leaf) {
      tree_.nodes.push_back({0, -1, std::int32_t(tree_.leaf_weights.size()), 0});
      tree_.leaf_weights.push_back(double(n.region.size()));
      for (std::size_t c = 0; c < set_.class_count; ++c) {
        auto const count = std::count_if(n.region.begin(), n.region.end(),
                                         [&](auto s) { return set_.classes[s] == c; });
        tree_.leaf_probabilities.push_back(double(count) / double(n.region.size()));
      }
      return std::int32_t(self);
    }
    tree_.nodes.push_back({n.split.threshold, std::int32_t(n.split.feature), 0, 0});
    auto const left = append(n.left);
    auto const right = append(n.right);
    tree_.nodes[self].left = left;
    tree_.nodes[self].right = right;
    return std::int32_t(self);
  }

  classify::training_set const& set_;
  std::size_t tried_;
  Dice& dice_;
  std::vector<std::size_t> order_;
  std::vector<node> nodes_;
  classify::decision_tree tree_;
};

}  // namespace voxstitch::test
