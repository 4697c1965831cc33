// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which instruction set do the hot loops run on?
///
/// A hot loop is written once, as an always-inline body that is a template of a target tag. One
/// thin shell per target carries the `target` attribute, and a function pointer is chosen once:
///
///     template <class Target> [[gnu::always_inline]] inline void body(args...) { ...
///     fused<Target>(a, b, c) ... } VOXSTITCH_TARGET_BASELINE inline void body_baseline(args...) {
///     body<simd::baseline>(args...); } VOXSTITCH_TARGET_AVX2     inline void body_avx2(args...) {
///     body<simd::avx2>(args...); } VOXSTITCH_TARGET_AVX512   inline void body_avx512(args...)   {
///     body<simd::avx512>(args...); }
///
/// The choice never changes a bit of the result.

#include <cstdlib>
#include <string>

#include "voxstitch/core/error.hpp"

#if defined(__FAST_MATH__)
#error "voxstitch promises the same bits everywhere and cannot be compiled with -ffast-math"
#endif

#if defined(__x86_64__)
#define VOXSTITCH_TARGET_BASELINE
#define VOXSTITCH_TARGET_AVX2 [[gnu::target("avx2,fma,bmi,bmi2,lzcnt,popcnt")]]
#if defined(__clang__)  // drops the whole attribute where it meets an option it does not know
#define VOXSTITCH_TARGET_AVX512                                                                    \
  [[gnu::target("avx2,fma,bmi,bmi2,lzcnt,popcnt,avx512f,avx512vl,avx512bw,avx512dq")]]
#else
#define VOXSTITCH_TARGET_AVX512                                                                    \
  [[gnu::target("avx2,fma,bmi,bmi2,lzcnt,popcnt,avx512f,avx512vl,avx512bw,avx512dq,prefer-vector-" \
                "width=512")]]
#endif
#else
#define VOXSTITCH_TARGET_BASELINE
#define VOXSTITCH_TARGET_AVX2
#define VOXSTITCH_TARGET_AVX512
#endif

namespace voxstitch::simd {

/// Instruction sets a hot loop is compiled for, weakest first.
enum class target { baseline, avx2, avx512 };

/// Tags that select a body's primitives at compile time.
/// (The baseline fuses where the user's own flags, as -march=native, already let the compiler do
/// so.)
struct baseline {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  static constexpr bool has_fma = true;
#else
  static constexpr bool has_fma = false;
#endif
};
struct avx2 {
  static constexpr bool has_fma = true;
};
struct avx512 {
  static constexpr bool has_fma = true;
};

/// The strongest target this processor runs.
[[nodiscard]] inline target best_supported() {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return target::baseline;
  bool const wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
  return wide ? target::avx512 : target::avx2;
#else
  return target::baseline;
#endif
}

[[nodiscard]] inline char const* name(target t) {
  return t == target::baseline ? "baseline" : t == target::avx2 ? "avx2" : "avx512";
}

/// The target named by `VOXSTITCH_SIMD`, or the best supported when the variable is not set.
/// @throws usage_error for an unknown name or for a target this processor lacks.
[[nodiscard]] inline target requested() {
  char const* const wish = std::getenv("VOXSTITCH_SIMD");
  if (wish == nullptr || *wish == '\0') return best_supported();
  for (target t : {target::baseline, target::avx2, target::avx512}) {
    if (name(t) != std::string(wish)) continue;
    if (t <= best_supported()) return t;
    throw usage_error("VOXSTITCH_SIMD: this processor does not run '" + std::string(wish) +
                      "'; its best is '" + name(best_supported()) + "'");
  }
  throw usage_error("VOXSTITCH_SIMD: unknown target '" + std::string(wish) +
                    "'; allowed are baseline, avx2, avx512");
}

/// The target in force, decided at the first call.
/// @throws as requested().
[[nodiscard]] inline target active() {
  static target const chosen = requested();
  return chosen;
}

/// The one of three shells that belongs to the active target.
template <class Function>
[[nodiscard]] Function* choose(Function* for_baseline, Function* for_avx2, Function* for_avx512,
                               target t = active()) {
  return t == target::baseline ? for_baseline : t == target::avx2 ? for_avx2 : for_avx512;
}

}  // namespace voxstitch::simd
