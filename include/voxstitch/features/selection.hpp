// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which filters at which scales make a voxel's feature vector?

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace voxstitch::features {

/// ilastik's pixel features, in its default order.
enum class filter {
  gaussian_smoothing,
  laplacian_of_gaussian,
  gaussian_gradient_magnitude,
  difference_of_gaussians,
  structure_tensor_eigenvalues,
  hessian_of_gaussian_eigenvalues
};

inline constexpr std::array all_filters{
    filter::gaussian_smoothing,           filter::laplacian_of_gaussian,
    filter::gaussian_gradient_magnitude,  filter::difference_of_gaussians,
    filter::structure_tensor_eigenvalues, filter::hessian_of_gaussian_eigenvalues};

/// One column of the selection matrix.
struct scale {
  double sigma = 1.0;  ///< in voxels
  bool in_2d = false;  ///< slice by slice: z is neither smoothed nor differentiated
};

/// A matrix of filters (rows, in the project's order) and scales (columns). Feature channels are
/// ordered by filter row, then scale, then input channel, then eigenvalue (largest first).
struct selection {
  std::vector<filter> filters;
  std::vector<scale> scales;
  std::vector<std::vector<bool>> chosen;  ///< [filter row][scale column]
};

}  // namespace voxstitch::features
