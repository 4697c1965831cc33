// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where does every tree get its own random numbers from, whoever grows it?

#include <cstddef>
#include <cstdint>

namespace voxstitch::classify::detail {

/// The random numbers of one tree: S. Vigna's splitmix64, whose state begins at a mixture of seed,
/// tree number and purpose (0: growing the tree). They do not depend on the standard library, for
/// its distributions are free to differ.
class tree_dice {
 public:
  constexpr tree_dice(std::uint64_t seed, std::size_t tree, std::size_t purpose = 0)
      : state_(mixed(mixed(mixed(seed + gamma) + tree) + purpose)) {}

  constexpr std::uint64_t bits() { return mixed(state_ += gamma); }

  /// A number in [0, count), each equally probable (D. Lemire, "Fast random integer generation in
  /// an interval", 2019). Draws nothing when there is no choice, as vigra.
  constexpr std::uint32_t below(std::uint32_t count) {
    if (count < 2) return 0;
    std::uint64_t product = (bits() >> 32) * count;
    if (std::uint32_t(product) < count) {
      std::uint32_t const surplus = (0u - count) % count;  // 2^32 mod count
      while (std::uint32_t(product) < surplus) product = (bits() >> 32) * count;
    }
    return std::uint32_t(product >> 32);
  }

 private:
  static constexpr std::uint64_t gamma = 0x9e3779b97f4a7c15;

  static constexpr std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

/// Draws the samples of a tree's bag, with replacement and as many as there are, and calls
/// `f(sample)` for each. They are the first that a tree draws, so its bag can be drawn again.
template <class Dice, class Function>
void draw_bag(Dice& dice, std::size_t sample_count, Function f) {
  auto const count = static_cast<std::uint32_t>(sample_count);
  for (std::uint32_t i = 0; i < count; ++i) f(dice.below(count));
}

}  // namespace voxstitch::classify::detail
