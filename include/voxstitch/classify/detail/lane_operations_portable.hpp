// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is done with the codes and masks of a packet's lanes, in plain
/// C++?

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "voxstitch/classify/detail/lane_mask.hpp"

namespace voxstitch::classify::detail {

/// On which sides of a node are lanes?
struct occupied_sides {
  bool left;
  bool right;
};

namespace portable {

/// The lanes whose code is smaller than `pivot`; returns whether one of `mask`
/// has the same code.
[[nodiscard]] inline bool compare_codes(std::int8_t const* codes, std::int8_t pivot,
                                        lane_mask const& mask, lane_mask& less) {
  std::uint64_t open = 0;
  for (std::size_t word = 0; word < words_per_mask; ++word, codes += lanes_per_word) {
    std::uint64_t below = 0;
    std::uint64_t same = 0;
    for (std::size_t i = 0; i < lanes_per_word; ++i) {
      below |= std::uint64_t{codes[i] < pivot} << i;
      same |= std::uint64_t{codes[i] == pivot} << i;
    }
    less.words[word] = below;
    open |= same & mask.words[word];
  }
  return open != 0;
}

/// The lanes of `mask` whose code is `pivot`.
[[nodiscard]] inline lane_mask same_codes(std::int8_t const* codes, std::int8_t pivot,
                                          lane_mask const& mask) {
  lane_mask same = mask;
  for (std::size_t word = 0; word < words_per_mask; ++word, codes += lanes_per_word)
    for (std::uint64_t rest = mask.words[word]; rest != 0; rest &= rest - 1) {
      auto const lane = static_cast<std::size_t>(std::countr_zero(rest));
      if (codes[lane] != pivot) same.words[word] &= ~(std::uint64_t{1} << lane);
    }
  return same;
}

/// left = mask and less, right = mask and not less.
inline occupied_sides split(lane_mask const& mask, lane_mask const& less, lane_mask& left,
                            lane_mask& right) {
  std::uint64_t any_left = 0;
  std::uint64_t any_right = 0;
  for (std::size_t word = 0; word < words_per_mask; ++word) {
    std::uint64_t const l = mask.words[word] & less.words[word];
    std::uint64_t const r = mask.words[word] & ~less.words[word];
    any_left |= left.words[word] = l;
    any_right |= right.words[word] = r;
  }
  return {any_left != 0, any_right != 0};
}

/// Adds 1 to the counters of the lanes in `mask`.
inline void count(std::uint8_t* counters, lane_mask const& mask) {
  for (std::uint64_t bits : mask.words)
    for (std::size_t i = 0; i < lanes_per_word; i += 8, bits >>= 8, counters += 8) {
      // Bit k of a byte is moved to byte k, and there to its lowest bit.
      std::uint64_t const spread = ((bits & 0xff) * 0x0101010101010101u) & 0x8040201008040201u;
      std::uint64_t const ones = ((spread + 0x7f7f7f7f7f7f7f7fu) | spread) >> 7;
      std::uint64_t sum;
      std::memcpy(&sum, counters, 8);
      sum += ones & 0x0101010101010101u;
      std::memcpy(counters, &sum, 8);
    }
}

}  // namespace portable

}  // namespace voxstitch::classify::detail
