// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are the codes of a packet's lanes stored bit by bit?

#include <array>
#include <cstddef>
#include <cstdint>

#include "voxstitch/classify/detail/lane_mask.hpp"

namespace voxstitch::classify::detail {

/// Bits of a code. With 12 bits, 1 or 2 in 100 comparisons are left open; 8 bits are as fast to
/// compare, as other work hides the difference, but leave 15 to 25 open.
inline constexpr int code_bits = 12;
inline constexpr std::size_t bits_per_digit = 4;
inline constexpr std::size_t code_digits = code_bits / bits_per_digit;

/// One feature's codes: bits[b] has the lanes whose code has bit b.
struct code_planes {
  std::array<lane_mask, code_bits> bits;
};

/// A code that all lanes are compared with, as its digits, lowest first.
struct code_pivot {
  std::array<std::uint8_t, code_digits + 1> digit;

  [[nodiscard]] static code_pivot of(std::int32_t code) {
    return {static_cast<std::uint8_t>(code & 15), static_cast<std::uint8_t>(code >> 4 & 15),
            static_cast<std::uint8_t>(code >> 8 & 15), 0};
  }
};
static_assert(code_digits == 3);

/// [digit][bit]: all ones where the digit has that bit, else 0.
inline constexpr auto digit_patterns = [] {
  std::array<std::array<std::uint32_t, bits_per_digit>, 1 << bits_per_digit> patterns{};
  for (std::size_t digit = 0; digit < patterns.size(); ++digit)
    for (std::size_t bit = 0; bit < bits_per_digit; ++bit)
      patterns[digit][bit] = (digit >> bit & 1) != 0 ? ~std::uint32_t{0} : 0;
  return patterns;
}();

/// All ones where the pivot has bit `b`, else 0.
[[nodiscard]] [[gnu::always_inline]] inline int wanted_bits(code_pivot const& pivot,
                                                            std::size_t b) {
  return static_cast<int>(digit_patterns[pivot.digit[b / bits_per_digit]][b % bits_per_digit]);
}

}  // namespace voxstitch::classify::detail
