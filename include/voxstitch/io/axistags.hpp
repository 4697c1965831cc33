// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do vigra and ilastik write down which axis is which?
///
/// {"axes": [{"key": "z", "typeFlags": 2, "resolution": 0, "description": ""}, ...]}, slowest axis
/// first, with type flags 1 (channel), 2 (space) and 8 (time) and the resolution 0 when unknown.

#include <array>
#include <cmath>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "voxstitch/core/shortest_number.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::io {

/// Axes in the file's order, slowest first, and the voxel size (z, y, x; 0 where unknown).
struct axistags {
  std::string axes;
  std::array<double, 3> voxel_size{};
};

namespace detail {

/// Place of a letter in (z, y, x), the axes that have a voxel size.
[[nodiscard]] inline std::optional<std::size_t> spatial_axis(char letter) {
  auto const at = std::string_view("zyx").find(letter);
  return at == std::string_view::npos ? std::nullopt : std::optional(at);
}

[[nodiscard]] inline int vigra_type_flags(char letter) {
  return letter == 'c' ? 1 : letter == 't' ? 8 : 2;
}

[[nodiscard]] inline std::string one_axistag(char letter, double resolution) {
  return std::string("    {\n") + "      \"key\": \"" + letter + "\",\n" +
         "      \"typeFlags\": " + std::to_string(vigra_type_flags(letter)) + ",\n" +
         "      \"resolution\": " + shortest_number(resolution) + ",\n" +
         "      \"description\": \"\"\n    }";
}

/// One to five different letters of "tczyx".
[[nodiscard]] inline bool are_axes(std::string const& axes) {
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (canonical_axes.find(axes[i]) == std::string_view::npos || axes.find(axes[i]) != i)
      return false;
  return !axes.empty();
}

inline void take_axis(nlohmann::json const& axis, axistags& tags) {
  std::string const key = axis.at("key");
  tags.axes += key.size() == 1 ? key[0] : '?';
  auto const place = detail::spatial_axis(tags.axes.back());
  if (!place || !axis.contains("resolution") || !axis.at("resolution").is_number()) return;
  double const resolution = axis.at("resolution");
  if (std::isfinite(resolution) && resolution > 0) tags.voxel_size[*place] = resolution;
}

}  // namespace detail

/// The tags as vigra prints them.
/// @pre `axes` holds different letters of "tczyx"
[[nodiscard]] inline std::string write_axistags(std::string const& axes,
                                                std::array<double, 3> const& voxel_size = {}) {
  std::string text;
  for (char letter : axes) {
    auto const place = detail::spatial_axis(letter);
    text +=
        (text.empty() ? "" : ",\n") + detail::one_axistag(letter, place ? voxel_size[*place] : 0.0);
  }
  return "{\n  \"axes\": [\n" + text + "\n  ]\n}";
}

/// The axes that `json` tells; nothing when it is no such text, or names an axis that is unknown
/// ("?"), none of "tczyx", or there twice.
[[nodiscard]] inline std::optional<axistags> parse_axistags(std::string const& json) {
  try {
    axistags tags;
    auto const document = nlohmann::json::parse(json);
    for (auto const& axis : document.at("axes")) detail::take_axis(axis, tags);
    if (!detail::are_axes(tags.axes)) return std::nullopt;
    return tags;
  } catch (nlohmann::json::exception const&) {
    return std::nullopt;
  }
}

}  // namespace voxstitch::io
