// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where do property tests take their cases from?

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <type_traits>

#include "support/catch.hpp"
#include "voxstitch/geometry/box.hpp"

namespace voxstitch::test {

/// VOXSTITCH_TEST_SEED, or 1.
[[nodiscard]] inline std::uint64_t seed_from_environment() {
  char const* const wish = std::getenv("VOXSTITCH_TEST_SEED");
  return wish == nullptr ? 1 : std::strtoull(wish, nullptr, 10);
}

/// A generator of test cases whose failures name the seed:
///
///     random_source random;
///     CAPTURE(random);
class random_source {
 public:
  random_source() : random_source(seed_from_environment()) {}
  explicit random_source(std::uint64_t seed) : seed_(seed), state_(seed) {}

  [[nodiscard]] std::uint64_t seed() const { return seed_; }

  /// 64 random bits (S. Vigna's splitmix64).
  std::uint64_t bits() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  /// A number in [low, high], both included.
  index_t between(index_t low, index_t high) {
    return low + static_cast<index_t>(bits() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool flip() { return (bits() & 1) != 0; }

  /// A float in [0, 1).
  float unit() { return static_cast<float>(bits() >> 40) * 0x1p-24f; }

  /// Any of the 2^32 floats: NaN, infinities and subnormals too.
  float any_float() { return std::bit_cast<float>(static_cast<std::uint32_t>(bits())); }

  /// Extents of 1 to `largest` voxels.
  template <std::size_t N>
  coord<N> shape(index_t largest) {
    coord<N> result;
    for (index_t& extent : result.values) extent = between(1, largest);
    return result;
  }

  /// A box that is not empty and lies in `domain`.
  template <std::size_t N>
  box<N> box_within(box<N> const& domain) {
    box<N> result;
    for (std::size_t axis = 0; axis < N; ++axis) {
      index_t const begin = between(domain.inclusive_min[axis], domain.exclusive_max[axis] - 1);
      result.inclusive_min[axis] = begin;
      result.exclusive_max[axis] = between(begin + 1, domain.exclusive_max[axis]);
    }
    return result;
  }

 private:
  std::uint64_t seed_;
  std::uint64_t state_;
};

}  // namespace voxstitch::test

template <>
struct Catch::StringMaker<voxstitch::test::random_source> {
  static std::string convert(voxstitch::test::random_source const& source) {
    return "VOXSTITCH_TEST_SEED=" + std::to_string(source.seed());
  }
};

// A coord is printed as below, not as the range that it is, too.
template <std::size_t N>
struct Catch::is_range<voxstitch::coord<N>> : std::false_type {};

template <std::size_t N>
struct Catch::StringMaker<voxstitch::coord<N>> {
  static std::string convert(voxstitch::coord<N> const& c) { return to_string(c); }
};

template <std::size_t N>
struct Catch::StringMaker<voxstitch::box<N>> {
  static std::string convert(voxstitch::box<N> const& b) { return to_string(b); }
};
