// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do vigra's filters make the same features?
///
/// vigra's headers are C++17; this interface to them is, too, and is compiled apart.

#include <array>
#include <cstddef>
#include <functional>

#include "voxstitch/features/selection.hpp"

namespace voxstitch::benchmarks {

/// One channel of features: the values of all voxels, z, y, x, `step` floats apart.
struct feature_channel {
  features::filter filter;
  std::size_t scale;      ///< column of the selection
  std::size_t component;  ///< eigenvalue, largest first
  float const* values;
  std::ptrdiff_t step;
};

/// Presmooths an image (z, y, x) with every scale, then applies the chosen filters with ilastik's
/// sigmas and windows; `take` is called for every channel. Mirrors at the image's border.
void compute_with_vigra(features::selection const& chosen, float const* image,
                        std::array<std::ptrdiff_t, 3> const& shape,
                        std::function<void(feature_channel const&)> const& take);

}  // namespace voxstitch::benchmarks
