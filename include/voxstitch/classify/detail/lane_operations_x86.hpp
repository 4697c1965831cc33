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

// ---- SSE2, which every x86-64 has. ----

inline void split_bits(simd::baseline, std::uint8_t const* bytes, int count, lane_mask* planes) {
  for (std::size_t i = 0; i < lanes; i += 16) {
    __m128i v = _mm_loadu_si128(reinterpret_cast<__m128i const*>(bytes + i));
    for (int b = count; b-- > 0; v = _mm_add_epi8(v, v)) {
      auto const bits = static_cast<std::uint16_t>(_mm_movemask_epi8(v));
      std::memcpy(reinterpret_cast<char*>(planes + b) + i / 8, &bits, sizeof bits);
    }
  }
}

inline void split_nodes(simd::baseline, pruned_node const* nodes, code_planes const* planes,
                        branch_list const& level, lane_mask const* masks, level_result& result) {
  result.open_count = 0;
  for (std::size_t i = 0; i < level.count; ++i) {
    pruned_node const& node = nodes[level.to[i]];
    auto const* const all = reinterpret_cast<__m128i const*>(masks + level.place[i]);
    auto const* const bits = reinterpret_cast<__m128i const*>(planes + node.feature);
    auto* const left = reinterpret_cast<__m128i*>(&result.masks[2 * i]);
    auto* const right = reinterpret_cast<__m128i*>(&result.masks[2 * i + 1]);
    auto* const open = reinterpret_cast<__m128i*>(&result.open[result.open_count]);
    __m128i any_left = _mm_setzero_si128(), any_right = any_left, any_open = any_left;
    for (std::size_t part = 0; part < 4; ++part) {
      __m128i less = _mm_setzero_si128(), differs = less;
      for (std::size_t b = 0; b < code_bits; ++b) {
        __m128i const wanted = _mm_set1_epi32(wanted_bits(node.pivot, b));
        __m128i const other = _mm_xor_si128(_mm_load_si128(bits + 4 * b + part), wanted);
        less = _mm_or_si128(_mm_and_si128(other, wanted), _mm_andnot_si128(other, less));
        differs = _mm_or_si128(differs, other);
      }
      __m128i const here = _mm_load_si128(all + part);
      __m128i const l = _mm_and_si128(here, less);
      __m128i const r = _mm_andnot_si128(less, here);
      _mm_store_si128(left + part, l);
      _mm_store_si128(right + part, r);
      any_left = _mm_or_si128(any_left, l);
      any_right = _mm_or_si128(any_right, r);
      __m128i const same = _mm_andnot_si128(differs, here);
      _mm_store_si128(open + part, same);
      any_open = _mm_or_si128(any_open, same);
    }
    auto const any = [](__m128i v) {
      return static_cast<std::uint16_t>(
          _mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_setzero_si128())) != 0xffff ? 1 : 0);
    };
    std::memcpy(&result.child[2 * i], node.sides.data(), sizeof node.sides);
    result.occupied[2 * i] = any(any_left);
    result.occupied[2 * i + 1] = any(any_right);
    result.open_visit[result.open_count] = static_cast<std::uint32_t>(i);
    result.open_count += any(any_open);
  }
}

inline void list_children(simd::baseline, level_result const& result, std::size_t visits,
                          branch_list& next, branch_list& leaves) {
  portable::list_children(result, visits, next, leaves);
}

inline void count(simd::baseline, std::uint8_t* counters, lane_mask const& mask) {
  portable::count(counters, mask);
}

// ---- AVX2 ----

VOXSTITCH_TARGET_AVX2 inline void split_bits(simd::avx2, std::uint8_t const* bytes, int count,
                                             lane_mask* planes) {
  for (std::size_t i = 0; i < lanes; i += 32) {
    __m256i v = _mm256_loadu_si256(reinterpret_cast<__m256i const*>(bytes + i));
    for (int b = count; b-- > 0; v = _mm256_add_epi8(v, v)) {
      auto const bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(v));
      std::memcpy(reinterpret_cast<char*>(planes + b) + i / 8, &bits, sizeof bits);
    }
  }
}

