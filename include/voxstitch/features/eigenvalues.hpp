// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What are the eigenvalues of a small symmetric matrix, the same on every processor?

#include <cstdint>

#include "voxstitch/core/arithmetic.hpp"

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

/// The next iterate to 1 / sqrt(2 half).
template <class Target>
[[gnu::always_inline]] inline double newton(double half, double y) {
  return rounded<Target>(y, 1.5 - rounded<Target>(rounded<Target>(half, y), y));
}

/// 1 / sqrt(x) within a few units of the last place; 0 and denormals give something finite, so that
/// x times it is 0. Newton's iteration from the exponent's half (the first guess is 3.5 % off):
/// sqrt is not vectorised where it could set errno, and this is no slower.
template <class Target>
[[gnu::always_inline]] inline double inverse_root(double x) {
  std::uint64_t const exponent = __builtin_bit_cast(std::uint64_t, x) >> 1;
  double const guess = __builtin_bit_cast(double, 0x5FE6EB50C7B537A9ull - exponent);
  double const half = rounded<Target>(0.5, x);
  double const once = newton<Target>(half, guess);
  double const twice = newton<Target>(half, once);
  return newton<Target>(half, newton<Target>(half, twice));
}

/// `b` where the sign bit of `s` is set, else `a`, without a branch that would stop a loop from
/// being vectorised.
[[gnu::always_inline]] inline double by_sign(double s, double a, double b) {
  std::uint64_t const negative = 0 - (__builtin_bit_cast(std::uint64_t, s) >> 63);
  return __builtin_bit_cast(double, (__builtin_bit_cast(std::uint64_t, a) & ~negative) |
                                        (__builtin_bit_cast(std::uint64_t, b) & negative));
}

/// a * b + c * d, every product rounded.
template <class Target>
[[gnu::always_inline]] inline double sum_of_products(double a, double b, double c, double d) {
  return rounded<Target>(a, b) + rounded<Target>(c, d);
}
template <class Target>
[[gnu::always_inline]] inline double difference_of_products(double a, double b, double c,
                                                            double d) {
  return rounded<Target>(a, b) - rounded<Target>(c, d);
}

/// a + t * (b + t * (c + t * d)), evaluated in two halves.
template <class Target>
[[gnu::always_inline]] inline double cubic(double t, double t2, double a, double b, double c,
                                           double d) {
  return (a + rounded<Target>(t, b)) + rounded<Target>(t2, c + rounded<Target>(t, d));
}

/// 2 cos(acos(w) / 3) for 0 <= w <= 1 within 2e-15: the largest root of x^3 - 3 x = 2 w. It is
/// analytic there (the nearest singularity is w = -1): a Chebyshev interpolation of degree 16 in
/// 2 w - 1, written as powers and summed in groups of four.
template <class Target>
[[gnu::always_inline]] inline double largest_root(double w) {
  double const t = (w + w) - 1;
  double const t2 = rounded<Target>(t, t);
  double const t4 = rounded<Target>(t2, t2);
  double const p0 = cubic<Target>(t, t2, 1.8793852415718167681, 0.1316436145448870372,
                                  -0.012862827975324354623, 0.0022133099122721271204);
  double const p4 = cubic<Target>(t, t2, -0.00046729055901092023126, 0.00010982882893054375575,
                                  -0.000027582554031489113059, 7.2466311034199802716e-6);
  double const p8 = cubic<Target>(t, t2, -1.9670908398019666852e-6, 5.4718247327215680559e-7,
                                  -1.5524124233390012728e-7, 4.5069872036589509105e-8);
  double const p12 = cubic<Target>(t, t2, -1.3161849628122757612e-8, 3.5283042941526832488e-9,
                                   -1.0478912216764899182e-9, 5.1771781340806267609e-10);
  double const upper = p12 + rounded<Target>(t4, -1.5718812332702253797e-10);
  return p0 + rounded<Target>(t4, p4 + rounded<Target>(t4, p8 + rounded<Target>(t4, upper)));
}

/// A matrix A without its mean eigenvalue m: B = A - m 1; `adjugate` is B^2 - tr(B^2) / 3, which
/// has the off-diagonal entries of B's adjugate.
struct deviation {
  double mean;
  double p2;           ///< tr(B^2) / 6
  double determinant;  ///< of B
  symmetric_matrix<double> matrix;
  symmetric_matrix<double> adjugate;
};

