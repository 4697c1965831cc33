// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which unit of length does a file mean, and how long is it?

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace voxstitch::io {

/// "um" for the micrometre's many spellings; other units as they are.
[[nodiscard]] inline std::string usual_unit(std::string_view unit) {
  constexpr std::array micrometres{"micron",    "microns",   "micrometer", "micrometre", "\\u00B5m",
                                   "\xc2\xb5m", "\xce\xbcm", "\xb5m",      "&#181;m",    "&#xB5;m"};
  bool const micro = std::find(micrometres.begin(), micrometres.end(), unit) != micrometres.end();
  return micro ? "um" : std::string(unit);
}

/// Micrometres in a unit by its usual name; none for what is no metric length.
[[nodiscard]] inline std::optional<double> micrometres_in(std::string_view unit) {
  constexpr std::array<std::pair<std::string_view, double>, 6> known{
      {{"pm", 1e-6}, {"nm", 1e-3}, {"um", 1}, {"mm", 1e3}, {"cm", 1e4}, {"m", 1e6}}};
  auto const found =
      std::find_if(known.begin(), known.end(), [&](auto const& k) { return k.first == unit; });
  return found == known.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace voxstitch::io
