// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are the eigenvalues of many matrices found at once?

#include <algorithm>
#include <array>

#include "voxstitch/features/detail/square_roots.hpp"
#include "voxstitch/features/detail/vector_loop.hpp"
#include "voxstitch/features/eigenvalues.hpp"

namespace voxstitch::features::detail {

/// One row of floats per entry of a matrix, in the order zz, zy, zx, yy, yx, xx; three rows of
/// eigenvalues come out, `stride` floats apart, largest first.
struct matrix_rows {
  std::array<float const*, 6> entries{};
  float* values = nullptr;
  index_t stride = 0;
  index_t count = 0;  ///< a multiple of vector_floats
};

/// The steps of the formula, each in a loop of its own over some voxels: a processor overlaps
/// voxels only as far as it looks ahead, about the length of a step.
struct eigenvalue_rows {
  template <class Target>
  [[gnu::always_inline]] static inline void run(matrix_rows const& rows) {
    workspace w;
    for (index_t begin = 0; begin < rows.count; begin += chunk) {
      matrix_rows part = rows;
      for (float const*& entry : part.entries) entry += begin;
      part.values += begin;
      part.count = std::min(chunk, rows.count - begin) / vector_floats * vector_floats;
      solve<Target>(part, w);
    }
  }

 private:
  static constexpr index_t chunk = 128;
  using row = float[chunk];
  struct alignas(64) workspace {
    row size, mean, radius, x, y, angle;
  };

  template <class Target>
  [[gnu::always_inline]] static inline void solve(matrix_rows const& rows, workspace& w) {
    if (find_sizes<Target>(rows, w))
      find_polynomials<Target, true>(rows, w);
    else
      find_polynomials<Target, false>(rows, w);
    square_roots<Target>(w.y, rows.count);
    find_tangents(rows.count, w);
    square_roots<Target>(w.radius, rows.count);
    find_acute_angles<Target>(rows.count, w);
    find_angles(rows.count, w);
    find_directions<Target>(rows.count, w);
    assemble<Target>(rows, w);
  }

  [[gnu::always_inline]] static inline std::uint32_t most(std::uint32_t a, std::uint32_t b) {
    return a < b ? b : a;
  }
  [[gnu::always_inline]] static inline std::uint32_t least(std::uint32_t a, std::uint32_t b) {
    return a < b ? a : b;
  }

  /// The largest entry of each matrix, if all of them can be divided by reciprocals.
  template <class Target>
  [[gnu::always_inline]] static inline bool find_sizes(matrix_rows const& rows, workspace& w) {
    if constexpr (!Target::has_fma) return false;
    auto const [zz, zy, zx, yy, yx, xx] = rows.entries;
    std::uint32_t largest = 0;
    std::uint32_t smallest = ~0U;  // but for zeros, less one
    auto const count = rows.count;
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      symmetric_matrix<std::uint32_t> const a{magnitude_bits(zz[i]), magnitude_bits(zy[i]),
                                              magnitude_bits(zx[i]), magnitude_bits(yy[i]),
                                              magnitude_bits(yx[i]), magnitude_bits(xx[i])};
      std::uint32_t const size = most(most(most(a.zz, a.yy), a.xx), most(most(a.zy, a.zx), a.yx));
      std::uint32_t const diagonal = least(least(a.zz - 1, a.yy - 1), a.xx - 1);
      std::uint32_t const others = least(least(a.zy - 1, a.zx - 1), a.yx - 1);
      smallest = least(smallest, least(diagonal, others));
      largest = most(largest, size);
      w.size[i] = size == 0 ? 1.0f : __builtin_bit_cast(float, size);
    }
    return smallest >= smallest_divisible - 1 && largest <= largest_divisible;
  }

  /// @tparam Divisible w.size is there, and reciprocals will do
  template <class Target, bool Divisible>
  [[gnu::always_inline]] static inline void find_polynomials(matrix_rows const& rows,
                                                             workspace& w) {
    auto const [zz, zy, zx, yy, yx, xx] = rows.entries;
    auto const count = rows.count;
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      symmetric_matrix<float> const a{zz[i], zy[i], zx[i], yy[i], yx[i], xx[i]};
      float const size = Divisible ? w.size[i] : size_of(a);
      polynomial_roots const r =
          roots_of<Target>(Divisible ? divided_by_reciprocal<Target>(a, size) : divided(a, size));
      w.size[i] = size;
      w.mean[i] = r.mean;
      w.radius[i] = r.radius_square;
      w.x[i] = r.x;
      w.y[i] = r.y_square;
    }
  }

  [[gnu::always_inline]] static inline void find_tangents(index_t count, workspace& w) {
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) w.angle[i] = acute_tangent(w.y[i], w.x[i]);
  }
  template <class Target>
  [[gnu::always_inline]] static inline void find_acute_angles(index_t count, workspace& w) {
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) w.angle[i] = arc_tangent<Target>(w.angle[i]);
  }
  [[gnu::always_inline]] static inline void find_angles(index_t count, workspace& w) {
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) w.angle[i] = angle_from_acute(w.angle[i], w.y[i], w.x[i]);
  }
  /// Into x and y.
  template <class Target>
  [[gnu::always_inline]] static inline void find_directions(index_t count, workspace& w) {
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      root_directions const d = directions_of<Target>(w.angle[i]);
      w.x[i] = d.cosine;
      w.y[i] = d.sine;
    }
  }

  template <class Target>
  [[gnu::always_inline]] static inline void assemble(matrix_rows const& rows, workspace const& w) {
    float* const first = rows.values;
    float* const second = first + rows.stride;
    float* const third = second + rows.stride;
    auto const count = rows.count;
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      three_values<float> const v =
          assembled<Target>(w.mean[i], w.radius[i], {w.x[i], w.y[i]}, w.size[i]);
      first[i] = v.first;
      second[i] = v.second;
      third[i] = v.third;
    }
  }
};

}  // namespace voxstitch::features::detail
