// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is done with the codes and masks of a packet's lanes, with x86-64
/// instructions?
///
/// The meaning of each function is that of its namesake in
/// lane_operations_portable.hpp.

#if defined(__x86_64__)

#include <immintrin.h>

#include "voxstitch/classify/detail/lane_operations_portable.hpp"
#include "voxstitch/core/simd.hpp"

namespace voxstitch::classify::detail {

/// The bytes' highest bits (SSE2, which every x86-64 has).
[[nodiscard]] inline std::uint64_t bits_of(__m128i bytes) {
  return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes));
}

[[nodiscard]] inline bool compare_codes(simd::baseline, std::int8_t const* codes, std::int8_t pivot,
                                        lane_mask const& mask, lane_mask& less) {
  __m128i const p = _mm_set1_epi8(pivot);
  std::uint64_t open = 0;
  for (std::size_t word = 0; word < words_per_mask; ++word) {
    std::uint64_t below = 0;
    std::uint64_t same = 0;
    for (int i = 0; i < 4; ++i, codes += 16) {
      __m128i const c = _mm_loadu_si128(reinterpret_cast<__m128i const*>(codes));
      below |= bits_of(_mm_cmpgt_epi8(p, c)) << (16 * i);
      same |= bits_of(_mm_cmpeq_epi8(p, c)) << (16 * i);
    }
    less.words[word] = below;
    open |= same & mask.words[word];
  }
  return open != 0;
}

[[nodiscard]] inline lane_mask same_codes(simd::baseline, std::int8_t const* codes,
                                          std::int8_t pivot, lane_mask const& mask) {
  lane_mask same{};
  __m128i const p = _mm_set1_epi8(pivot);
  for (std::size_t i = 0; i < lanes; i += 16) {
    __m128i const c = _mm_loadu_si128(reinterpret_cast<__m128i const*>(codes + i));
    same.words[i / lanes_per_word] |= bits_of(_mm_cmpeq_epi8(p, c)) << (i % lanes_per_word);
  }
  for (std::size_t word = 0; word < words_per_mask; ++word) same.words[word] &= mask.words[word];
  return same;
}

inline occupied_sides split(simd::baseline, lane_mask const& mask, lane_mask const& less,
                            lane_mask& left, lane_mask& right) {
  return portable::split(mask, less, left, right);
}

inline void count(simd::baseline, std::uint8_t* counters, lane_mask const& mask) {
  portable::count(counters, mask);
}

VOXSTITCH_TARGET_AVX2 [[nodiscard]] inline bool compare_codes(simd::avx2, std::int8_t const* codes,
                                                              std::int8_t pivot,
                                                              lane_mask const& mask,
                                                              lane_mask& less) {
  __m256i const p = _mm256_set1_epi8(pivot);
  std::uint32_t open = 0;
  auto* const below = reinterpret_cast<char*>(less.words.data());
  auto const* const wanted = reinterpret_cast<char const*>(mask.words.data());
  for (std::size_t i = 0; i < 8; ++i, codes += 32) {
    __m256i const c = _mm256_loadu_si256(reinterpret_cast<__m256i const*>(codes));
    auto const bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpgt_epi8(p, c)));
    std::memcpy(below + 4 * i, &bits, 4);
    std::uint32_t m;
    std::memcpy(&m, wanted + 4 * i, 4);
    open |= m & static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(p, c)));
  }
  return open != 0;
}

VOXSTITCH_TARGET_AVX2 inline occupied_sides
split(simd::avx2, lane_mask const& mask, lane_mask const& less, lane_mask& left, lane_mask& right) {
  __m256i const m = _mm256_load_si256(reinterpret_cast<__m256i const*>(&mask));
  __m256i const s = _mm256_load_si256(reinterpret_cast<__m256i const*>(&less));
  _mm256_store_si256(reinterpret_cast<__m256i*>(&left), _mm256_and_si256(m, s));
  _mm256_store_si256(reinterpret_cast<__m256i*>(&right), _mm256_andnot_si256(s, m));
  return {_mm256_testz_si256(m, s) == 0, _mm256_testc_si256(s, m) == 0};
}

