// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are square roots taken row by row?
///
/// By instruction, because a compiler that has to set errno for negative numbers does not vectorise
/// sqrt. The instruction rounds correctly on every processor.

#include <type_traits>

#include "voxstitch/features/detail/vector_loop.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace voxstitch::features::detail {

#if defined(__x86_64__)

inline void square_roots_baseline(float* row, index_t count) {
  for (index_t i = 0; i < count; i += 4) _mm_storeu_ps(row + i, _mm_sqrt_ps(_mm_loadu_ps(row + i)));
}
VOXSTITCH_TARGET_AVX2 inline void square_roots_avx2(float* row, index_t count) {
  for (index_t i = 0; i < count; i += 8)
    _mm256_storeu_ps(row + i, _mm256_sqrt_ps(_mm256_loadu_ps(row + i)));
}
VOXSTITCH_TARGET_AVX512 inline void square_roots_avx512(float* row, index_t count) {
  for (index_t i = 0; i < count; i += 16)
    _mm512_storeu_ps(row + i, _mm512_maskz_sqrt_ps(0xFFFF, _mm512_loadu_ps(row + i)));
}

#else

inline void square_roots_baseline(float* row, index_t count) {
  for (index_t i = 0; i < count; ++i) row[i] = __builtin_sqrtf(row[i]);
}
inline void square_roots_avx2(float* row, index_t count) { square_roots_baseline(row, count); }
inline void square_roots_avx512(float* row, index_t count) { square_roots_baseline(row, count); }

#endif

/// Replaces `count` floats, a multiple of vector_floats, by their square roots.
template <class Target>
[[gnu::always_inline]] inline void square_roots(float* row, index_t count) {
  if constexpr (std::is_same_v<Target, simd::avx512>)
    square_roots_avx512(row, count);
  else if constexpr (std::is_same_v<Target, simd::avx2>)
    square_roots_avx2(row, count);
  else
    square_roots_baseline(row, count);
}

}  // namespace voxstitch::features::detail
