// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a sum of products rounded: once (fused) or twice (rounded)?
///
/// ilastik's filters round once in every tap and twice in every combination of filters. Compilers
/// fuse `a * b + c` as they like where the processor can, so both cases are spelled out here, and
/// no kernel writes a product next to a sum.

#include <bit>
#include <cstdint>

#include "voxstitch/core/simd.hpp"

namespace voxstitch {

namespace detail {

/// fma(a, b, c) in float without the instruction: the product is exact in double; the sum is
/// rounded to odd in double, so that rounding it to float rounds the exact value (S. Boldo, G.
/// Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to
/// odd", 2008).
[[gnu::always_inline]] inline float fused_by_double(float a, float b, float c) {
  double const p = double(a) * double(b);
  double const s = p + double(c);
  double const v = s - p;
  double const e = (p - (s - v)) + (double(c) - v);  // exact error of the sum (Knuth's TwoSum)
  auto const bits = std::bit_cast<std::uint64_t>(s);
  bool const toward_zero = (e < 0) != (s < 0);  // s lies beyond the exact sum
  std::uint64_t const odd = toward_zero ? bits - 1 : bits + 1;
  bool const adjust = (e < 0 || e > 0) && (bits & 1) == 0;  // e is NaN beside infinities
  return float(std::bit_cast<double>(adjust ? odd : bits));
}

}  // namespace detail

/// a * b + c, rounded once, with the instructions of `Target`.
template <class Target>
[[gnu::always_inline]] inline float fused(float a, float b, float c) {
  if constexpr (Target::has_fma)
    return __builtin_fmaf(a, b, c);
  else
    return detail::fused_by_double(a, b, c);
}

/// a * b, rounded before anything is added to it: no compiler may fuse it into a following sum.
/// (Where the instruction exists, fma(a, b, -0) is that product and a plain sum cannot join it.)
template <class Target>
[[gnu::always_inline]] inline float rounded(float a, float b) {
  if constexpr (Target::has_fma)
    return __builtin_fmaf(a, b, -0.0f);
  else
    return a * b;
}

/// The same in double.
template <class Target>
[[gnu::always_inline]] inline double rounded(double a, double b) {
  if constexpr (Target::has_fma)
    return __builtin_fma(a, b, -0.0);
  else
    return a * b;
}

}  // namespace voxstitch
