// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which threshold of which feature separates the classes of a node best?

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "voxstitch/classify/detail/gini.hpp"
#include "voxstitch/classify/detail/rank_sorter.hpp"
#include "voxstitch/classify/detail/ranked_columns.hpp"

namespace voxstitch::classify::detail {

/// A way to divide a node: left are the values below the threshold.
struct split {
  double loss = 0;  ///< impurity of both sides; of the whole node while there is no split
  std::size_t feature = 0;
  double threshold = 0;
  std::uint32_t first_right = 0;  ///< rank of the first value on the right
};

/// Searches a node's best split, one column after the other, as vigra's BestGiniOfColumn: of all
/// changes of value v < w the one whose loss is smallest (the first of equal ones), threshold
/// (v + w) / 2 in double. (That lies strictly between two different finite floats: their sum has a
/// double that differs from 2 v and 2 w, and cannot overflow.)
class split_search {
 public:
  split_search(ranked_columns const& columns, std::size_t class_count)
      : columns_(columns), sorter_(columns.sample_count()), total_(class_count),
        left_(class_count) {
    auto const k = double(class_count);
    slack_ = 1 - 0x1p-40 - k * k * 0x1p-48;
  }

  /// Begins with a node of those samples of each class: no split.
  void start(std::span<std::uint32_t const> counts) {
    total_.assign(counts.begin(), counts.end());
    samples_ = 0;
    squares_ = 0;
    for (std::uint64_t count : counts) {
      samples_ += count;
      squares_ += count * count;
    }
    best_.loss = gini(counts, double(samples_));
    bar_ = double(squares_) / double(samples_) * slack_;
  }

  /// Whether a column has a better split than the best so far, which it becomes.
  bool improve(std::size_t feature, std::span<drawn_sample const> samples) {
    auto const sorted = sorter_.sort(samples, columns_.ranks(feature));
    left_.assign(left_.size(), 0);
    sides s{0, 0, squares_};
    bool improved = false;
    std::uint32_t previous = sorted[0].rank();
    for (ranked_sample const sample : sorted) {
      std::uint32_t const rank = sample.rank();
      if (rank != previous && is_candidate(s) && accept(s.left)) {
        divide_between(feature, previous, rank);
        improved = true;
      }
      previous = rank;
      add(sample, s);
    }
    return improved;
  }

  [[nodiscard]] split const& best() const { return best_; }

 private:
  /// What lies left of a value. The sums of the squares of the classes' counts tell the loss:
  /// samples - left_squares / left - right_squares / right (half of it for two classes).
  struct sides {
    std::uint64_t left = 0;
    std::uint64_t left_squares = 0;
    std::uint64_t right_squares = 0;
  };

  void add(ranked_sample const& sample, sides& s) {
    std::uint64_t const times = sample.times();
    std::uint64_t const left = left_[sample.label()];
    std::uint64_t const right = total_[sample.label()] - left;
    s.left += times;
    s.left_squares += times * (2 * left + times);
    s.right_squares -= times * (2 * right - times);
    left_[sample.label()] = std::uint32_t(left + times);
  }

  /// Whether the loss may be smaller than the best one; vigra's formula, which decides, needs
  /// divisions for all classes. The slack is more than what either rounds: with k classes, gains
  /// are at least samples / k, and losses are rounded by less than (k + 5) samples / 2^53.
  [[nodiscard]] bool is_candidate(sides const& s) const {
    auto const left = double(s.left);
    auto const right = double(samples_ - s.left);
    double const gain = double(s.left_squares) * right + double(s.right_squares) * left;
    return gain > bar_ * (left * right);
  }

  /// Makes the loss the best one, if it is.
  bool accept(std::uint64_t left) {
    std::size_t const classes = left_.size();
    double const right_loss =
        gini(classes, double(samples_ - left), [&](std::size_t c) { return total_[c] - left_[c]; });
    double const loss =
        right_loss + gini(classes, double(left), [&](std::size_t c) { return left_[c]; });
    if (!(loss < best_.loss)) return false;
    best_.loss = loss;
    double const scale = classes == 2 ? 2 : 1;
    bar_ = (double(samples_) - scale * loss) * slack_;
    return true;
  }

  void divide_between(std::size_t feature, std::uint32_t left, std::uint32_t right) {
    float const* const values = columns_.values(feature);
    best_.feature = feature;
    best_.threshold = (double(values[left]) + double(values[right])) / 2;
    best_.first_right = right;
  }

  ranked_columns const& columns_;
  rank_sorter sorter_;
  std::vector<std::uint32_t> total_;  ///< [class] samples of the node, as often as drawn
  std::vector<std::uint32_t> left_;   ///< [class] of these, what lies left of the value at hand
  std::uint64_t samples_ = 0;
  std::uint64_t squares_ = 0;  ///< sum of the squares of total_
  split best_;
  double slack_ = 1;
  double bar_ = 0;  ///< gain that is needed to come near the best loss
};

}  // namespace voxstitch::classify::detail
