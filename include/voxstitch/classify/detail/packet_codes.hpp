// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do a packet's features become bytes that almost always decide a
/// comparison?
///
/// Per packet and feature, values go through a map that never decreases: (x -
/// origin) * scale, cut to -128...127. For x and t with different codes the
/// codes compare as the values do; equal codes leave it open, and the caller
/// compares the floats. Hence the choice of the map, and its rounding, changes
/// the speed and never a result.

#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "voxstitch/classify/detail/lane_mask.hpp"

namespace voxstitch::classify::detail {

/// The smallest and the largest of some values; NaN do not count.
struct value_range {
  float lowest = INFINITY;
  float highest = -INFINITY;

  void include(value_range const& other) {
    lowest = other.lowest < lowest ? other.lowest : lowest;
    highest = other.highest > highest ? other.highest : highest;
  }
};

/// Never decreasing in x; NaN gives -128.
struct code_map {
  float origin = 0;
  float scale = 0;

  /// Spreads lowest ... highest over -127 ... 125, so that values outside stay
  /// distinguishable.
  [[nodiscard]] static code_map over(value_range const& range) {
    auto const [lowest, highest] = range;
    float const size =
        std::fabs(lowest) > std::fabs(highest) ? std::fabs(lowest) : std::fabs(highest);
    float span = highest - lowest;
    if (span < size * 0x1p-14f) span = size * 0x1p-14f;  // 252 steps the floats can resolve
    if (span < 0x1p-100f) span = 0x1p-100f;
    if (!(span <= FLT_MAX)) return {0, 0};  // infinities: one code for all
    return {lowest - span / 252, 252 / span};
  }

  [[nodiscard]] std::int8_t operator()(float x) const {
    float const v = (x - origin) * scale;
#if defined(__x86_64__)  // else compilers make jumps of it, which nobody can
                         // predict
    __m128 const cut = _mm_min_ss(_mm_max_ss(_mm_set_ss(v), _mm_setzero_ps()), _mm_set_ss(255));
    return static_cast<std::int8_t>(_mm_cvttss_si32(cut) - 128);
#else
    float const not_negative = v > 0.0f ? v : 0.0f;
    float const cut = not_negative < 255.0f ? not_negative : 255.0f;
    return static_cast<std::int8_t>(static_cast<std::int32_t>(cut) - 128);
#endif
  }
};

/// A packet's features: the floats where the caller has them, and their codes.
struct packet_features {
  float const* values;  ///< [feature, lane]
  std::ptrdiff_t value_stride;
  std::int8_t* codes;  ///< [feature, lanes]
  code_map* maps;      ///< [feature]

  [[nodiscard]] float const* row(std::size_t feature) const {
    return values + static_cast<std::ptrdiff_t>(feature) * value_stride;
  }
  [[nodiscard]] std::int8_t* code_row(std::size_t feature) const { return codes + feature * lanes; }
};

/// The range of a full packet's row; NaN do not count, but set `nan_seen`.
/// Loops of constant length over arrays of their own, so that compilers
/// vectorise them.
[[gnu::always_inline]] inline value_range range_of_row(float const* x, bool& nan_seen) {
  constexpr std::size_t step = 32;
  float low[step];
  float high[step];
  float not_nan[step];  // 0 and infinities stay out of it: NaN only of NaN
  for (std::size_t j = 0; j < step; ++j) {
    low[j] = INFINITY;
    high[j] = -INFINITY;
    not_nan[j] = 0;
  }
  for (std::size_t i = 0; i < lanes; i += step)
    for (std::size_t j = 0; j < step; ++j) {
      float const v = x[i + j];
      low[j] = v < low[j] ? v : low[j];
      high[j] = v > high[j] ? v : high[j];
      not_nan[j] = v == v ? not_nan[j] : v;
    }
  for (std::size_t half = step / 2; half > 0; half /= 2)
    for (std::size_t j = 0; j < half; ++j) {
      low[j] = low[j + half] < low[j] ? low[j + half] : low[j];
      high[j] = high[j + half] > high[j] ? high[j + half] : high[j];
      not_nan[j] = not_nan[j + half] == 0 ? not_nan[j] : not_nan[j + half];
    }
  nan_seen = nan_seen || not_nan[0] != 0;
  return {low[0], high[0]};
}

/// The codes of a full packet's row.
[[gnu::always_inline]] inline void encode_row(float const* x, code_map const map,
                                              std::int8_t* codes) {
  std::int8_t code[lanes];
  for (std::size_t i = 0; i < lanes; ++i) {
    float v = (x[i] - map.origin) * map.scale;
    v = v > 0.0f ? v : 0.0f;
    v = v < 255.0f ? v : 255.0f;
    code[i] = static_cast<std::int8_t>(static_cast<std::int32_t>(v) - 128);
  }
  std::memcpy(codes, code, sizeof code);
}

/// Lanes of the first `count` with a NaN among their features.
[[gnu::noinline]] inline lane_mask find_nan(packet_features const& p, std::size_t feature_count,
                                            std::size_t count) {
  lane_mask found{};
  for (std::size_t feature = 0; feature < feature_count; ++feature)
    for (std::size_t lane = 0; lane < count; ++lane)
      if (std::isnan(p.row(feature)[lane])) found.insert(lane);
  return found;
}

/// Codes all features of `count` lanes and widens `ranges`, [feature], by their
/// values; returns the lanes that are to be classified: those without NaN.
[[gnu::always_inline]] inline lane_mask encode(packet_features const& p, std::size_t feature_count,
                                               std::size_t count, value_range* ranges) {
  bool nan_seen = false;
  float padded[lanes];
  for (std::size_t feature = 0; feature < feature_count; ++feature) {
    float const* x = p.row(feature);
    if (count < lanes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) padded[lane] = x[lane < count ? lane : 0];
      x = padded;
    }
    value_range const range = range_of_row(x, nan_seen);
    ranges[feature].include(range);
    p.maps[feature] = code_map::over(range);
    encode_row(x, p.maps[feature], p.code_row(feature));
  }
  lane_mask all = lane_mask::first(count);
  if (nan_seen) [[unlikely]] {
    lane_mask const nan = find_nan(p, feature_count, count);
    for (std::size_t word = 0; word < words_per_mask; ++word) all.words[word] &= ~nan.words[word];
  }
  return all;
}

}  // namespace voxstitch::classify::detail