template <class Target>
[[gnu::always_inline]] inline deviation deviation_of(symmetric_matrix<double> const& a) {
  double const m = rounded<Target>((a.zz + a.yy) + a.xx, 1.0 / 3);
  double const zz = a.zz - m, yy = a.yy - m, xx = a.xx - m;
  double const zy2 = rounded<Target>(a.zy, a.zy);
  double const zx2 = rounded<Target>(a.zx, a.zx);
  double const yx2 = rounded<Target>(a.yx, a.yx);
  double const row_z = rounded<Target>(zz, zz) + (zy2 + zx2);
  double const row_y = rounded<Target>(yy, yy) + (zy2 + yx2);
  double const row_x = rounded<Target>(xx, xx) + (zx2 + yx2);
  double const square = (row_z + row_y) + row_x;
  double const third = rounded<Target>(square, 1.0 / 3);
  double const c_zy = difference_of_products<Target>(a.zx, a.yx, a.zy, xx);
  double const c_zx = difference_of_products<Target>(a.zy, a.yx, a.zx, yy);
  double const c_yx = difference_of_products<Target>(a.zy, a.zx, a.yx, zz);
  double const minor = rounded<Target>(yy, xx) - yx2;
  double const determinant =
      sum_of_products<Target>(a.zy, c_zy, a.zx, c_zx) + rounded<Target>(zz, minor);
  return {m,
          rounded<Target>(square, 1.0 / 6),
          determinant,
          {zz, a.zy, a.zx, yy, a.yx, xx},
          {row_z - third, c_zy, c_zx, row_y - third, c_yx, row_x - third}};
}

/// The eigenvalue that lies apart from the others is the mean + signed_p * root.
struct apart_eigenvalue {
  double signed_p;  ///< p, with the determinant's sign
  double root;      ///< from sqrt(3) to 2
};

template <class Target>
[[gnu::always_inline]] inline apart_eigenvalue apart_eigenvalue_of(double p2, double inverse_p,
                                                                   double determinant) {
  double const half = __builtin_copysign(0.5, determinant);
  // (one factor after the other: for B = 0 the product of the inverses is infinite)
  double const volume = rounded<Target>(rounded<Target>(determinant, half), inverse_p);
  double const w = rounded<Target>(rounded<Target>(volume, inverse_p), inverse_p);
  double const signed_p = rounded<Target>(rounded<Target>(p2, inverse_p), half + half);
  return {signed_p, largest_root<Target>(w)};
}

/// The square of the norm of N = p (x^2 - 2) sign(r) B - x (B^2 - 2 p^2).
template <class Target>
[[gnu::always_inline]] inline double rest_square(symmetric_matrix<double> const& b,
                                                 symmetric_matrix<double> const& c, double signed_p,
                                                 double x) {
  double const f = rounded<Target>(signed_p, rounded<Target>(x, x) - 2);
  double const zz = difference_of_products<Target>(f, b.zz, x, c.zz);
  double const yy = difference_of_products<Target>(f, b.yy, x, c.yy);
  double const xx = difference_of_products<Target>(f, b.xx, x, c.xx);
  double const zy = difference_of_products<Target>(f, b.zy, x, c.zy);
  double const zx = difference_of_products<Target>(f, b.zx, x, c.zx);
  double const yx = difference_of_products<Target>(f, b.yx, x, c.yx);
  double const off = sum_of_products<Target>(zy, zy, zx, zx) + rounded<Target>(yx, yx);
  return (sum_of_products<Target>(zz, zz, yy, yy) + rounded<Target>(xx, xx)) + (off + off);
}

/// All three, from the mean, the one that lies apart and the norm of what is left.
template <class Target>
[[gnu::always_inline]] inline three_values<double> assembled(double mean, apart_eigenvalue const& e,
                                                             double inverse_p, double rest_norm) {
  constexpr double inverse_root_of_8 = 0.35355339059327376220;
  double const x2 = rounded<Target>(e.root, e.root);
  double const h =
      rounded<Target>(rounded<Target>(rest_norm, inverse_root_of_8), inverse_p) / (x2 - 1);
  double const shift = rounded<Target>(e.signed_p, e.root);
  double const apart = mean + shift;
  double const center = mean - rounded<Target>(0.5, shift);
  double const upper = center + h;
  double const lower = center - h;
  return {by_sign(shift, apart, upper), by_sign(shift, upper, lower), by_sign(shift, lower, apart)};
}

}  // namespace detail

/// The eigenvalues of a matrix of floats, within 1e-14 of its norm, also where two or three of them
/// are nearly equal; in double, without branches, so that loops over it vectorise.
///
/// With m = trace / 3, B = A - m 1 and p^2 = tr(B^2) / 6 the eigenvalues of B / p are the roots of
/// x^3 - 3 x = 2 r, r = det(B / p) / 2. The root that lies apart, sign(r) x with x from sqrt(3) to
/// 2, is well conditioned. The other two lie h on either side of -sign(r) x / 2; taking h from the
/// polynomial would lose half of the digits where they are close. Instead it is the norm of what B
/// is beside that eigenvector: N = (x^2 - 2) sign(r) B - x (B^2 - 2), h = |N| / (sqrt(8) (x^2 -
/// 1)), both for p = 1.
template <class Target>
[[gnu::always_inline]] inline three_values<double>
eigenvalues_3d(symmetric_matrix<double> const& a) {
  detail::deviation const d = detail::deviation_of<Target>(a);
  double const inverse_p = detail::inverse_root<Target>(d.p2);
  auto const e = detail::apart_eigenvalue_of<Target>(d.p2, inverse_p, d.determinant);
  double const rest = detail::rest_square<Target>(d.matrix, d.adjugate, e.signed_p, e.root);
  double const rest_norm = rounded<Target>(rest, detail::inverse_root<Target>(rest));
  return detail::assembled<Target>(d.mean, e, inverse_p, rest_norm);
}

}  // namespace voxstitch::features
