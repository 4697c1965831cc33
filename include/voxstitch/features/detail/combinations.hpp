// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do filtered rows become features, voxel by voxel?
///
/// Products and sums are rounded one by one, as ilastik's own build rounds them: nothing is fused.

#include "voxstitch/core/arithmetic.hpp"
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

/// Products of the gradient's components (in: x, y, z), `stride` floats apart: in 2D xx, xy, yy, in
/// 3D zz, zy, zx, yy, yx, xx.
struct product_rows {
  float const* in[3] = {};
  float* out = nullptr;
  index_t stride = 0;
  index_t count = 0;
};

template <int Dimensions>
struct products {
  template <class Target>
  [[gnu::always_inline]] static inline void run(product_rows const& r) {
    float const *x = r.in[0], *y = r.in[1], *z = r.in[2];
    float* out[6];
    for (int i = 0; i < 6; ++i) out[i] = r.out + i * (Dimensions == 3 || i < 3 ? r.stride : 0);
    float *o0 = out[0], *o1 = out[1], *o2 = out[2], *o3 = out[3], *o4 = out[4], *o5 = out[5];
    index_t const count = whole_vectors(r.count);
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      if constexpr (Dimensions == 3) {
        o0[i] = z[i] * z[i];
        o1[i] = z[i] * y[i];
        o2[i] = z[i] * x[i];
        o3[i] = y[i] * y[i];
        o4[i] = y[i] * x[i];
        o5[i] = x[i] * x[i];
      } else {
        o0[i] = x[i] * x[i];
        o1[i] = x[i] * y[i];
        o2[i] = y[i] * y[i];
      }
    }
  }
};

}  // namespace voxstitch::features::detail
