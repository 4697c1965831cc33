// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What are the eigenvalues of a 3 x 3 matrix, to ilastik's last digit?
///
/// ilastik's fastfilters solve the characteristic polynomial of the matrix divided by its largest
/// entry, in float. That formula loses half of the digits where two eigenvalues are nearly equal,
/// and forests have learnt from what it gives: an exact solver gives other trees' votes. So every
/// product, sum and quotient here is rounded as there; only the angle and its cosine, which are
/// well conditioned, are computed in our own way.

#include "voxstitch/features/detail/quotient.hpp"
#include "voxstitch/features/detail/trigonometry.hpp"

namespace voxstitch::features {

/// A symmetric 3 x 3 matrix; axes z, y, x.
template <class T>
struct symmetric_matrix {
  T zz, zy, zx, yy, yx, xx;
};

/// Largest first.
template <class T>
struct three_values {
  T first, second, third;
};

namespace detail {

/// What the roots of a characteristic polynomial are made of: mean + 2 radius cos(angle / 3 + ...),
/// where radius = sqrt(radius_square) and angle is that of the point (x, sqrt(y_square)).
struct polynomial_roots {
  float mean, radius_square, x, y_square;
};

[[gnu::always_inline]] inline float absolute(float v) { return __builtin_fabsf(v); }
[[gnu::always_inline]] inline float larger(float a, float b) { return chosen(a < b, b, a); }
[[gnu::always_inline]] inline float smaller(float a, float b) { return chosen(a < b, a, b); }

/// The largest entry's magnitude, 1 for the zero matrix.
[[gnu::always_inline]] inline float size_of(symmetric_matrix<float> const& a) {
  float const diagonal = larger(larger(absolute(a.zz), absolute(a.yy)), absolute(a.xx));
  float const others = larger(larger(absolute(a.zy), absolute(a.zx)), absolute(a.yx));
  float const size = larger(diagonal, others);
  return chosen(size > 0, size, 1.0f);
}

[[gnu::always_inline]] inline symmetric_matrix<float> divided(symmetric_matrix<float> const& a,
                                                              float size) {
  return {a.zz / size, a.zy / size, a.zx / size, a.yy / size, a.yx / size, a.xx / size};
}

/// The same bits, where quotient() may be used.
template <class Target>
[[gnu::always_inline]] inline symmetric_matrix<float>
divided_by_reciprocal(symmetric_matrix<float> const& a, float size) {
  float const r = 1.0f / size;
  return {quotient<Target>(a.zz, size, r), quotient<Target>(a.zy, size, r),
          quotient<Target>(a.zx, size, r), quotient<Target>(a.yy, size, r),
          quotient<Target>(a.yx, size, r), quotient<Target>(a.xx, size, r)};
}

/// The determinant, terms from left to right as in fastfilters.
template <class Target>
[[gnu::always_inline]] inline float determinant(symmetric_matrix<float> const& a) {
  float sum = rounded<Target>(a.zz * a.yy, a.xx);
  sum += rounded<Target>(2 * a.zy * a.zx, a.yx);
  sum -= rounded<Target>(a.zz * a.yx, a.yx);
  sum -= rounded<Target>(a.yy * a.zx, a.zx);
  sum -= rounded<Target>(a.xx * a.zy, a.zy);
  return sum;
}

/// The sum of the principal minors, likewise.
template <class Target>
[[gnu::always_inline]] inline float minors(symmetric_matrix<float> const& a) {
  float sum = rounded<Target>(a.zz, a.yy);
  sum -= rounded<Target>(a.zy, a.zy);
  sum += rounded<Target>(a.zz, a.xx);
  sum -= rounded<Target>(a.zx, a.zx);
  sum += rounded<Target>(a.yy, a.xx);
  sum -= rounded<Target>(a.yx, a.yx);
  return sum;
}

template <class Target>
[[gnu::always_inline]] inline polynomial_roots roots_of(symmetric_matrix<float> const& a) {
  constexpr float third = 1.0f / 3.0f;
  float const trace = a.zz + a.yy + a.xx;
  float const mean = rounded<Target>(trace, third);
  float const c1 = minors<Target>(a);
  float const p = smaller((c1 - rounded<Target>(trace, mean)) * third, 0.0f);
  float const inner = rounded<Target>(2 * mean, mean) - c1;
  float const x = 0.5f * (determinant<Target>(a) + rounded<Target>(mean, inner));
  float const q = smaller(rounded<Target>(x, x) + rounded<Target>(p * p, p), 0.0f);
  return {mean, -p, x, -q};
}

/// The directions of the roots: cos(angle / 3) and sqrt(3) sin(angle / 3).
struct root_directions {
  float cosine, sine;
};

template <class Target>
[[gnu::always_inline]] inline root_directions directions_of(float angle) {
  constexpr float third = 1.0f / 3.0f;
  constexpr float root_of_three = 1.7320508f;
  float const a = angle * third;
  return {cosine<Target>(a), rounded<Target>(root_of_three, sine<Target>(a))};
}

/// The eigenvalues of the matrix before it was divided by `size`.
template <class Target>
[[gnu::always_inline]] inline three_values<float> assembled(float mean, float radius,
                                                            root_directions to, float size) {
  float const a = mean + rounded<Target>(2 * radius, to.cosine);
  float const b = mean - rounded<Target>(radius, to.cosine + to.sine);
  float const d = mean - rounded<Target>(radius, to.cosine - to.sine);
  float const low = smaller(b, d);
  float const high = larger(b, d);
  return {larger(a, high) * size, larger(smaller(a, high), low) * size,
          smaller(smaller(a, high), low) * size};
}

}  // namespace detail

/// The eigenvalues of one matrix of floats, as ilastik gives them: within about 2e-3 of its norm
/// where they are nearly equal, within some 1e-6 where they are apart. The zero matrix has zeros.
template <class Target>
[[nodiscard]] inline three_values<float> eigenvalues_3d(symmetric_matrix<float> const& a) {
  float const size = detail::size_of(a);
  auto const r = detail::roots_of<Target>(detail::divided(a, size));
  float const angle = detail::angle_of<Target>(__builtin_sqrtf(r.y_square), r.x);
  return detail::assembled<Target>(r.mean, __builtin_sqrtf(r.radius_square),
                                   detail::directions_of<Target>(angle), size);
}

}  // namespace voxstitch::features
