// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do a packet's features become bytes that almost always decide a comparison?
///
/// Per packet and feature, values go through a map that never decreases: (x - origin) * scale, cut
/// to 0...255. For x and t with different codes the codes compare as the values do; equal codes
/// leave it open, and the caller compares the floats. Hence the choice of the map, and its
/// rounding, changes the speed and never a result.

#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "voxstitch/classify/detail/lane_mask.hpp"

namespace voxstitch::classify::detail {

/// Never decreasing in x; NaN gives 0.
struct code_map {
  float origin = 0;
  float scale = 0;

  /// Spreads lowest ... highest over 1 ... 253, so that values outside stay distinguishable.
  [[nodiscard]] static code_map over(float lowest, float highest) {
    float const size = std::fabs(lowest) > std::fabs(highest) ? std::fabs(lowest)
                                                              : std::fabs(highest);
    float span = highest - lowest;
    if (span < size * 0x1p-14f) span = size * 0x1p-14f;  // 252 steps the floats can resolve
    if (span < 0x1p-100f) span = 0x1p-100f;
    if (!(span <= FLT_MAX)) return {0, 0};  // infinities: one code for all
    return {lowest - span / 252, 252 / span};
  }

  [[nodiscard]] std::uint8_t operator()(float x) const {
    float v = (x - origin) * scale;
    v = v > 0.0f ? v : 0.0f;
    v = v < 255.0f ? v : 255.0f;
    return static_cast<std::uint8_t>(static_cast<std::int32_t>(v));
  }
};

/// A packet's features: the floats where the caller has them, and their codes.
struct packet_features {
  float const* values;  ///< [feature, lane]
  std::ptrdiff_t value_stride;
  std::uint8_t* codes;  ///< [feature, lanes]
  code_map* maps;       ///< [feature]

  [[nodiscard]] float const* row(std::size_t feature) const {
    return values + static_cast<std::ptrdiff_t>(feature) * value_stride;
  }
  [[nodiscard]] std::uint8_t* code_row(std::size_t feature) const {
    return codes + feature * lanes;
  }
};

using float_vector [[gnu::vector_size(64)]] = float;
using int_vector [[gnu::vector_size(64)]] = std::int32_t;
using byte_vector [[gnu::vector_size(16)]] = std::uint8_t;
inline constexpr std::size_t vector_floats = 16;

/// Codes one feature of a full packet; adds to `nan_seen` where a value is not a number.
[[gnu::always_inline]] inline code_map encode_row(float const* x, std::uint8_t* codes,
                                                  int_vector& nan_seen) {
  float_vector lowest = float_vector{} + INFINITY;
  float_vector highest = float_vector{} - INFINITY;
  for (std::size_t i = 0; i < lanes; i += vector_floats) {
    float_vector v;
    std::memcpy(&v, x + i, sizeof v);
    lowest = v < lowest ? v : lowest;
    highest = v > highest ? v : highest;
    nan_seen |= v != v;
  }
  float low = lowest[0];
  float high = highest[0];
  for (std::size_t i = 1; i < vector_floats; ++i) {
    low = lowest[i] < low ? lowest[i] : low;
    high = highest[i] > high ? highest[i] : high;
  }
  code_map const map = code_map::over(low, high);
  for (std::size_t i = 0; i < lanes; i += vector_floats) {
    float_vector v;
    std::memcpy(&v, x + i, sizeof v);
    v = (v - map.origin) * map.scale;
    v = v > 0.0f ? v : float_vector{};
    v = v < 255.0f ? v : float_vector{} + 255.0f;
    byte_vector const code = __builtin_convertvector(__builtin_convertvector(v, int_vector), byte_vector);
    std::memcpy(codes + i, &code, sizeof code);
  }
  return map;
}

/// Lanes of the first `count` with a NaN among their features.
[[gnu::noinline]] inline lane_mask find_nan(packet_features const& p, std::size_t feature_count,
                                            std::size_t count) {
  lane_mask found;
  for (std::size_t feature = 0; feature < feature_count; ++feature)
    for (std::size_t lane = 0; lane < count; ++lane)
      if (std::isnan(p.row(feature)[lane])) found.insert(lane);
  return found;
}

/// Codes all features of `count` lanes; returns the lanes that are to be classified: those without
/// NaN.
[[gnu::always_inline]] inline lane_mask encode(packet_features const& p, std::size_t feature_count,
                                               std::size_t count) {
  int_vector nan_seen{};
  float padded[lanes];
  for (std::size_t feature = 0; feature < feature_count; ++feature) {
    float const* x = p.row(feature);
    if (count < lanes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) padded[lane] = x[lane < count ? lane : 0];
      x = padded;
    }
    p.maps[feature] = encode_row(x, p.code_row(feature), nan_seen);
  }
  lane_mask all = lane_mask::first(count);
  int_vector const none{};
  if (std::memcmp(&nan_seen, &none, sizeof none) != 0) {
    lane_mask const nan = find_nan(p, feature_count, count);
    for (std::size_t word = 0; word < words_per_mask; ++word) all.words[word] &= ~nan.words[word];
  }
  return all;
}

}  // namespace voxstitch::classify::detail
