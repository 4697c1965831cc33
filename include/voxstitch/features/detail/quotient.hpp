// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are several numbers divided by the largest of them with one division?

#include <cstdint>

#include "voxstitch/core/arithmetic.hpp"

namespace voxstitch::features::detail {

/// a / size, correctly rounded, from the rounded reciprocal of the size. The product of a and the
/// reciprocal is wrong by less than 1.5 units of the last place; its remainder is exact, and one
/// correction by it gives the rounded quotient. (P. Markstein, "Computation of elementary functions
/// on the IBM RISC System/6000 processor", 1990, proves it for errors below one unit; beyond that,
/// all pairs whose quotient is close enough to the middle of two floats have been tried.)
/// @pre |a| <= size, size is divisible, and a is divisible or zero
template <class Target>
[[gnu::always_inline]] inline float quotient(float a, float size, float reciprocal) {
  float const q = a * reciprocal;
  float const excess = fused<Target>(q, size, -a);  // in this order a zero keeps its sign
  return fused<Target>(-excess, reciprocal, q);
}

/// The bits of |v|: an integer that grows with the magnitude; NaN is the largest.
[[gnu::always_inline]] inline std::uint32_t magnitude_bits(float v) {
  return __builtin_bit_cast(std::uint32_t, v) & 0x7FFFFFFFU;
}

/// Magnitudes are divisible from 2^-80 to 2^40: no quotient and no remainder leaves the range of
/// normal floats.
inline constexpr std::uint32_t smallest_divisible = 0x17800000U;
inline constexpr std::uint32_t largest_divisible = 0x53800000U;

}  // namespace voxstitch::features::detail
