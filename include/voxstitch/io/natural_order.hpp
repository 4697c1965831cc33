// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file In which order do people number their files: img_2 before img_10?

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace voxstitch::io {

namespace detail {

[[nodiscard]] constexpr bool is_digit(char c) { return '0' <= c && c <= '9'; }

/// Length of the run of digits at the begin of `text`.
[[nodiscard]] constexpr std::size_t digits_in(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count;
}

/// Takes the run of digits at the begin of `text` away; returns it without leading zeros.
[[nodiscard]] constexpr std::string_view take_number(std::string_view& text) {
  std::string_view number = text.substr(0, digits_in(text));
  text.remove_prefix(number.size());
  while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  return number;
}

/// Numbers of any length by value: a longer one is larger.
[[nodiscard]] constexpr int compare_numbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

/// Runs of digits by value, all else by bytes; 0 for names that differ in leading zeros only.
[[nodiscard]] constexpr int compare_naturally(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      if (int const order = compare_numbers(take_number(a), take_number(b)); order != 0)
        return order;
      continue;
    }
    auto const left = static_cast<unsigned char>(a.front());
    auto const right = static_cast<unsigned char>(b.front());
    if (left != right) return left < right ? -1 : 1;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.empty() == b.empty() ? 0 : a.empty() ? -1 : 1;
}

}  // namespace detail

/// Whether `a` comes before `b` when runs of digits count by value. A total order: names that are
/// equal but for leading zeros are ordered as text.
[[nodiscard]] constexpr bool natural_less(std::string_view a, std::string_view b) {
  int const order = detail::compare_naturally(a, b);
  return order != 0 ? order < 0 : a < b;
}

inline void sort_naturally(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end(),
            [](std::string const& a, std::string const& b) { return natural_less(a, b); });
}

}  // namespace voxstitch::io
