// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are voxels smoothed with a Gaussian of many taps?

#include <algorithm>

#include "voxstitch/core/arithmetic.hpp"
#include "voxstitch/features/detail/vector_loop.hpp"

namespace voxstitch::features::detail {

/// Columns that are smoothed at once across rows: 64 x (2 * 35 + 1) floats, 18 KB, stay in the
/// first cache at sigma 10, and the distance of two rows is known to the compiler.
inline constexpr index_t strip_columns = 64;

/// Lines to be smoothed along one axis. Along y and z (`Step` = strip_columns) the lines are the
/// rows of a strip; along x (`Step` = 1) one line of any length lies in memory as it is.
struct long_lines {
  float const* center = nullptr;  ///< first voxel of the first output row
  float* out = nullptr;
  index_t rows = 1;
  index_t out_stride = 0;
  index_t count = 0;  ///< floats per row, a multiple of vector_floats; with rows at most a strip
  float const* weights = nullptr;
  index_t radius = 0;
};

/// Taps whose sums are added in one go, between one reading and one writing of the partial result.
inline constexpr index_t taps_at_once = 4;

template <index_t Step>
struct long_filter {
  template <class Target>
  [[gnu::always_inline]] static inline void run(long_lines const& l) {
    for (index_t row = 0; row < l.rows; ++row)
      for (index_t x = 0; x < l.count; x += strip_columns) {
        index_t const count = std::min(strip_columns, l.count - x) / vector_floats * vector_floats;
        smooth<Target>(l, l.center + row * Step + x, l.out + row * l.out_stride + x, count);
      }
  }

 private:
  template <class Target>
  [[gnu::always_inline]] static inline void smooth(long_lines const& l, float const* center,
                                                   float* out, index_t count) {
    alignas(64) float sums[strip_columns];
    float const middle = l.weights[0];
    float* const first = l.radius == 0 ? out : sums;
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) first[i] = rounded<Target>(middle, center[i]);
    index_t k = 1;
    for (; k + taps_at_once <= l.radius; k += taps_at_once)
      add_taps<Target, taps_at_once>(l.weights + k, center, k, sums, sums, count);
    index_t const left = l.radius + 1 - k;
    if (left == 4) add_taps<Target, 4>(l.weights + k, center, k, sums, out, count);
    if (left == 3) add_taps<Target, 3>(l.weights + k, center, k, sums, out, count);
    if (left == 2) add_taps<Target, 2>(l.weights + k, center, k, sums, out, count);
    if (left == 1) add_taps<Target, 1>(l.weights + k, center, k, sums, out, count);
  }

  /// Adds taps k, k + 1, ... to the sums of the taps before them.
  template <class Target, int Taps>
  [[gnu::always_inline]] static inline void add_taps(float const* weights, float const* center,
                                                     index_t k, float const* sums, float* out,
                                                     index_t count) {
    float const* const right = center + k * Step;
    float const* const left = center - k * Step;
    float const w0 = weights[0];
    float const w1 = weights[Taps > 1 ? 1 : 0];
    float const w2 = weights[Taps > 2 ? 2 : 0];
    float const w3 = weights[Taps > 3 ? 3 : 0];
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      float s = fused<Target>(w0, right[i] + left[i], sums[i]);
      if constexpr (Taps > 1) s = fused<Target>(w1, right[i + Step] + left[i - Step], s);
      if constexpr (Taps > 2) s = fused<Target>(w2, right[i + 2 * Step] + left[i - 2 * Step], s);
      if constexpr (Taps > 3) s = fused<Target>(w3, right[i + 3 * Step] + left[i - 3 * Step], s);
      out[i] = s;
    }
  }
};

}  // namespace voxstitch::features::detail
