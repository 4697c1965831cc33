// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are rows filtered along x where a vector is a cache line?
///
/// There every load that does not begin on a line costs two. So each vector is loaded once, and its
/// neighbours along x are shifted together in registers. The sums and products are those of
/// filter_along_rows, in the same order.

#include "voxstitch/features/detail/line_filter.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace voxstitch::features::detail {

#if defined(__x86_64__)

/// Columns `Shift` to `Shift + 15` of the 32 in two vectors.
template <int Shift>
VOXSTITCH_TARGET_AVX512 [[gnu::always_inline]] inline __m512 shifted(__m512 low, __m512 high) {
  if constexpr (Shift == 0) return low;
  return _mm512_castsi512_ps(_mm512_maskz_alignr_epi32(0xFFFF, _mm512_castps_si512(high),
                                                       _mm512_castps_si512(low), Shift));
}

/// symmetric() of line_filter.hpp.
template <int Radius>
VOXSTITCH_TARGET_AVX512 [[gnu::always_inline]] inline __m512
symmetric_vector(float const (&c)[3], __m512 middle, __m512 sum1, __m512 sum2) {
  __m512 const inner =
      _mm512_fmadd_ps(_mm512_set1_ps(c[1]), sum1, _mm512_mul_ps(_mm512_set1_ps(c[0]), middle));
  return Radius == 2 ? _mm512_fmadd_ps(_mm512_set1_ps(c[2]), sum2, inner) : inner;
}

/// antisymmetric() of line_filter.hpp.
template <int Radius>
VOXSTITCH_TARGET_AVX512 [[gnu::always_inline]] inline __m512
antisymmetric_vector(float const (&c)[3], __m512 diff1, __m512 diff2) {
  __m512 const inner = _mm512_mul_ps(_mm512_set1_ps(c[1]), diff1);
  return Radius == 2 ? _mm512_fmadd_ps(_mm512_set1_ps(c[2]), diff2, inner) : inner;
}

/// filter_along_rows, but that up to vector_floats are read beyond what the filter reaches.
template <int Radius, unsigned Orders>
VOXSTITCH_TARGET_AVX512 void filter_along_rows_avx512(line_batch const& b,
                                                      filter_weights const& weights) {
  static_assert(Radius > 0);
  filter_weights const w = weights;
  for (index_t row = 0; row < b.rows; ++row) {
    float const* const in = b.in + row * b.in_stride - Radius;
    output_rows<Orders> const out(b, row);
    __m512 low = _mm512_loadu_ps(in);
    for (index_t i = 0; i < b.count; i += vector_floats) {
      __m512 const high = _mm512_loadu_ps(in + i + vector_floats);
      __m512 const left2 = low;
      __m512 const left1 = shifted<Radius - 1>(low, high);
      __m512 const middle = shifted<Radius>(low, high);
      __m512 const right1 = shifted<Radius + 1>(low, high);
      __m512 const right2 = shifted<2 * Radius>(low, high);
      __m512 const sum1 = _mm512_add_ps(right1, left1);
      __m512 const sum2 = _mm512_add_ps(right2, left2);
      if constexpr ((Orders & smooth_bit) != 0)
        _mm512_storeu_ps(out.smooth + i, symmetric_vector<Radius>(w.smooth, middle, sum1, sum2));
      if constexpr ((Orders & first_bit) != 0)
        _mm512_storeu_ps(out.first + i,
                         antisymmetric_vector<Radius>(w.first, _mm512_sub_ps(right1, left1),
                                                      _mm512_sub_ps(right2, left2)));
      if constexpr ((Orders & second_bit) != 0)
        _mm512_storeu_ps(out.second + i, symmetric_vector<Radius>(w.second, middle, sum1, sum2));
      low = high;
    }
  }
}

#endif

/// The function that filters along x with the instructions of `target`.
template <int Radius, unsigned Orders>
[[nodiscard]] auto filter_along_rows_for(simd::target target)
    -> void (*)(line_batch const&, filter_weights const&) {
#if defined(__x86_64__)
  if constexpr (Radius > 0)
    if (target == simd::target::avx512) return &filter_along_rows_avx512<Radius, Orders>;
#endif
  return compiled_for<filter_along_rows<Radius, Orders>, line_batch const&, filter_weights const&>(
      target);
}

}  // namespace voxstitch::features::detail
