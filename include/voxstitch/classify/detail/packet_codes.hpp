// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do features become codes of a few bits that almost always decide a comparison?
///
/// Per tile and feature, values go through a map that never decreases: (x - origin) * scale, cut to
/// whole numbers of code_bits bits. For x and t with different codes the codes compare as the
/// values do; equal codes leave it open, and the caller compares the floats. Hence the choice of
/// the map, and its rounding, changes the speed and never a result.
///
/// A packet's codes are stored bit by bit: plane b has bit b of all lanes. One code is compared
/// with all lanes at once by going through the planes, with two operations on whole masks each.

#include <array>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "voxstitch/classify/detail/lane_operations.hpp"

namespace voxstitch::classify::detail {

/// The smallest and the largest of some values; NaN do not count.
struct value_range {
  float lowest = INFINITY;
  float highest = -INFINITY;
};

/// Never decreasing in x; NaN gives 0.
struct code_map {
  static constexpr float largest = (1 << code_bits) - 1;

  float origin = 0;
  float scale = 0;

  /// Spreads lowest ... highest over 1 ... largest - 1, so that values outside stay
  /// distinguishable.
  [[nodiscard]] static code_map over(value_range const& range) {
    auto const [lowest, highest] = range;
    constexpr float steps = largest - 3;
    float const size =
        std::fabs(lowest) > std::fabs(highest) ? std::fabs(lowest) : std::fabs(highest);
    float span = highest - lowest;
    if (span < size * 0x1p-11f) span = size * 0x1p-11f;  // steps that floats can resolve
    if (span < 0x1p-100f) span = 0x1p-100f;
    if (!(span <= FLT_MAX)) return {0, 0};  // infinities: one code for all
    return {lowest - span / steps, steps / span};
  }

  [[nodiscard]] [[gnu::always_inline]] std::int32_t operator()(float x) const {
    float const v = (x - origin) * scale;
    float const not_negative = v > 0.0f ? v : 0.0f;
    return static_cast<std::int32_t>(not_negative < largest ? not_negative : largest);
  }
};

/// The range of a row of a whole number of packets; NaN do not count, but set `nan_seen`.
/// Loops of constant length over arrays of their own, so that compilers vectorise them.
[[gnu::always_inline]] inline value_range range_of_row(float const* x, std::size_t count,
                                                       bool& nan_seen) {
  constexpr std::size_t step = 32;
  float low[step];
  float high[step];
  float not_nan[step];  // 0 and infinities stay out of it: NaN only of NaN
  for (std::size_t j = 0; j < step; ++j) {
    low[j] = INFINITY;
    high[j] = -INFINITY;
    not_nan[j] = 0;
  }
  for (std::size_t i = 0; i < count; i += step)
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

/// The codes of one feature of a packet, bit by bit.
template <class Target>
[[gnu::always_inline]] inline void encode(float const* x, code_map const map, code_planes& planes) {
  std::uint8_t high[lanes];  // the upper 8 bits
  std::uint8_t low[lanes];   // the others, at the top of a byte
  for (std::size_t i = 0; i < lanes; ++i) {
    std::int32_t const code = map(x[i]);
    high[i] = static_cast<std::uint8_t>(code >> (code_bits - 8));
    low[i] = static_cast<std::uint8_t>(code << (16 - code_bits));
  }
  split_bits(Target{}, low, code_bits - 8, planes.bits.data());
  split_bits(Target{}, high, 8, planes.bits.data() + (code_bits - 8));
}

}  // namespace voxstitch::classify::detail
