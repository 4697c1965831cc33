// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do columns become rows, so that a filter along x can run across rows?

#include "voxstitch/features/detail/vector_loop.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace voxstitch::features::detail {

/// to[x * to_stride + y] = from[y * from_stride + x]
struct transposition {
  float const* from = nullptr;
  index_t from_stride = 0;
  float* to = nullptr;
  index_t to_stride = 0;
  index_t rows = 0;     ///< of `from`, a multiple of 8
  index_t columns = 0;  ///< of `from`, a multiple of 8
};

inline void transpose_baseline(transposition const& t) {
  for (index_t y = 0; y < t.rows; ++y)
    for (index_t x = 0; x < t.columns; ++x)
      t.to[x * t.to_stride + y] = t.from[y * t.from_stride + x];
}

#if defined(__x86_64__)

/// Two runs of four floats as one vector.
VOXSTITCH_TARGET_AVX2 inline __m256 two_runs(float const* low, float const* high) {
  return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(low)), _mm_loadu_ps(high), 1);
}

/// Four columns of 8 rows become four rows of 8 columns.
VOXSTITCH_TARGET_AVX2 inline void transpose_8x4(float const* from, index_t stride, float* to,
                                                index_t to_stride) {
  __m256 const a = two_runs(from, from + 4 * stride);
  __m256 const b = two_runs(from + stride, from + 5 * stride);
  __m256 const c = two_runs(from + 2 * stride, from + 6 * stride);
  __m256 const d = two_runs(from + 3 * stride, from + 7 * stride);
  __m256 const ab = _mm256_unpacklo_ps(a, b), ab_high = _mm256_unpackhi_ps(a, b);
  __m256 const cd = _mm256_unpacklo_ps(c, d), cd_high = _mm256_unpackhi_ps(c, d);
  _mm256_storeu_ps(to, _mm256_shuffle_ps(ab, cd, 0x44));
  _mm256_storeu_ps(to + to_stride, _mm256_shuffle_ps(ab, cd, 0xEE));
  _mm256_storeu_ps(to + 2 * to_stride, _mm256_shuffle_ps(ab_high, cd_high, 0x44));
  _mm256_storeu_ps(to + 3 * to_stride, _mm256_shuffle_ps(ab_high, cd_high, 0xEE));
}

VOXSTITCH_TARGET_AVX2 inline void transpose_avx2(transposition const& t) {
  for (index_t x = 0; x < t.columns; x += 4)
    for (index_t y = 0; y < t.rows; y += 8)
      transpose_8x4(t.from + y * t.from_stride + x, t.from_stride, t.to + x * t.to_stride + y,
                    t.to_stride);
}

#else

inline void transpose_avx2(transposition const& t) { transpose_baseline(t); }

#endif

/// The function that transposes with the instructions of `target`.
[[nodiscard]] inline auto transpose_for(simd::target target) -> void (*)(transposition const&) {
  return simd::choose(&transpose_baseline, &transpose_avx2, &transpose_avx2, target);
}

}  // namespace voxstitch::features::detail
