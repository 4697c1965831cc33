// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does every place of a volume get its own random numbers, whoever asks first?

#include <cstdint>

#include "voxstitch/geometry/coord.hpp"

namespace voxstitch::synthetic::detail {

/// A bijection without visible order (the finaliser of S. Vigna's splitmix64).
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// 64 bits that belong to a place.
[[nodiscard]] constexpr std::uint64_t hash(std::uint64_t seed, coord<3> const& place) {
  std::uint64_t h = seed;
  for (index_t i : place) h = mixed(h + 0x9e3779b97f4a7c15 + static_cast<std::uint64_t>(i));
  return h;
}

/// The random numbers of one object, the same whenever it is made.
class dice {
 public:
  explicit constexpr dice(std::uint64_t seed) : state_(seed) {}
  constexpr dice(std::uint64_t seed, coord<3> const& place) : dice(hash(seed, place)) {}

  constexpr std::uint64_t bits() { return mixed(state_ += 0x9e3779b97f4a7c15); }

  /// A number in [low, high], both included.
  constexpr int between(int low, int high) {
    auto const choices = static_cast<std::uint64_t>(high - low + 1);
    return low + static_cast<int>((bits() >> 32) * choices >> 32);
  }

  /// The same, but small numbers are more probable than large ones.
  constexpr int rather_low(int low, int high) {
    int const a = between(low, high);
    int const b = between(low, high);
    return low + (a - low) * (b - low) / (high - low);
  }

  /// A vector with components in [-reach, reach].
  constexpr coord<3> vector(int reach) {
    coord<3> v;
    for (index_t& component : v.values) component = between(-reach, reach);
    return v;
  }

 private:
  std::uint64_t state_;
};

}  // namespace voxstitch::synthetic::detail
