// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What has to be computed at one scale?

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "voxstitch/features/detail/line_filter.hpp"
#include "voxstitch/features/kernel.hpp"
#include "voxstitch/features/selection.hpp"

namespace voxstitch::features::detail {

inline constexpr double presmoothing_window = 3.5;
inline constexpr double filter_window = 2.0;

/// Reach and weights of the filters of one sigma.
struct short_kernels {
  index_t radius = 0;
  filter_weights weights;
};

[[nodiscard]] inline short_kernels make_short_kernels(double sigma) {
  short_kernels result;
  result.radius = kernel_radius(sigma, filter_window);
  float* const rows[] = {result.weights.smooth, result.weights.first, result.weights.second};
  for (int order = 0; order < 3; ++order) {
    kernel const k = make_kernel(order, sigma, filter_window);
    std::copy(k.half.begin(), k.half.end(), rows[order]);
  }
  return result;
}

/// A scale with at least one chosen filter. After presmoothing with sigma t every filter runs with
/// n = min(sigma, 1): what is left of the scale (ilastik, opPixelFeaturesPresmoothed). ilastik
/// hands the structure tensor's sigmas over swapped: the gradient has 0.5 n, its smoothing n.
struct scale_plan {
  double sigma = 1;
  bool in_2d = false;
  kernel presmoothing;
  short_kernels filters;   ///< sigma n
  short_kernels narrow;    ///< the second Gaussian of the difference, 0.66 n
  short_kernels gradient;  ///< of the structure tensor, 0.5 n
  std::array<std::vector<std::size_t>, all_filters.size()> features;  ///< first index, by filter

  [[nodiscard]] bool wants(filter f) const {
    return !features[static_cast<std::size_t>(f)].empty();
  }
  /// Eigenvalues of a matrix.
  [[nodiscard]] std::size_t rank() const { return in_2d ? 2 : 3; }
  [[nodiscard]] bool wants_tensor() const { return wants(filter::structure_tensor_eigenvalues); }

  /// Reach of the filters after presmoothing, in voxels.
  [[nodiscard]] index_t filter_radius() const {
    return filters.radius + (wants_tensor() ? gradient.radius : 0);
  }
  [[nodiscard]] coord<3> along_axes(index_t reach) const {
    return {in_2d ? 0 : reach, reach, reach};
  }
  [[nodiscard]] coord<3> filter_reach() const { return along_axes(filter_radius()); }
  [[nodiscard]] coord<3> reach() const {
    return along_axes(filter_radius() + presmoothing.radius());
  }
};

[[nodiscard]] inline scale_plan make_scale_plan(scale const& s) {
  double const left = std::sqrt(rounded<simd::baseline>(s.sigma, s.sigma) - 1);
  double const n = std::min(s.sigma, 1.0);
  scale_plan plan;
  plan.sigma = s.sigma;
  plan.in_2d = s.in_2d;
  plan.presmoothing = make_kernel(0, s.sigma > 1 ? left : s.sigma, presmoothing_window);
  plan.filters = make_short_kernels(n);
  plan.narrow = make_short_kernels(n * 0.66);
  plan.gradient = make_short_kernels(n * 0.5);
  return plan;
}

/// Channels that `f` makes of one input channel.
[[nodiscard]] inline std::size_t components(filter f, bool in_2d) {
  bool const eigenvalues =
      f == filter::structure_tensor_eigenvalues || f == filter::hessian_of_gaussian_eigenvalues;
  return !eigenvalues ? 1 : in_2d ? 2 : 3;
}

}  // namespace voxstitch::features::detail
