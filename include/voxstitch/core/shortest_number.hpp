// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are numbers written so that they can be read back?

#include <charconv>
#include <concepts>
#include <string>

namespace voxstitch {

/// The shortest text that reads back as the same number of its type: "0", "0.65", "1e-09".
template <std::floating_point T>
[[nodiscard]] std::string shortest_number(T value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

}  // namespace voxstitch