VOXSTITCH_TARGET_AVX2 inline void split_nodes(simd::avx2, pruned_node const* nodes,
                                              code_planes const* planes, branch_list const& level,
                                              lane_mask const* masks, level_result& result) {
  __m256i const zero = _mm256_setzero_si256();
  result.open_count = 0;
  for (std::size_t i = 0; i < level.count; ++i) {
    pruned_node const& node = nodes[level.to[i]];
    auto const* const all = reinterpret_cast<__m256i const*>(masks + level.place[i]);
    auto const* const bits = reinterpret_cast<__m256i const*>(planes + node.feature);
    __m256i less_a = zero, less_b = zero, differs_a = zero, differs_b = zero;
    for (std::size_t b = 0; b < code_bits; ++b) {
      __m256i const wanted = _mm256_set1_epi32(wanted_bits(node.pivot, b));
      __m256i const other_a = _mm256_xor_si256(_mm256_load_si256(bits + 2 * b), wanted);
      __m256i const other_b = _mm256_xor_si256(_mm256_load_si256(bits + 2 * b + 1), wanted);
      less_a =
          _mm256_or_si256(_mm256_and_si256(other_a, wanted), _mm256_andnot_si256(other_a, less_a));
      less_b =
          _mm256_or_si256(_mm256_and_si256(other_b, wanted), _mm256_andnot_si256(other_b, less_b));
      differs_a = _mm256_or_si256(differs_a, other_a);
      differs_b = _mm256_or_si256(differs_b, other_b);
    }
    __m256i const all_a = _mm256_load_si256(all);
    __m256i const all_b = _mm256_load_si256(all + 1);
    auto* const left = reinterpret_cast<__m256i*>(&result.masks[2 * i]);
    auto* const right = reinterpret_cast<__m256i*>(&result.masks[2 * i + 1]);
    _mm256_store_si256(left, _mm256_and_si256(all_a, less_a));
    _mm256_store_si256(left + 1, _mm256_and_si256(all_b, less_b));
    _mm256_store_si256(right, _mm256_andnot_si256(less_a, all_a));
    _mm256_store_si256(right + 1, _mm256_andnot_si256(less_b, all_b));
    auto* const open = reinterpret_cast<__m256i*>(&result.open[result.open_count]);
    _mm256_store_si256(open, _mm256_andnot_si256(differs_a, all_a));
    _mm256_store_si256(open + 1, _mm256_andnot_si256(differs_b, all_b));
    int const no_left = _mm256_testz_si256(all_a, less_a) & _mm256_testz_si256(all_b, less_b);
    int const no_right = _mm256_testc_si256(less_a, all_a) & _mm256_testc_si256(less_b, all_b);
    int const decided = _mm256_testc_si256(differs_a, all_a) & _mm256_testc_si256(differs_b, all_b);
    std::memcpy(&result.child[2 * i], node.sides.data(), sizeof node.sides);
    result.occupied[2 * i] = static_cast<std::uint16_t>(no_left ^ 1);
    result.occupied[2 * i + 1] = static_cast<std::uint16_t>(no_right ^ 1);
    result.open_visit[result.open_count] = static_cast<std::uint32_t>(i);
    result.open_count += static_cast<std::size_t>(decided ^ 1);
  }
}

VOXSTITCH_TARGET_AVX2 inline void list_children(simd::avx2, level_result const& result,
                                                std::size_t visits, branch_list& next,
                                                branch_list& leaves) {
  portable::list_children(result, visits, next, leaves);
}

VOXSTITCH_TARGET_AVX2 inline void count(simd::avx2, std::uint8_t* counters, lane_mask const& mask) {
  __m256i const place = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201u));
  __m256i const spread = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2,
                                          2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
  for (std::size_t i = 0; i < lanes / 32; ++i) {
    auto const bits = mask.words[i / 2] >> (32 * (i % 2));
    __m256i const part = _mm256_set1_epi32(static_cast<int>(bits));
    __m256i const here = _mm256_and_si256(_mm256_shuffle_epi8(part, spread), place);
    auto* const counter = reinterpret_cast<__m256i*>(counters) + i;
    __m256i const set = _mm256_cmpeq_epi8(here, place);  // -1 where the bit is set
    _mm256_storeu_si256(counter, _mm256_sub_epi8(_mm256_loadu_si256(counter), set));
  }
}

// ---- AVX-512 ----

