// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are angles and their cosines computed, the same on every processor?
///
/// In float, within about one unit of the last place, by polynomials (interpolated at Chebyshev's
/// points) without branches, so that loops over them vectorise. A libm picks other code on other
/// processors.

#include <cstdint>

#include "voxstitch/core/arithmetic.hpp"

namespace voxstitch::features::detail {

/// `a` if the condition holds, else `b`, without a jump, which would keep a loop from being
/// vectorised.
[[gnu::always_inline]] inline float chosen(bool condition, float a, float b) {
  std::uint32_t const mask = 0U - static_cast<std::uint32_t>(condition);
  return __builtin_bit_cast(float, (__builtin_bit_cast(std::uint32_t, a) & mask) |
                                       (__builtin_bit_cast(std::uint32_t, b) & ~mask));
}

/// c0 + z (c1 + z (c2 + ...)), each step rounded once.
template <class Target>
[[gnu::always_inline]] inline float polynomial(float, float last) {
  return last;
}
template <class Target, class... More>
[[gnu::always_inline]] inline float polynomial(float z, float c0, float c1, More... more) {
  return fused<Target>(z, polynomial<Target>(z, c1, more...), c0);
}

/// atan(r) for 0 <= r <= 1.
template <class Target>
[[gnu::always_inline]] inline float arc_tangent(float r) {
  float const z = r * r;
  float const sum = polynomial<Target>(
      z, -0.3333333308107363f, 0.19999949321149485f, -0.14284003794818953f, 0.11088261629309645f,
      -0.08931826779691633f, 0.07031914255678193f, -0.04896051411156426f, 0.02630500118546652f,
      -0.009144629797458734f, 0.0014886919468989148f);
  return fused<Target>(r * z, sum, r);
}

/// The tangent of the acute angle between the point (x, y), y >= 0, and the nearest axis; 0 at the
/// origin.
[[gnu::always_inline]] inline float acute_tangent(float y, float x) {
  float const size = __builtin_fabsf(x);
  float const smaller = chosen(y < size, y, size);
  float const larger = chosen(y < size, size, y);
  return smaller / chosen(larger > 0, larger, 1.0f);
}

/// The angle in [0, pi] of the point (x, y), y >= 0, from the acute angle between it and the
/// nearest axis.
[[gnu::always_inline]] inline float angle_from_acute(float acute, float y, float x) {
  constexpr float half_pi = 0x1.921fb6p+0f;
  constexpr float half_pi_rest = -0x1.777a5cp-25f;
  float const steep = chosen(y <= __builtin_fabsf(x), acute, (half_pi - acute) + half_pi_rest);
  return chosen(x < 0, (2 * half_pi - steep) + 2 * half_pi_rest, steep);
}

/// The angle in [0, pi] of the point (x, y), y >= 0; 0 at the origin.
template <class Target>
[[gnu::always_inline]] inline float angle_of(float y, float x) {
  return angle_from_acute(arc_tangent<Target>(acute_tangent(y, x)), y, x);
}

/// sin(x) for 0 <= x <= pi / 3.
template <class Target>
[[gnu::always_inline]] inline float sine(float x) {
  float const z = x * x;
  float const sum = polynomial<Target>(z, -0.1666666663874754f, 0.008333325185484837f,
                                       -0.0001983755073219436f, 2.7013104499873566e-06f);
  return fused<Target>(x * z, sum, x);
}

/// cos(x) for 0 <= x <= pi / 3.
template <class Target>
[[gnu::always_inline]] inline float cosine(float x) {
  float const z = x * x;
  float const sum = polynomial<Target>(z, 0.04166666664329727f, -0.0013888882081354384f,
                                       2.4798481663933628e-05f, -2.7103141009386167e-07f);
  float const half = rounded<Target>(0.5f, z);
  float const most = 1.0f - half;
  float const lost = (1.0f - most) - half;  // exact
  return most + fused<Target>(z * z, sum, lost);
}

}  // namespace voxstitch::features::detail
