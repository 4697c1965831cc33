// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do a fuzzer's bytes become numbers, texts and choices?

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <type_traits>

namespace voxstitch::fuzz {

/// Takes values from the front of the fuzzer's bytes; when those are used up, all values are 0.
class fuzz_input {
 public:
  explicit fuzz_input(std::span<std::uint8_t const> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool empty() const { return bytes_.empty(); }

  /// Any bits of a T.
  template <class T>
  [[nodiscard]] T bits() {
    static_assert(std::is_arithmetic_v<T>);
    T value{};
    std::size_t const size = std::min(sizeof value, bytes_.size());
    if (size > 0) std::memcpy(&value, bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
    return value;
  }

  /// 0 ... most.
  [[nodiscard]] std::size_t up_to(std::size_t most) {
    return most < 256 ? bits<std::uint8_t>() % (most + 1) : bits<std::uint16_t>() % (most + 1);
  }
  [[nodiscard]] bool flag() { return (bits<std::uint8_t>() & 1U) != 0; }
  template <class Range>
  [[nodiscard]] auto const& one_of(Range const& range) {
    return *(std::begin(range) + static_cast<std::ptrdiff_t>(up_to(std::size(range) - 1)));
  }

  /// A text of up to `most` bytes, its length first.
  [[nodiscard]] std::string text(std::size_t most) {
    std::size_t const wanted = up_to(most);
    return text_of(std::min(wanted, bytes_.size()));
  }
  /// Everything that is left.
  [[nodiscard]] std::string rest() { return text_of(bytes_.size()); }

  /// A number that a file may hold: mostly small, sometimes one at a border, sometimes any bits.
  template <class T>
  [[nodiscard]] T number() {
    std::size_t const kind = up_to(7);
    if (kind < 5) return static_cast<T>(bits<std::uint8_t>() % 16);
    if (kind == 5) return static_cast<T>(bits<std::uint8_t>());
    if (kind == 6) return bits<T>();
    return border<T>();
  }

 private:
  [[nodiscard]] std::string text_of(std::size_t size) {
    std::string value(reinterpret_cast<char const*>(bytes_.data()), size);
    bytes_ = bytes_.subspan(size);
    return value;
  }

  template <class T>
  [[nodiscard]] T border() {
    using limits = std::numeric_limits<T>;
    if constexpr (std::is_floating_point_v<T>)
      return one_of(std::array{T{0}, T{-1}, T{0.5}, limits::max(), limits::lowest(),
                               limits::denorm_min(), limits::infinity(), -limits::infinity(),
                               limits::quiet_NaN(), static_cast<T>(9.3e18), static_cast<T>(1e6)});
    else
      return one_of(std::array{limits::min(), limits::max(), static_cast<T>(limits::max() / 2),
                               static_cast<T>(limits::max() / 2 + 1), static_cast<T>(-1), T{127},
                               static_cast<T>(0x40000000), static_cast<T>(0x7fffffff)});
  }

  std::span<std::uint8_t const> bytes_;
};

}  // namespace voxstitch::fuzz
