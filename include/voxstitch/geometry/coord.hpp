// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where is a voxel?

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>

namespace voxstitch {

/// A signed number of voxels along one axis. Signed, because halos reach below zero.
using index_t = std::int64_t;

/// One number per axis, slowest first (z, y, x); a position, a shape or a halo in voxels.
template <std::size_t N>
struct coord {
  std::array<index_t, N> values{};

  [[nodiscard]] static constexpr coord filled(index_t value) {
    coord c;
    c.values.fill(value);
    return c;
  }
  [[nodiscard]] static constexpr std::size_t size() { return N; }
  constexpr index_t& operator[](std::size_t axis) { return values[axis]; }
  constexpr index_t const& operator[](std::size_t axis) const { return values[axis]; }
  constexpr auto begin() const { return values.begin(); }
  constexpr auto end() const { return values.end(); }
  friend constexpr bool operator==(coord const&, coord const&) = default;
  friend constexpr auto operator<=>(coord const&, coord const&) = default;
};

template <class... Extents>
coord(Extents...) -> coord<sizeof...(Extents)>;

/// Applies `f(a[axis], b[axis])` axis by axis.
template <std::size_t N, class Function>
[[nodiscard]] constexpr coord<N> zip(coord<N> const& a, coord<N> const& b, Function f) {
  coord<N> result;
  for (std::size_t axis = 0; axis < N; ++axis) result[axis] = f(a[axis], b[axis]);
  return result;
}

template <std::size_t N>
[[nodiscard]] constexpr coord<N> operator+(coord<N> const& a, coord<N> const& b) {
  return zip(a, b, [](index_t l, index_t r) { return l + r; });
}
template <std::size_t N>
[[nodiscard]] constexpr coord<N> operator-(coord<N> const& a, coord<N> const& b) {
  return zip(a, b, [](index_t l, index_t r) { return l - r; });
}
template <std::size_t N>
[[nodiscard]] constexpr coord<N> min(coord<N> const& a, coord<N> const& b) {
  return zip(a, b, [](index_t l, index_t r) { return std::min(l, r); });
}
template <std::size_t N>
[[nodiscard]] constexpr coord<N> max(coord<N> const& a, coord<N> const& b) {
  return zip(a, b, [](index_t l, index_t r) { return std::max(l, r); });
}

/// Voxels in a box of that shape.
template <std::size_t N>
[[nodiscard]] constexpr index_t product(coord<N> const& shape) {
  index_t count = 1;
  for (index_t extent : shape) count *= extent;
  return count;
}

/// `a / b` rounded up; both positive.
[[nodiscard]] constexpr index_t divide_up(index_t a, index_t b) { return (a + b - 1) / b; }

/// Where part `n` of `parts` begins when `count` things are shared out in order, the first parts
/// having one more where they cannot be equal; that of part `parts` is the end.
[[nodiscard]] constexpr index_t begin_of_part(index_t n, index_t parts, index_t count) {
  return n * (count / parts) + std::min(n, count % parts);
}

/// "z,y,x", as the command line takes it.
template <std::size_t N>
[[nodiscard]] std::string to_string(coord<N> const& c, std::string const& separator = ",") {
  std::string text;
  for (index_t value : c) text += (text.empty() ? "" : separator) + std::to_string(value);
  return text;
}

}  // namespace voxstitch
