// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What stands between the separators of a text?

#include <string_view>
#include <vector>

namespace voxstitch {

/// The parts of `text`, one more than it has separators; parts may be empty. They refer to `text`.
[[nodiscard]] inline std::vector<std::string_view> separated(std::string_view text,
                                                             char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    auto const end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace voxstitch
