// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How good is a forest, judged on every sample by the trees that did not see it?

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/classify/detail/tree_dice.hpp"
#include "voxstitch/classify/detail/walk_tree.hpp"
#include "voxstitch/classify/train_forest.hpp"
#include "voxstitch/classify/training_set.hpp"
#include "voxstitch/core/arithmetic.hpp"

namespace voxstitch::classify {

/// An estimate of what the forest does to voxels that it was not trained on, at no cost of samples.
/// (It is a little too bad, for about a third of the trees judge; and far too good where
/// neighbouring voxels were labelled, for these are nearly copies of each other.)
struct out_of_bag_estimate {
  std::size_t class_count = 0;
  std::vector<double> probabilities;     ///< [sample, class], of sum 1; all 0 where `trees` is 0
  std::vector<std::uint32_t> trees;      ///< [sample] that did not draw it
  std::vector<std::uint64_t> confusion;  ///< [true class, predicted class] of the judged samples
  std::size_t judged = 0;                ///< samples that some tree did not draw
  std::size_t in_all_bags = 0;           ///< the others, which nobody can judge

  /// Part of the judged samples whose most probable class (the first of equal ones) is wrong:
  /// vigra's OOB_Error. NaN when none was judged.
  [[nodiscard]] double error() const {
    std::uint64_t right = 0;
    for (std::size_t c = 0; c < class_count; ++c) right += confusion[c * class_count + c];
    return double(judged - right) / double(judged);
  }
};

namespace detail {

/// Sums the trees' votes, some trees at once: their bags are known as one bit per tree and sample.
class out_of_bag_votes {
 public:
  out_of_bag_votes(training_set const& set, forest_description const& forest, std::uint64_t seed)
      : set_(set), forest_(forest), seed_(seed), classes_(set.class_count) {
    result_.class_count = classes_;
    result_.probabilities.resize(set.sample_count() * classes_);
    result_.trees.resize(set.sample_count());
  }

  [[nodiscard]] out_of_bag_estimate take() {
    for (std::size_t first = 0; first < forest_.trees.size(); first += at_once)
      add_trees(first, std::min(at_once, forest_.trees.size() - first));
    judge();
    return std::move(result_);
  }

 private:
  static constexpr std::size_t at_once = 64;

  void add_trees(std::size_t first, std::size_t count) {
    std::vector<std::vector<bool>> drawn(count);
    tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) {
      drawn[i].resize(set_.sample_count());
      tree_dice dice(seed_, first + i);
      draw_bag(dice, set_.sample_count(), [&](std::uint32_t sample) { drawn[i][sample] = true; });
    });
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, set_.sample_count()), [&](auto const& r) {
      for (std::size_t i = 0; i < count; ++i)  // in their order, so that sums have the same bits
        for (std::size_t sample = r.begin(); sample < r.end(); ++sample)
          if (!drawn[i][sample]) add(forest_.trees[first + i], sample);
    });
  }

  void add(decision_tree const& tree, std::size_t sample) {
    std::size_t const leaf =
        leaf_of(tree, [&](std::size_t feature) { return set_.column(feature)[sample]; });
    double const weight = forest_.weighted ? tree.leaf_weights[leaf] : 1;
    for (std::size_t c = 0; c < classes_; ++c)
      result_.probabilities[sample * classes_ + c] +=
          rounded<simd::baseline>(tree.leaf_probabilities[leaf * classes_ + c], weight);
    ++result_.trees[sample];
  }

  void judge() {
    result_.confusion.resize(classes_ * classes_);
    for (std::size_t sample = 0; sample < set_.sample_count(); ++sample) {
      if (result_.trees[sample] == 0) continue;
      auto const p = result_.probabilities.begin() + std::ptrdiff_t(sample * classes_);
      auto const end = p + std::ptrdiff_t(classes_);
      ++result_.confusion[set_.classes[sample] * classes_ + argmax(p, end)];
      ++result_.judged;
      double const sum = std::accumulate(p, end, 0.0);
      std::for_each(p, end, [sum](double& value) { value /= sum; });
    }
    result_.in_all_bags = set_.sample_count() - result_.judged;
  }

  training_set const& set_;
  forest_description const& forest_;
  std::uint64_t seed_;
  std::size_t classes_;
  out_of_bag_estimate result_;
};

}  // namespace detail

/// The estimate for a forest that train_forest(set, how) made. The bags are drawn again from the
/// seed. Runs in the caller's arena; the bits do not depend on the number of threads.
/// Memory: 8 bytes per sample, class and for the bags.
/// @throws as check(training_set); shape_error, usage_error when the forest has other numbers of
/// features, classes or trees than such a training makes
[[nodiscard]] inline out_of_bag_estimate
out_of_bag(training_set const& set, forest_description const& forest, forest_training const& how) {
  check(set);
  detail::check_origin(set, forest, how);
  return detail::out_of_bag_votes(set, forest, how.seed).take();
}

}  // namespace voxstitch::classify
