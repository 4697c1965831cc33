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

/// The polynomial's coefficients, the square roots and the roots, each in a loop of its own over
/// some voxels: one loop over all of it would be too long a chain for a processor to overlap.
struct eigenvalue_rows {
  template <class Target>
  [[gnu::always_inline]] static inline void run(matrix_rows const& rows) {
    workspace w;
    for (index_t begin = 0; begin < rows.count; begin += chunk) {
      index_t const count = std::min(chunk, rows.count - begin) / vector_floats * vector_floats;
      find_polynomials<Target>(rows, begin, count, w);
      square_roots<Target>(w.radius, count);
      square_roots<Target>(w.y, count);
      assemble<Target>(rows, begin, count, w);
    }
  }

 private:
  static constexpr index_t chunk = 64;
  using row = float[chunk];
  struct alignas(64) workspace {
    row size, mean, radius, x, y;
  };

  template <class Target>
  [[gnu::always_inline]] static inline void find_polynomials(matrix_rows const& rows, index_t begin,
                                                             index_t count, workspace& w) {
    float const* const zz = rows.entries[0] + begin;
    float const* const zy = rows.entries[1] + begin;
    float const* const zx = rows.entries[2] + begin;
    float const* const yy = rows.entries[3] + begin;
    float const* const yx = rows.entries[4] + begin;
    float const* const xx = rows.entries[5] + begin;
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      symmetric_matrix<float> const a{zz[i], zy[i], zx[i], yy[i], yx[i], xx[i]};
      float const size = size_of(a);
      polynomial_roots const r = roots_of<Target>(divided(a, size));
      w.size[i] = size;
      w.mean[i] = r.mean;
      w.radius[i] = r.radius_square;
      w.x[i] = r.x;
      w.y[i] = r.y_square;
    }
  }

  template <class Target>
  [[gnu::always_inline]] static inline void assemble(matrix_rows const& rows, index_t begin,
                                                     index_t count, workspace const& w) {
    float* const first = rows.values + begin;
    float* const second = first + rows.stride;
    float* const third = second + rows.stride;
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      three_values<float> const v =
          assembled<Target>(w.mean[i], w.radius[i], w.x[i], w.y[i], w.size[i]);
      first[i] = v.first;
      second[i] = v.second;
      third[i] = v.third;
    }
  }
};

}  // namespace voxstitch::features::detail
