// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is an exponential computed, the same on every processor?

#include <array>
#include <bit>
#include <cassert>
#include <cstdint>

#include "voxstitch/core/arithmetic.hpp"

namespace voxstitch::stitch::detail {

/// 1 / n!, the coefficients of exp's Taylor series; up to r^13 it is exact to the last place of a
/// double for |r| <= ln(2) / 2.
inline constexpr auto inverse_factorials = [] {
  std::array<double, 14> c{};
  double factorial = 1;
  for (std::size_t n = 0; n < c.size(); factorial *= double(++n)) c[n] = 1 / factorial;
  return c;
}();

/// exp(r), |r| <= ln(2) / 2.
[[nodiscard]] inline double small_exponential(double r) {
  double sum = 0;
  for (std::size_t n = inverse_factorials.size(); n-- > 0;)
    sum = rounded<simd::baseline>(sum, r) + inverse_factorials[n];
  return sum;
}

/// exp(x) within two units of the last place: 2^k exp(x - k ln 2). (A libm picks other code on
/// other processors.) Below -708, where doubles lose their precision, 0.
/// @pre x <= 0
[[nodiscard]] inline double exponential(double x) {
  assert(x <= 0);
  if (x < -708) return 0;
  constexpr double log2_e = 0x1.71547652b82fep+0;
  constexpr double ln_2 = 0x1.62e42feep-1;        // its first 32 bits: products with k are exact
  constexpr double rest = 0x1.a39ef35793c76p-33;  // ln(2) - ln_2
  auto const k = static_cast<std::int64_t>(rounded<simd::baseline>(x, log2_e) - 0.5);
  auto const times = static_cast<double>(k);
  double const r =
      (x - rounded<simd::baseline>(times, ln_2)) - rounded<simd::baseline>(times, rest);
  auto const power = std::bit_cast<double>(static_cast<std::uint64_t>(1023 + k) << 52);  // 2^k
  return power * small_exponential(r);
}

}  // namespace voxstitch::stitch::detail
