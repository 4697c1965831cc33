// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does ilastik call a feature?

#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include "voxstitch/features/selection.hpp"

namespace voxstitch::features {

/// "Gaussian Smoothing"
[[nodiscard]] inline std::string name(filter f) {
  constexpr std::array<std::string_view, all_filters.size()> names{
      "Gaussian Smoothing",      "Laplacian of Gaussian",        "Gaussian Gradient Magnitude",
      "Difference of Gaussians", "Structure Tensor Eigenvalues", "Hessian of Gaussian Eigenvalues"};
  return std::string(names[static_cast<std::size_t>(f)]);
}

/// A positive number as Python's repr writes it: as short as it can be read back, "1.0" and not
/// "1".
[[nodiscard]] inline std::string python_number(double value) {
  bool const plain = value >= 1e-4 && value < 1e16;
  std::array<char, 400> text;
  auto const format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  auto const end = std::to_chars(text.data(), text.data() + text.size(), value, format).ptr;
  std::string const number(text.data(), end);
  return plain && number.find('.') == std::string::npos ? number + ".0" : number;
}

/// "Hessian of Gaussian Eigenvalues (σ=1.6) in 2D [1]"; the number in brackets only where one
/// filter at one scale makes several channels.
[[nodiscard]] inline std::string feature_name(filter f, scale const& s, std::size_t channel,
                                              std::size_t channels) {
  std::string text = name(f) + " (\xCF\x83=" + python_number(s.sigma) + ")";
  if (s.in_2d) text += " in 2D";
  if (channels > 1) text += " [" + std::to_string(channel) + "]";
  return text;
}

}  // namespace voxstitch::features