VOXSTITCH_TARGET_AVX2 inline void count(simd::avx2, std::uint8_t* counters, lane_mask const& mask) {
  __m256i const place = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201u));
  __m256i const spread = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2,
                                          2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
  for (int i = 0; i < 8; ++i) {
    auto const bits = mask.words[static_cast<std::size_t>(i) / 2] >> (32 * (i % 2));
    __m256i const part = _mm256_set1_epi32(static_cast<int>(bits));
    __m256i const here = _mm256_and_si256(_mm256_shuffle_epi8(part, spread), place);
    auto* const counter = reinterpret_cast<__m256i*>(counters) + i;
    __m256i const set = _mm256_cmpeq_epi8(here, place);  // -1 where the bit is set
    _mm256_storeu_si256(counter, _mm256_sub_epi8(_mm256_loadu_si256(counter), set));
  }
}

VOXSTITCH_TARGET_AVX2 [[nodiscard]] inline lane_mask
same_codes(simd::avx2, std::int8_t const* codes, std::int8_t pivot, lane_mask const& mask) {
  lane_mask same{};
  __m256i const p = _mm256_set1_epi8(pivot);
  for (std::size_t i = 0; i < lanes; i += 32) {
    __m256i const c = _mm256_loadu_si256(reinterpret_cast<__m256i const*>(codes + i));
    same.words[i / lanes_per_word] |=
        std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(p, c)))}
        << (i % lanes_per_word);
  }
  for (std::size_t word = 0; word < words_per_mask; ++word) same.words[word] &= mask.words[word];
  return same;
}

VOXSTITCH_TARGET_AVX512 [[nodiscard]] inline bool
compare_codes(simd::avx512, std::int8_t const* codes, std::int8_t pivot, lane_mask const& mask,
              lane_mask& less) {
  __m512i const p = _mm512_set1_epi8(pivot);
  __m512i const a = _mm512_loadu_si512(codes);
  __m512i const b = _mm512_loadu_si512(codes + 64);
  __m512i const c = _mm512_loadu_si512(codes + 128);
  __m512i const d = _mm512_loadu_si512(codes + 192);
  less.words[0] = _mm512_cmplt_epi8_mask(a, p);
  less.words[1] = _mm512_cmplt_epi8_mask(b, p);
  less.words[2] = _mm512_cmplt_epi8_mask(c, p);
  less.words[3] = _mm512_cmplt_epi8_mask(d, p);
  __mmask64 const ab = _kor_mask64(_mm512_mask_cmpeq_epi8_mask(mask.words[0], a, p),
                                   _mm512_mask_cmpeq_epi8_mask(mask.words[1], b, p));
  __mmask64 const cd = _kor_mask64(_mm512_mask_cmpeq_epi8_mask(mask.words[2], c, p),
                                   _mm512_mask_cmpeq_epi8_mask(mask.words[3], d, p));
  return _kortestz_mask64_u8(ab, cd) == 0;
}

VOXSTITCH_TARGET_AVX512 inline occupied_sides split(simd::avx512, lane_mask const& mask,
                                                    lane_mask const& less, lane_mask& left,
                                                    lane_mask& right) {
  __m256i const m = _mm256_load_si256(reinterpret_cast<__m256i const*>(&mask));
  __m256i const s = _mm256_load_si256(reinterpret_cast<__m256i const*>(&less));
  _mm256_store_si256(reinterpret_cast<__m256i*>(&left), _mm256_and_si256(m, s));
  _mm256_store_si256(reinterpret_cast<__m256i*>(&right), _mm256_andnot_si256(s, m));
  return {_mm256_testz_si256(m, s) == 0, _mm256_testc_si256(s, m) == 0};
}

VOXSTITCH_TARGET_AVX512 inline void count(simd::avx512, std::uint8_t* counters,
                                          lane_mask const& mask) {
  for (std::uint64_t bits : mask.words) {
    __m512i const sum = _mm512_loadu_si512(counters);
    _mm512_storeu_si512(counters, _mm512_mask_add_epi8(sum, bits, sum, _mm512_set1_epi8(1)));
    counters += 64;
  }
}

VOXSTITCH_TARGET_AVX512 [[nodiscard]] inline lane_mask
same_codes(simd::avx512, std::int8_t const* codes, std::int8_t pivot, lane_mask const& mask) {
  lane_mask same;
  __m512i const p = _mm512_set1_epi8(pivot);
  for (std::size_t word = 0; word < words_per_mask; ++word)
    same.words[word] =
        _mm512_mask_cmpeq_epi8_mask(mask.words[word], p, _mm512_loadu_si512(codes + 64 * word));
  return same;
}

}  // namespace voxstitch::classify::detail

#endif
