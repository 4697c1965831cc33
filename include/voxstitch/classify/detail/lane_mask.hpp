// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which voxels of a packet are meant?

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "voxstitch/classify/concepts.hpp"

namespace voxstitch::classify::detail {

inline constexpr std::size_t lanes = static_cast<std::size_t>(packet_lanes);
inline constexpr std::size_t lanes_per_word = 64;
inline constexpr std::size_t words_per_mask = lanes / lanes_per_word;

/// One bit per voxel of a packet; lane i is bit i % 64 of word i / 64.
struct alignas(64) lane_mask {
  std::array<std::uint64_t, words_per_mask> words;  ///< not initialised: `lane_mask{}` is empty

  /// The lanes 0 ... count - 1.
  [[nodiscard]] static lane_mask first(std::size_t count) {
    lane_mask mask{};
    for (std::size_t lane = 0; lane < count; ++lane) mask.insert(lane);
    return mask;
  }
  void insert(std::size_t lane) { words[lane / lanes_per_word] |= bit(lane); }
  void remove(lane_mask const& other) {
    for (std::size_t word = 0; word < words_per_mask; ++word) words[word] &= ~other.words[word];
  }
  [[nodiscard]] bool contains(std::size_t lane) const {
    return (words[lane / lanes_per_word] & bit(lane)) != 0;
  }
  [[nodiscard]] bool any() const {
    std::uint64_t all = 0;
    for (std::uint64_t const word : words) all |= word;
    return all != 0;
  }
  [[nodiscard]] bool full() const {
    std::uint64_t all = ~std::uint64_t{0};
    for (std::uint64_t const word : words) all &= word;
    return all == ~std::uint64_t{0};
  }

 private:
  [[nodiscard]] static std::uint64_t bit(std::size_t lane) {
    return std::uint64_t{1} << (lane % lanes_per_word);
  }
};

/// Calls `f(lane)` for each lane of `mask`, ascending.
template <class Function>
void for_each_lane(lane_mask const& mask, Function&& f) {
  for (std::size_t word = 0; word < words_per_mask; ++word)
    for (std::uint64_t rest = mask.words[word]; rest != 0; rest &= rest - 1)
      f(word * lanes_per_word + static_cast<std::size_t>(std::countr_zero(rest)));
}

}  // namespace voxstitch::classify::detail
