// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do file names of any bytes stand in JSON, which knows only valid Unicode?

#include <charconv>
#include <string>
#include <string_view>

namespace voxstitch::pipeline {

/// Every '%' and every byte that is not ASCII as %XX.
[[nodiscard]] inline std::string escaped(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (char c : bytes) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && c != '%')
      text += c;
    else
      text += {'%', digits[byte >> 4U], digits[byte & 15U]};
  }
  return text;
}

/// Undoes escaped(); what is no escape stays as it is.
[[nodiscard]] inline std::string unescaped(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    char const* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      bytes += static_cast<char>(byte);
      i += 2;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

}  // namespace voxstitch::pipeline