VOXSTITCH_TARGET_AVX512 inline void split_bits(simd::avx512, std::uint8_t const* bytes, int count,
                                               lane_mask* planes) {
  for (std::size_t word = 0; word < words_per_mask; ++word) {
    __m512i v = _mm512_loadu_si512(bytes + lanes_per_word * word);
    for (int b = count; b-- > 0; v = _mm512_add_epi8(v, v))
      planes[b].words[word] = _mm512_movepi8_mask(v);
  }
}

VOXSTITCH_TARGET_AVX512 inline void split_nodes(simd::avx512, pruned_node const* nodes,
                                                code_planes const* planes, branch_list const& level,
                                                lane_mask const* masks, level_result& result) {
  result.open_count = 0;
  for (std::size_t i = 0; i < level.count; ++i) {
    pruned_node const& node = nodes[level.to[i]];
    auto const& bits = planes[node.feature].bits;
    __m512i less = _mm512_setzero_si512();
    __m512i differs = _mm512_setzero_si512();
#pragma GCC unroll 12
    for (std::size_t b = 0; b < code_bits; ++b) {
      __m512i wanted = _mm512_set1_epi32(wanted_bits(node.pivot, b));
      asm("" : "+v"(wanted));  // loaded once, not by each of its users
      __m512i const bit = _mm512_load_si512(&bits[b]);
      less = _mm512_ternarylogic_epi32(less, bit, wanted, 0xb2);  // bit == wanted ? less : wanted
      differs = _mm512_ternarylogic_epi32(differs, bit, wanted, 0xf6);  // differs | (bit ^ wanted)
    }
    __m512i const all = _mm512_load_si512(&masks[level.place[i]]);
    __m512i const left = _mm512_and_si512(all, less);
    __m512i const right = _mm512_ternarylogic_epi32(all, less, less, 0x30);       // all & ~less
    __m512i const open = _mm512_ternarylogic_epi32(all, differs, differs, 0x30);  // all & ~differs
    _mm512_store_si512(&result.masks[2 * i], left);
    _mm512_store_si512(&result.masks[2 * i + 1], right);
    _mm512_store_si512(&result.open[result.open_count], open);
    std::memcpy(&result.child[2 * i], node.sides.data(), sizeof node.sides);
    result.occupied[2 * i] = _mm512_test_epi32_mask(left, left);
    result.occupied[2 * i + 1] = _mm512_test_epi32_mask(right, right);
    result.open_visit[result.open_count] = static_cast<std::uint32_t>(i);
    result.open_count += _mm512_test_epi32_mask(open, open) != 0 ? 1 : 0;
  }
}

/// Appends those of 16 children that are in `wanted`.
VOXSTITCH_TARGET_AVX512 inline void append(branch_list& list, __m512i to, __m512i place,
                                           __mmask16 wanted) {
  _mm512_storeu_si512(&list.to[list.count], _mm512_maskz_compress_epi32(wanted, to));
  _mm512_storeu_si512(&list.place[list.count], _mm512_maskz_compress_epi32(wanted, place));
  list.count += static_cast<std::size_t>(std::popcount(static_cast<unsigned>(wanted)));
}

VOXSTITCH_TARGET_AVX512 inline void list_children(simd::avx512, level_result const& result,
                                                  std::size_t visits, branch_list& next,
                                                  branch_list& leaves) {
  __m512i place = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (std::size_t i = 0; i < 2 * visits; i += 16) {
    __m512i const to = _mm512_loadu_si512(&result.child[i]);
    __m256i const occupied =
        _mm256_loadu_si256(reinterpret_cast<__m256i const*>(&result.occupied[i]));
    unsigned kept = _mm256_test_epi16_mask(occupied, occupied);
    if (2 * visits - i < 16) kept &= (1u << (2 * visits - i)) - 1;
    unsigned const leaf = _mm512_movepi32_mask(to);
    append(next, to, place, static_cast<__mmask16>(kept & ~leaf));
    append(leaves, to, place, static_cast<__mmask16>(kept & leaf));
    place = _mm512_add_epi32(place, _mm512_set1_epi32(16));
  }
}

VOXSTITCH_TARGET_AVX512 inline void count(simd::avx512, std::uint8_t* counters,
                                          lane_mask const& mask) {
  for (std::uint64_t bits : mask.words) {
    __m512i const sum = _mm512_loadu_si512(counters);
    _mm512_storeu_si512(counters, _mm512_mask_add_epi8(sum, bits, sum, _mm512_set1_epi8(1)));
    counters += 64;
  }
}

}  // namespace voxstitch::classify::detail

#endif
