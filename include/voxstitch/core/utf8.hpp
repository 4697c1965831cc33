// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Is a text UTF-8, as files and JSON want it?

#include <cstddef>
#include <string_view>

namespace voxstitch {

namespace detail {

/// Bytes of the character that begins with `first`; 0 where none does.
[[nodiscard]] inline std::size_t utf8_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;  // inside a character, or a long form of a short one
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

}  // namespace detail

/// Whether all bytes are whole characters, each in its shortest form, and none is half of a pair
/// (surrogate) or beyond U+10FFFF.
[[nodiscard]] inline bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const length = detail::utf8_length(byte(0));
    if (length == 0 || length > text.size()) return false;
    for (std::size_t i = 1; i < length; ++i)
      if ((byte(i) & 0xc0U) != 0x80U) return false;
    if ((byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xed && byte(1) > 0x9f) ||
        (byte(0) == 0xf0 && byte(1) < 0x90) || (byte(0) == 0xf4 && byte(1) > 0x8f))
      return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace voxstitch
