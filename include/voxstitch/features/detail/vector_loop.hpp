// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is one loop body compiled for every instruction set, and vectorised at any -O level?
///
/// A body is a type with an always-inline member template `run<Target>(arguments...)`; its loops
/// carry VOXSTITCH_VECTOR_LOOP (iterations do not depend on each other) and run over multiples of
/// `vector_floats`; a short loop inside one of them carries VOXSTITCH_UNROLLED. Inlined into a
/// shell, the body takes over the shell's target and optimisation level, so that GCC vectorises it
/// for users who compile at -O0 or -O2 as well.

#include "voxstitch/core/simd.hpp"
#include "voxstitch/geometry/coord.hpp"

#if defined(__clang__)
#define VOXSTITCH_VECTOR_LOOP _Pragma("clang loop vectorize(assume_safety)")
#define VOXSTITCH_UNROLLED _Pragma("clang loop unroll(full)")
#define VOXSTITCH_VECTORISED
#elif defined(__GNUC__)
#define VOXSTITCH_VECTOR_LOOP _Pragma("GCC ivdep")
#define VOXSTITCH_UNROLLED _Pragma("GCC unroll 16")
#define VOXSTITCH_VECTORISED [[gnu::optimize("O3", "no-trapping-math")]]
#else
#define VOXSTITCH_VECTOR_LOOP
#define VOXSTITCH_UNROLLED
#define VOXSTITCH_VECTORISED
#endif

namespace voxstitch::features::detail {

/// Floats in the widest vector register; rows are padded to multiples of it.
inline constexpr index_t vector_floats = 16;

[[nodiscard]] constexpr index_t rounded_up(index_t count, index_t step = vector_floats) {
  return divide_up(count, step) * step;
}
/// At least `count`, an odd number of cache lines: rows so far apart share no places in a cache.
[[nodiscard]] constexpr index_t odd_lines(index_t count) {
  return (divide_up(count, vector_floats) | 1) * vector_floats;
}

#if defined(__clang__)  // what the baseline cannot vectorise runs all the same
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpass-failed"
#endif

template <class Body, class... Arguments>
VOXSTITCH_TARGET_BASELINE VOXSTITCH_VECTORISED void run_baseline(Arguments... arguments) {
  Body::template run<simd::baseline>(arguments...);
}
template <class Body, class... Arguments>
VOXSTITCH_TARGET_AVX2 VOXSTITCH_VECTORISED void run_avx2(Arguments... arguments) {
  Body::template run<simd::avx2>(arguments...);
}
template <class Body, class... Arguments>
VOXSTITCH_TARGET_AVX512 VOXSTITCH_VECTORISED void run_avx512(Arguments... arguments) {
  Body::template run<simd::avx512>(arguments...);
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

/// The function that runs `Body` with the instructions of `target`.
template <class Body, class... Arguments>
[[nodiscard]] auto compiled_for(simd::target target) -> void (*)(Arguments...) {
  return simd::choose(&run_baseline<Body, Arguments...>, &run_avx2<Body, Arguments...>,
                      &run_avx512<Body, Arguments...>, target);
}

}  // namespace voxstitch::features::detail
