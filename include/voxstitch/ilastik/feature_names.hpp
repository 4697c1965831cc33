// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does ilastik call its features, and do a classifier's names fit a selection?

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/features/feature_names.hpp"

namespace voxstitch::ilastik {

/// How a project file writes a filter.
struct filter_name {
  features::filter filter;
  std::string_view id;
};

inline constexpr std::array<filter_name, 6> filter_names{{
    {features::filter::gaussian_smoothing, "GaussianSmoothing"},
    {features::filter::laplacian_of_gaussian, "LaplacianOfGaussian"},
    {features::filter::gaussian_gradient_magnitude, "GaussianGradientMagnitude"},
    {features::filter::difference_of_gaussians, "DifferenceOfGaussians"},
    {features::filter::structure_tensor_eigenvalues, "StructureTensorEigenvalues"},
    {features::filter::hessian_of_gaussian_eigenvalues, "HessianOfGaussianEigenvalues"},
}};

/// The filter of a FeatureIds entry; nothing for an unknown one.
[[nodiscard]] constexpr std::optional<features::filter> filter_of_id(std::string_view id) {
  for (auto const& entry : filter_names)
    if (entry.id == id) return entry.filter;
  return std::nullopt;
}

namespace detail {

[[nodiscard]] constexpr bool has_eigenvalues(features::filter filter) {
  return filter == features::filter::structure_tensor_eigenvalues ||
         filter == features::filter::hessian_of_gaussian_eigenvalues;
}

/// Feature channels of one filter at one scale for one input channel.
[[nodiscard]] constexpr std::size_t channels_of(features::filter filter, bool in_2d) {
  if (!has_eigenvalues(filter)) return 1;
  return in_2d ? 2 : 3;
}

/// `name` without " in 2D", which older versions left out.
[[nodiscard]] inline std::string without_dimension(std::string name) {
  auto const at = name.find(" in 2D");
  return at == std::string::npos ? name : name.erase(at, std::string_view(" in 2D").size());
}

}  // namespace detail

/// Names of all feature channels in their order (filter row, scale, input channel, eigenvalue), as
/// ilastik writes them beside a classifier: "Hessian of Gaussian Eigenvalues (σ=1.6) in 2D [0]".
/// Their number is the number of feature channels.
[[nodiscard]] inline std::vector<std::string>
expected_feature_names(features::selection const& selection, std::size_t input_channels) {
  std::vector<std::string> names;
  for (std::size_t row = 0; row < selection.filters.size(); ++row) {
    for (std::size_t column = 0; column < selection.scales.size(); ++column) {
      if (!selection.chosen[row][column]) continue;
      auto const filter = selection.filters[row];
      auto const& scale = selection.scales[column];
      std::size_t const count = input_channels * detail::channels_of(filter, scale.in_2d);
      for (std::size_t i = 0; i < count; ++i)
        names.push_back(features::feature_name(filter, scale, i, count));
    }
  }
  return names;
}

/// Feature channels that one input channel gives.
[[nodiscard]] inline std::size_t features_per_channel(features::selection const& selection) {
  return expected_feature_names(selection, 1).size();
}

/// A sentence when `found` and `expected` differ by more than " in 2D"; nothing when they fit.
/// @throws format_error when there are more or fewer names than expected.
[[nodiscard]] inline std::optional<std::string>
difference_of_names(std::vector<std::string> const& found,
                    std::vector<std::string> const& expected) {
  if (found.size() != expected.size())
    throw format_error("the classifier knows " + std::to_string(found.size()) +
                       " feature names, but the selection makes " +
                       std::to_string(expected.size()) + " features");
  for (std::size_t i = 0; i < found.size(); ++i)
    if (detail::without_dimension(found[i]) != detail::without_dimension(expected[i]))
      return "feature " + std::to_string(i) + " was trained as \"" + found[i] +
             "\", but the selection makes \"" + expected[i] + "\" of it";
  return std::nullopt;
}

}  // namespace voxstitch::ilastik
