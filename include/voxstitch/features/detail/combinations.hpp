// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do filtered rows become features, voxel by voxel?
///
/// Products and sums are rounded one by one, as ilastik's own build rounds them: nothing is fused.

#include "voxstitch/core/arithmetic.hpp"
#include "voxstitch/features/detail/line_filter.hpp"
#include "voxstitch/features/detail/square_roots.hpp"

namespace voxstitch::features::detail {

/// Rows of the same length, in and out; `count` is a multiple of vector_floats.
struct row_set {
  float const* in[3] = {};
  float* out[3] = {};
  index_t count = 0;
};

[[nodiscard]] constexpr index_t whole_vectors(index_t count) {
  return count / vector_floats * vector_floats;
}

/// out = in[0] - in[1]
struct difference {
  template <class Target>
  [[gnu::always_inline]] static inline void run(row_set const& r) {
    float const *a = r.in[0], *b = r.in[1];
    float* out = r.out[0];
    index_t const count = whole_vectors(r.count);
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) out[i] = a[i] - b[i];
  }
};

/// out = in[0] + in[1] (+ in[2])
template <int Dimensions>
struct sum {
  template <class Target>
  [[gnu::always_inline]] static inline void run(row_set const& r) {
    float const *a = r.in[0], *b = r.in[1], *c = r.in[2];
    float* out = r.out[0];
    index_t const count = whole_vectors(r.count);
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      float const two = a[i] + b[i];
      if constexpr (Dimensions == 3)
        out[i] = two + c[i];
      else
        out[i] = two;
    }
  }
};

/// out = sqrt(in[0]^2 + in[1]^2 (+ in[2]^2))
template <int Dimensions>
struct magnitude {
  template <class Target>
  [[gnu::always_inline]] static inline void run(row_set const& r) {
    float const *a = r.in[0], *b = r.in[1], *c = r.in[2];
    float* out = r.out[0];
    index_t const count = whole_vectors(r.count);
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      float const two = rounded<Target>(a[i], a[i]) + rounded<Target>(b[i], b[i]);
      if constexpr (Dimensions == 3)
        out[i] = two + rounded<Target>(c[i], c[i]);
      else
        out[i] = two;
    }
    square_roots<Target>(out, count);
  }
};

/// The eigenvalues of [xx xy; xy yy], in that order, largest first, all in float.
struct eigenvalues_of_2x2 {
  template <class Target>
  [[gnu::always_inline]] static inline void run(row_set const& r) {
    float const *xx = r.in[0], *xy = r.in[1], *yy = r.in[2];
    float *first = r.out[0], *second = r.out[1];
    index_t const count = whole_vectors(r.count);
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      float const d = rounded<Target>(xx[i] - yy[i], 0.5f);
      first[i] = rounded<Target>(d, d) + rounded<Target>(xy[i], xy[i]);
    }
    square_roots<Target>(first, count);
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      float const middle = rounded<Target>(xx[i] + yy[i], 0.5f);
      float const radius = first[i];
      first[i] = middle + radius;
      second[i] = middle - radius;
    }
  }
};

/// Products of two components x, y of a gradient: xx, xy, yy.
struct products_of_2 {
  template <class Target>
  [[gnu::always_inline]] static inline void run(row_set const& r) {
    float const *x = r.in[0], *y = r.in[1];
    float *xx = r.out[0], *xy = r.out[1], *yy = r.out[2];
    index_t const count = whole_vectors(r.count);
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      xx[i] = x[i] * x[i];
      xy[i] = x[i] * y[i];
      yy[i] = y[i] * y[i];
    }
  }
};

/// A plane whose derivatives along x and y, smoothed values, each after the passes along x and y,
/// lie in three planes: before, at and after it.
struct gradient_rows {
  using three_planes = std::array<float const*, 3>;
  three_planes x, y, smooth;
  std::array<float*, 6> out{};  ///< zz, zy, zx, yy, yx, xx
  index_t count = 0;
};

/// The gradient's pass along z and the products of its components.
template <int Radius>
struct gradient_products {
  template <class Target>
  [[gnu::always_inline]] static inline void run(gradient_rows const& r,
                                                filter_weights const& weights) {
    filter_weights const w = weights;
    auto const [x0, x1, x2] = r.x;
    auto const [y0, y1, y2] = r.y;
    auto const [s0, s1, s2] = r.smooth;
    auto const [zz, zy, zx, yy, yx, xx] = r.out;
    index_t const count = whole_vectors(r.count);
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      float const x = symmetric<Target, Radius>(w.smooth, x1[i], x2[i] + x0[i], 0);
      float const y = symmetric<Target, Radius>(w.smooth, y1[i], y2[i] + y0[i], 0);
      float const z = antisymmetric<Target, Radius>(w.first, s1[i], s2[i] - s0[i], 0);
      zz[i] = z * z;
      zy[i] = z * y;
      zx[i] = z * x;
      yy[i] = y * y;
      yx[i] = y * x;
      xx[i] = x * x;
    }
  }
};

}  // namespace voxstitch::features::detail
