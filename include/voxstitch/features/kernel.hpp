// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which weights do ilastik's one-dimensional filters have?

#include <cmath>
#include <cstddef>
#include <vector>

#include "voxstitch/core/arithmetic.hpp"
#include "voxstitch/geometry/coord.hpp"

namespace voxstitch::features {

/// The middle and the right half of a Gaussian (order 0) or of its first or second derivative. The
/// left half is the same, negated for order 1. A kernel of radius 0 copies, whatever its order:
/// the weights of such a derivative are 0/0, and fastfilters then leaves the image as it is.
struct kernel {
  int order = 0;
  std::vector<float> half;  ///< weights at 0, 1, ... radius

  [[nodiscard]] index_t radius() const { return static_cast<index_t>(half.size()) - 1; }
};

/// Reach in voxels of a kernel that is cut off at `window` standard deviations.
[[nodiscard]] inline index_t kernel_radius(double sigma, double window) {
  return static_cast<index_t>(std::floor(rounded<simd::baseline>(window, sigma) + 0.5));
}

namespace detail {

/// e^x for -100 < x <= 0, from additions and products alone: libm's last bit varies by processor.
[[nodiscard]] inline double exp_of(double x) {
  constexpr int halvings = 10;
  long double const y = static_cast<long double>(x) / (1 << halvings);
  long double sum = 1;
  for (int n = 16; n > 0; --n) sum = 1 + sum * (y / n);  // Taylor series, |y| < 0.1
  for (int i = 0; i < halvings; ++i) sum *= sum;
  return static_cast<double>(sum);
}

/// The derivative's values at 0, 1, ... radius, rounded to float.
[[nodiscard]] inline std::vector<float> sampled(int order, double sigma, index_t radius) {
  constexpr double root_of_two_pi = 2.5066282746310002;
  double const norm =
      order == 0 ? 1 / (root_of_two_pi * sigma) : -1 / (root_of_two_pi * (sigma * sigma * sigma));
  std::vector<float> values;
  for (index_t i = 0; i <= radius; ++i) {
    double const x = static_cast<double>(i);
    double const bell = norm * exp_of(x * x * (-0.5 / sigma / sigma));
    double const curved = 1 - rounded<simd::baseline>(x / sigma, x / sigma);
    values.push_back(static_cast<float>(order == 0 ? bell : order == 1 ? x * bell : curved * bell));
  }
  return values;
}

[[nodiscard]] inline double sum_of_both_halves(std::vector<float> const& half) {
  double sum = half[0];
  for (std::size_t i = 1; i < half.size(); ++i) sum += 2 * half[i];
  return sum;
}

inline void remove_mean(std::vector<float>& half) {
  double const mean = sum_of_both_halves(half) / (2.0 * static_cast<double>(half.size()) - 1);
  for (float& c : half) c = static_cast<float>(c - mean);
}

/// What the kernel makes of x^order / order!, which it shall turn into 1 (order 1: into -1, the
/// sign is put right afterwards). The products are exact.
[[nodiscard]] inline double response(int order, std::vector<float> const& half) {
  if (order == 0) return sum_of_both_halves(half);
  double sum = 0;
  for (std::size_t i = 1; i < half.size(); ++i) {
    double const x = static_cast<double>(i);
    sum += order == 1 ? -2 * (half[i] * x) : 2 * (half[i] * (x * x / 2));
  }
  return sum;
}

}  // namespace detail

/// The kernel as fastfilters builds it: sums in double, weights rounded to float after each step,
/// normalised for the support it is cut to.
/// @param order  0, 1 or 2
/// @param sigma  standard deviation in voxels, > 0
/// @param window reach in standard deviations: 3.5 for presmoothing, 2 for the filters after it
[[nodiscard]] inline kernel make_kernel(int order, double sigma, double window) {
  index_t const radius = kernel_radius(sigma, window);
  if (radius == 0) return {order, {1.0f}};
  std::vector<float> half = detail::sampled(order, sigma, radius);
  if (order == 2) detail::remove_mean(half);
  double const sum = detail::response(order, half);
  for (float& c : half) c = static_cast<float>(c / sum);
  if (order == 1)
    for (float& c : half) c = -c;
  return {order, half};
}

}  // namespace voxstitch::features
