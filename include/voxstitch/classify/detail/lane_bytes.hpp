// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do 64 bytes become 64 bits, and back, on each instruction set?
///
/// Plain functions with a target attribute and without vectors in their signatures: an
/// always-inline body may call them, and they join the shell that the body was inlined into.

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "voxstitch/core/simd.hpp"

namespace voxstitch::classify::detail {

/// For 64 lanes: is the byte smaller than, or the same as, one other byte?
struct byte_order {
  std::uint64_t less;
  std::uint64_t same;
};

/// How 64 unsigned bytes compare with `pivot`.
[[nodiscard]] inline byte_order compare_bytes(std::uint8_t const* bytes, std::uint8_t pivot) {
  byte_order order{0, 0};
  for (std::size_t i = 0; i < 64; ++i) {
    order.less |= std::uint64_t{bytes[i] < pivot} << i;
    order.same |= std::uint64_t{bytes[i] == pivot} << i;
  }
  return order;
}

/// Adds bit i of `bits` to byte i of `counters`.
inline void count_bits(std::uint8_t* counters, std::uint64_t bits) {
  for (std::size_t i = 0; i < 64; i += 8, bits >>= 8) {
    // Bit k of a byte is moved to byte k, and there to its lowest bit.
    std::uint64_t const spread = ((bits & 0xff) * 0x0101010101010101u) & 0x8040201008040201u;
    std::uint64_t const ones = ((spread + 0x7f7f7f7f7f7f7f7fu) | spread) >> 7;
    std::uint64_t sum;
    std::memcpy(&sum, counters + i, 8);
    sum += ones & 0x0101010101010101u;
    std::memcpy(counters + i, &sum, 8);
  }
}

inline void count_bits(simd::baseline, std::uint8_t* counters, std::uint64_t bits) {
  count_bits(counters, bits);
}

#if defined(__x86_64__)

[[nodiscard]] inline byte_order compare_bytes(simd::baseline, std::uint8_t const* bytes,
                                              std::uint8_t pivot) {
  __m128i const p = _mm_set1_epi8(static_cast<char>(pivot));
  byte_order order{0, 0};
  for (int i = 0; i < 4; ++i) {
    __m128i const b = _mm_loadu_si128(reinterpret_cast<__m128i const*>(bytes) + i);
    auto const same = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(b, p)));
    auto const not_more =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(b, p), b)));
    order.same |= std::uint64_t{same} << (16 * i);
    order.less |= std::uint64_t{not_more & ~same} << (16 * i);
  }
  return order;
}

VOXSTITCH_TARGET_AVX2 [[nodiscard]] inline byte_order
compare_bytes(simd::avx2, std::uint8_t const* bytes, std::uint8_t pivot) {
  __m256i const p = _mm256_set1_epi8(static_cast<char>(pivot));
  byte_order order{0, 0};
  for (int i = 0; i < 2; ++i) {
    __m256i const b = _mm256_loadu_si256(reinterpret_cast<__m256i const*>(bytes) + i);
    auto const same = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, p)));
    auto const not_more =
        static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(b, p), b)));
    order.same |= std::uint64_t{same} << (32 * i);
    order.less |= std::uint64_t{not_more & ~same} << (32 * i);
  }
  return order;
}

VOXSTITCH_TARGET_AVX2 inline void count_bits(simd::avx2, std::uint8_t* counters,
                                             std::uint64_t bits) {
  __m256i const place = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201u));
  __m256i const spread = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2,
                                          2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
  for (int i = 0; i < 2; ++i) {
    __m256i const half = _mm256_set1_epi32(static_cast<int>(bits >> (32 * i)));
    __m256i const here = _mm256_and_si256(_mm256_shuffle_epi8(half, spread), place);
    auto* const counter = reinterpret_cast<__m256i*>(counters) + i;
    __m256i const set = _mm256_cmpeq_epi8(here, place);  // -1 where the bit is set
    _mm256_storeu_si256(counter, _mm256_sub_epi8(_mm256_loadu_si256(counter), set));
  }
}

VOXSTITCH_TARGET_AVX512 [[nodiscard]] inline byte_order
compare_bytes(simd::avx512, std::uint8_t const* bytes, std::uint8_t pivot) {
  __m512i const b = _mm512_loadu_si512(bytes);
  __m512i const p = _mm512_set1_epi8(static_cast<char>(pivot));
  return {_mm512_cmplt_epu8_mask(b, p), _mm512_cmpeq_epu8_mask(b, p)};
}

VOXSTITCH_TARGET_AVX512 inline void count_bits(simd::avx512, std::uint8_t* counters,
                                               std::uint64_t bits) {
  __m512i const sum = _mm512_loadu_si512(counters);
  _mm512_storeu_si512(counters, _mm512_mask_add_epi8(sum, bits, sum, _mm512_set1_epi8(1)));
}

#else

template <class Target>
[[nodiscard]] byte_order compare_bytes(Target, std::uint8_t const* bytes, std::uint8_t pivot) {
  return compare_bytes(bytes, pivot);
}
template <class Target>
void count_bits(Target, std::uint8_t* counters, std::uint64_t bits) {
  count_bits(counters, bits);
}

#endif

}  // namespace voxstitch::classify::detail
