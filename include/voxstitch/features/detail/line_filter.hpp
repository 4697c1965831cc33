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

/// Rows to be filtered: along x each for itself, or across the rows (along y or z), where those
/// before and after are read as well.
struct line_batch {
  float const* in = nullptr;    ///< the first row's first voxel that is filtered
  std::array<float*, 3> out{};  ///< first output row per order of derivative
  index_t rows = 1;             ///< that are filtered
  index_t count = 0;            ///< floats per row, a multiple of vector_floats
  index_t in_stride = 0;
  index_t out_stride = 0;
};

/// Weights of the Gaussian and its first two derivatives.
struct filter_weights {
  float smooth[3] = {1, 0, 0};
  float first[3] = {1, 0, 0};
  float second[3] = {1, 0, 0};
};

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

/// The values around a voxel along the axis of a filter: 1 and 2 before and after it.
struct neighbours {
  float left2, left1, middle, right1, right2;
};

/// The first rows that are written, by order of derivative.
template <unsigned Orders>
struct output_rows {
  float *smooth, *first, *second;

  output_rows(line_batch const& b, index_t row)
      : smooth(b.out[0] + ((Orders & smooth_bit) != 0 ? row * b.out_stride : 0)),
        first(b.out[1] + ((Orders & first_bit) != 0 ? row * b.out_stride : 0)),
        second(b.out[2] + ((Orders & second_bit) != 0 ? row * b.out_stride : 0)) {}

  /// Writes the orders of derivative in the mask `Orders` to place i.
  template <class Target, int Radius>
  [[gnu::always_inline]] inline void write(index_t i, neighbours const& n,
                                           filter_weights const& w) const {
    float const sum1 = n.right1 + n.left1;
    float const sum2 = n.right2 + n.left2;
    if constexpr ((Orders & smooth_bit) != 0)
      smooth[i] = symmetric<Target, Radius>(w.smooth, n.middle, sum1, sum2);
    if constexpr ((Orders & first_bit) != 0)
      first[i] =
          antisymmetric<Target, Radius>(w.first, n.middle, n.right1 - n.left1, n.right2 - n.left2);
    if constexpr ((Orders & second_bit) != 0)
      second[i] = symmetric<Target, Radius>(w.second, n.middle, sum1, sum2);
  }
};

/// Filters along x. Writes the orders of derivative in the mask `Orders`; the other outputs are not
/// touched.
template <int Radius, unsigned Orders>
struct filter_along_rows {
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
    constexpr int one = Radius > 0 ? 1 : 0;
    float const* const m = b.in + row * b.in_stride;
    output_rows<Orders> const out(b, row);
    index_t const count = b.count / vector_floats * vector_floats;
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i)
      out.template write<Target, Radius>(
          i, {m[i - Radius], m[i - one], m[i], m[i + one], m[i + Radius]}, w);
  }
};

/// Filters across the rows, several of them at once, which share their loads.
template <int Radius, unsigned Orders>
struct filter_across_rows {
  template <class Target>
  [[gnu::always_inline]] static inline void run(line_batch const& b,
                                                filter_weights const& weights) {
    filter_weights const w = weights;
    index_t row = 0;
    for (; row + rows_at_once <= b.rows; row += rows_at_once)
      filter_rows<Target, rows_at_once>(b, w, row);
    for (; row < b.rows; ++row) filter_rows<Target, 1>(b, w, row);
  }

 private:
  static constexpr int rows_at_once = 4;

  template <class Target, int Rows>
  [[gnu::always_inline]] static inline void filter_rows(line_batch const& b,
                                                        filter_weights const& w, index_t row) {
    index_t const count = b.count / vector_floats * vector_floats;
    for (index_t x = 0; x < count; x += vector_floats) filter_columns<Target, Rows>(b, w, row, x);
  }

  template <class Target, int Rows>
  [[gnu::always_inline]] static inline void
  filter_columns(line_batch const& b, filter_weights const& w, index_t row, index_t x) {
    constexpr int one = Radius > 0 ? 1 : 0;
    index_t const in_stride = b.in_stride;
    index_t const out_stride = b.out_stride;
    float const* const in = b.in + (row - Radius) * in_stride + x;
    output_rows<Orders> const out(b, row);
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < vector_floats; ++i) {
      float p[Rows + 2 * Radius];
      VOXSTITCH_UNROLLED
      for (int j = 0; j < Rows + 2 * Radius; ++j) p[j] = in[j * in_stride + i];
      VOXSTITCH_UNROLLED
      for (int k = 0; k < Rows; ++k) {
        float const* const m = p + k + Radius;
        out.template write<Target, Radius>(k * out_stride + x + i,
                                           {m[-Radius], m[-one], m[0], m[one], m[Radius]}, w);
      }
    }
  }
};

}  // namespace voxstitch::features::detail
