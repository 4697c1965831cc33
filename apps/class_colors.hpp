// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file In which colour is a class shown?

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace app {

using color = std::array<std::uint8_t, 3>;  ///< red, green, blue

/// Colours of classes 1, 2, ...: distinct for colour-blind eyes too (after Okabe and Ito). After
/// seven they come again, lighter, and lighter still.
[[nodiscard]] inline color class_color(std::size_t label) {
  constexpr std::array<color, 7> palette{{{86, 180, 233},
                                          {230, 159, 0},
                                          {0, 158, 115},
                                          {204, 121, 167},
                                          {240, 228, 66},
                                          {0, 114, 178},
                                          {213, 94, 0}}};
  if (label == 0) return {0, 0, 0};
  color c = palette[(label - 1) % palette.size()];
  for (std::size_t round = (label - 1) / palette.size() % 3; round > 0; --round)
    for (auto& part : c) part = static_cast<std::uint8_t>(255 - (255 - part) * 2 / 3);
  return c;
}

/// "#56b4e9".
[[nodiscard]] inline std::string css_color(color const& c) {
  char text[8];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", c[0], c[1], c[2]);
  return text;
}

}  // namespace app
