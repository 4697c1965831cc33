// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are the eigenvalues of many matrices found at once?

#include <algorithm>
#include <array>

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

/// The steps of eigenvalues_3d, each in its own loop over some voxels. One loop over all of it
/// would be a chain of 350 cycles, too long for a processor to overlap it with the next one.
struct eigenvalue_rows {
  template <class Target>
  [[gnu::always_inline]] static inline void run(matrix_rows const& rows) {
    workspace w;
    for (index_t begin = 0; begin < rows.count; begin += chunk) {
      index_t const whole = std::min(chunk, rows.count - begin);
      index_t const count = whole / vector_floats * vector_floats;
      deviate<Target>(rows, begin, count, w);
      find_inverse_roots<Target>(count, w.p2, w.inverse_p);
      find_apart<Target>(count, w);
      find_rest<Target>(count, w);
      find_inverse_roots<Target>(count, w.rest, w.inverse_rest);
      assemble<Target>(rows, begin, count, w);
    }
  }

 private:
  static constexpr index_t chunk = 64;
  using row = double[chunk];
  struct alignas(64) workspace {
    row mean, p2, determinant, inverse_p, signed_p, root, rest, inverse_rest;
    row b[6];
    row c[6];
  };

  template <class Target>
  [[gnu::always_inline]] static inline void deviate(matrix_rows const& rows, index_t begin,
                                                    index_t count, workspace& w) {
    float const* const zz = rows.entries[0] + begin;
    float const* const zy = rows.entries[1] + begin;
    float const* const zx = rows.entries[2] + begin;
    float const* const yy = rows.entries[3] + begin;
    float const* const yx = rows.entries[4] + begin;
    float const* const xx = rows.entries[5] + begin;
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      deviation const d = deviation_of<Target>({zz[i], zy[i], zx[i], yy[i], yx[i], xx[i]});
      w.mean[i] = d.mean;
      w.p2[i] = d.p2;
      w.determinant[i] = d.determinant;
      store(d.matrix, w.b, i);
      store(d.adjugate, w.c, i);
    }
  }

  template <class Target>
  [[gnu::always_inline]] static inline void find_inverse_roots(index_t count, row const& of,
                                                               row& roots) {
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) roots[i] = inverse_root<Target>(of[i]);
  }

  template <class Target>
  [[gnu::always_inline]] static inline void find_apart(index_t count, workspace& w) {
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      auto const e = apart_eigenvalue_of<Target>(w.p2[i], w.inverse_p[i], w.determinant[i]);
      w.signed_p[i] = e.signed_p;
      w.root[i] = e.root;
    }
  }

  template <class Target>
  [[gnu::always_inline]] static inline void find_rest(index_t count, workspace& w) {
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i)
      w.rest[i] = rest_square<Target>(load(w.b, i), load(w.c, i), w.signed_p[i], w.root[i]);
  }

  template <class Target>
  [[gnu::always_inline]] static inline void assemble(matrix_rows const& rows, index_t begin,
                                                     index_t count, workspace const& w) {
    float* const first = rows.values + begin;
    float* const second = first + rows.stride;
    float* const third = second + rows.stride;
    VOXSTITCH_VECTOR_LOOP
    for (index_t i = 0; i < count; ++i) {
      double const rest_norm = rounded<Target>(w.rest[i], w.inverse_rest[i]);
      three_values<double> const v =
          assembled<Target>(w.mean[i], {w.signed_p[i], w.root[i]}, w.inverse_p[i], rest_norm);
      first[i] = static_cast<float>(v.first);
      second[i] = static_cast<float>(v.second);
      third[i] = static_cast<float>(v.third);
    }
  }

  [[gnu::always_inline]] static inline void store(symmetric_matrix<double> const& m, row (&to)[6],
                                                  index_t i) {
    to[0][i] = m.zz;
    to[1][i] = m.zy;
    to[2][i] = m.zx;
    to[3][i] = m.yy;
    to[4][i] = m.yx;
    to[5][i] = m.xx;
  }
  [[gnu::always_inline]] static inline symmetric_matrix<double> load(row const (&from)[6],
                                                                     index_t i) {
    return {from[0][i], from[1][i], from[2][i], from[3][i], from[4][i], from[5][i]};
  }
};

}  // namespace voxstitch::features::detail
