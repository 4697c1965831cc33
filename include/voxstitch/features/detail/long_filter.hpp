// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are voxels smoothed with a Gaussian of many taps?

#include <algorithm>

#include "voxstitch/core/arithmetic.hpp"
#include "voxstitch/features/detail/vector_loop.hpp"

namespace voxstitch::features::detail {

/// Columns that are smoothed at once: one cache line of every row, so that all rows that the
/// outputs read stay in the first cache, 108 lines for 38 outputs at sigma 10.
inline constexpr index_t strip_columns = vector_floats;

/// Rows to be smoothed across: output row i is made of the input rows `center[i - radius]` to
/// `center[i + radius]`. Rows may lie anywhere: border rows are found by their mirror images, and
/// the rows of an axis that is not x need not be gathered.
struct long_rows {
  float const* const* center = nullptr;
  float* out = nullptr;
  index_t rows = 1;  ///< of the output
  index_t out_stride = 0;
  index_t count = 0;  ///< floats per row, a multiple of strip_columns
  float const* weights = nullptr;
  index_t radius = 0;
  index_t ahead = 0;  ///< floats from a row to that which will be read next from far away, or 0
};

/// Several output rows at once share their loads: output i's tap k + 1 is output i + 1's tap k.
struct long_filter {
  template <class Target>
  [[gnu::always_inline]] static inline void run(long_rows const& l) {
    index_t row = 0;
    for (; row + rows_at_once <= l.rows; row += rows_at_once)
      smooth_rows<Target, rows_at_once>(l, row);
    if (row < l.rows && row > 0) {  // the last ones once more
      smooth_rows<Target, rows_at_once>(l, l.rows - rows_at_once);
      row = l.rows;
    }
    for (; row < l.rows; ++row) smooth_rows<Target, 1>(l, row);
  }

 private:
  static constexpr index_t rows_at_once = 8;
  /// Taps whose sums are added in one go, between one reading and one writing of the partial sums.
  static constexpr index_t taps_at_once = 4;

  /// Some columns of some rows: where tap k's input rows and the sums stand.
  struct strip {
    float const* const* center;
    index_t x;
    float const* weights;
    float* sums;  ///< strip_columns apart
    float* out;
    index_t out_stride;
  };

  template <class Target, int Rows>
  [[gnu::always_inline]] static inline void smooth_rows(long_rows const& l, index_t row) {
    // the share of these rows in what is asked for ahead
    index_t const inputs = l.ahead == 0 ? 0 : l.rows + 2 * l.radius;
    index_t const begin = row * inputs / l.rows - l.radius;
    index_t const end = std::min(row + Rows, l.rows) * inputs / l.rows - l.radius;
    for (index_t x = 0; x < l.count; x += strip_columns) {
      for (index_t i = begin; i < end; ++i) __builtin_prefetch(l.center[i] + l.ahead + x, 0, 2);
      prefetch<Rows>(l, row + Rows, x);
      smooth<Target, Rows>(l, row, x);
    }
  }

  /// Asks for what the next rows at once read and write: rows far apart, which the processor does
  /// not foresee.
  template <int Rows>
  [[gnu::always_inline]] static inline void prefetch(long_rows const& l, index_t row, index_t x) {
    index_t const last = l.rows - 1;
    for (int i = 0; i < Rows; ++i) {
      __builtin_prefetch(l.center[std::min(row + i, last) + l.radius] + x);
      __builtin_prefetch(l.out + (row + i) * l.out_stride + x, 1);
    }
  }

  template <class Target, int Rows>
  [[gnu::always_inline]] static inline void smooth(long_rows const& l, index_t row, index_t x) {
    alignas(64) float sums[Rows * strip_columns];
    float* const out = l.out + row * l.out_stride + x;
    strip const s{l.center + row, x, l.weights, sums, out, l.out_stride};
    if (l.radius <= taps_at_once) return finish<Target, Rows, true>(s, 1, l.radius);
    add_taps<Target, Rows, taps_at_once, true>(s, 1, sums, strip_columns);
    index_t k = 1 + taps_at_once;
    for (; k + taps_at_once <= l.radius; k += taps_at_once)
      add_taps<Target, Rows, taps_at_once, false>(s, k, sums, strip_columns);
    finish<Target, Rows, false>(s, k, l.radius + 1 - k);
  }

  /// Adds the last taps, at most taps_at_once of them.
  template <class Target, int Rows, bool First>
  [[gnu::always_inline]] static inline void finish(strip const& s, index_t k, index_t taps) {
    if (taps == 0) add_taps<Target, Rows, 0, First>(s, k, s.out, s.out_stride);
    if (taps == 1) add_taps<Target, Rows, 1, First>(s, k, s.out, s.out_stride);
    if (taps == 2) add_taps<Target, Rows, 2, First>(s, k, s.out, s.out_stride);
    if (taps == 3) add_taps<Target, Rows, 3, First>(s, k, s.out, s.out_stride);
    if (taps == 4) add_taps<Target, Rows, 4, First>(s, k, s.out, s.out_stride);
  }

  /// Adds taps k, k + 1, ... to the sums of the taps before them; `First` makes these from the
  /// middle one.
  template <class Target, int Rows, int Taps, bool First>
  [[gnu::always_inline]] static inline void add_taps(strip const& s, index_t k, float* to,
                                                     index_t to_stride) {
    constexpr int inputs = Rows + (Taps > 0 ? Taps - 1 : 0);
    float const* right[inputs];  // of tap k, row 0 on
    float const* left[inputs];   // of tap k, last row on, backwards
    float w[Taps + 1];
    for (int j = 0; j < inputs && Taps > 0; ++j) {
      right[j] = s.center[k + j] + s.x;
      left[j] = s.center[Rows - 1 - k - j] + s.x;
    }
    for (int t = 0; t < Taps; ++t) w[t] = s.weights[k + t];
    float const* const sums = s.sums;
    float const middle = s.weights[0];
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < strip_columns; ++i) {
      float r[inputs];
      float l[inputs];
      VOXSTITCH_UNROLLED
      for (int j = 0; j < inputs; ++j) {
        r[j] = Taps > 0 ? right[j][i] : 0.0f;
        l[j] = Taps > 0 ? left[j][i] : 0.0f;
      }
      VOXSTITCH_UNROLLED
      for (int row = 0; row < Rows; ++row) {
        float a =
            First ? rounded<Target>(middle, s.center[row][s.x + i]) : sums[row * strip_columns + i];
        VOXSTITCH_UNROLLED
        for (int t = 0; t < Taps; ++t)
          a = fused<Target>(w[t], r[row + t] + l[Rows - 1 - row + t], a);
        to[row * to_stride + i] = a;
      }
    }
  }
};

}  // namespace voxstitch::features::detail
