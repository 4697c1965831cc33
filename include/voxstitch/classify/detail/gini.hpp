// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How mixed are the classes of a region, in the bits of vigra?

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "voxstitch/core/arithmetic.hpp"

namespace voxstitch::classify::detail {

/// Gini impurity of `total` samples times their number, as vigra computes it
/// (random_forest/rf_split.hxx, GiniCriterion): h0 h1 / n of two classes, sum of h (1 - h / n) of
/// others.
/// @param count_of (class) -> samples of that class
template <class CountOf>
[[nodiscard]] double gini(std::size_t classes, double total, CountOf count_of) {
  if (classes == 2) return double(count_of(0)) * double(count_of(1)) / total;
  double sum = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    auto const count = double(count_of(c));
    sum += rounded<simd::baseline>(count, 1.0 - count / total);
  }
  return sum;
}

[[nodiscard]] inline double gini(std::span<std::uint32_t const> counts, double total) {
  return gini(counts.size(), total, [&](std::size_t c) { return counts[c]; });
}

/// Whether two impurities, not both 0, are so close that vigra takes them as equal and makes a leaf
/// (mathutil.hxx, closeAtTolerance, with its tolerance).
[[nodiscard]] inline bool as_good_as_equal(double a, double b) {
  constexpr double tolerance = 2 * std::numeric_limits<double>::epsilon();
  if (a == 0) return std::fabs(b) <= tolerance;
  if (b == 0) return std::fabs(a) <= tolerance;
  double const difference = std::fabs(a - b);
  return difference / std::fabs(b) <= tolerance && difference / std::fabs(a) <= tolerance;
}

}  // namespace voxstitch::classify::detail
