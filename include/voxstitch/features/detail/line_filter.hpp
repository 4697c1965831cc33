// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are rows filtered along one axis with up to three kernels that share their loads?

#include <array>

#include "voxstitch/core/arithmetic.hpp"
#include "voxstitch/features/detail/vector_loop.hpp"
#include "voxstitch/features/kernel.hpp"

namespace voxstitch::features::detail {

/// The largest radius of a filter after presmoothing: sigma is at most 1, the window 2.
inline constexpr index_t largest_filter_radius = 2;

/// Rows to be filtered: `tap[2 + k]` is the first input row displaced by k voxels along the axis of
/// the filter. One structure serves all axes: along x the taps are one float apart, along y a row,
/// along z a plane.
struct line_batch {
  std::array<float const*, 5> tap{};
  std::array<float*, 3> out{};  ///< first output row per order of derivative
  index_t rows = 1;
  index_t count = 0;  ///< floats per row, a multiple of vector_floats
  index_t in_stride = 0;
  index_t out_stride = 0;
};

/// Weights of the Gaussian and its first two derivatives.
struct filter_weights {
  float smooth[3] = {1, 0, 0};
  float first[3] = {1, 0, 0};
  float second[3] = {1, 0, 0};
};

/// Taps of a filter whose neighbours lie `step` floats apart.
[[nodiscard]] inline std::array<float const*, 5> taps_around(float const* center, index_t step,
                                                             index_t radius) {
  std::array<float const*, 5> taps;
  for (index_t k = -2; k <= 2; ++k)
    taps[static_cast<std::size_t>(2 + k)] = center + std::clamp(k, -radius, radius) * step;
  return taps;
}

/// Orders of derivative as bits of a mask.
enum order_bits : unsigned { smooth_bit = 1, first_bit = 2, second_bit = 4 };

/// A symmetric kernel at one voxel, rounded once in every tap, from the middle outwards.
template <class Target, int Radius>
[[gnu::always_inline]] inline float symmetric(float const (&c)[3], float middle, float sum1,
                                              float sum2) {
  if constexpr (Radius == 0) return middle;
  float const inner = fused<Target>(c[1], sum1, rounded<Target>(c[0], middle));
  if constexpr (Radius == 2) return fused<Target>(c[2], sum2, inner);
  return inner;
}

/// An antisymmetric kernel, whose middle weight is 0.
template <class Target, int Radius>
[[gnu::always_inline]] inline float antisymmetric(float const (&c)[3], float middle, float diff1,
                                                  float diff2) {
  if constexpr (Radius == 0) return middle;
  float const inner = rounded<Target>(c[1], diff1);
  if constexpr (Radius == 2) return fused<Target>(c[2], diff2, inner);
  return inner;
}

/// Writes the orders of derivative in the mask `Orders`; the other outputs are not touched.
template <int Radius, unsigned Orders>
struct line_filter {
  template <class Target>
  [[gnu::always_inline]] static inline void run(line_batch const& b,
                                                filter_weights const& weights) {
    filter_weights const w = weights;
    for (index_t row = 0; row < b.rows; ++row) filter_row<Target>(b, w, row);
  }

 private:
  template <class Target>
  [[gnu::always_inline]] static inline void filter_row(line_batch const& b, filter_weights const& w,
                                                       index_t row) {
    index_t const in = row * b.in_stride;
    index_t const out = row * b.out_stride;
    float const* const l2 = b.tap[0] + in;
    float const* const l1 = b.tap[1] + in;
    float const* const m = b.tap[2] + in;
    float const* const r1 = b.tap[3] + in;
    float const* const r2 = b.tap[4] + in;
    float* const smooth = b.out[0] + ((Orders & smooth_bit) != 0 ? out : 0);
    float* const first = b.out[1] + ((Orders & first_bit) != 0 ? out : 0);
    float* const second = b.out[2] + ((Orders & second_bit) != 0 ? out : 0);
    index_t const count = b.count / vector_floats * vector_floats;
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      float const sum1 = r1[i] + l1[i];
      float const sum2 = r2[i] + l2[i];
      if constexpr ((Orders & smooth_bit) != 0)
        smooth[i] = symmetric<Target, Radius>(w.smooth, m[i], sum1, sum2);
      if constexpr ((Orders & first_bit) != 0)
        first[i] = antisymmetric<Target, Radius>(w.first, m[i], r1[i] - l1[i], r2[i] - l2[i]);
      if constexpr ((Orders & second_bit) != 0)
        second[i] = symmetric<Target, Radius>(w.second, m[i], sum1, sum2);
    }
  }
};

}  // namespace voxstitch::features::detail
