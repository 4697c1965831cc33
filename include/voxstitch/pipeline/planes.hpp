// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are the planes or chunks of a block spread over the threads?

#include <functional>

#include <tbb/parallel_for.h>

#include "voxstitch/geometry/box.hpp"

namespace voxstitch::pipeline {

/// Calls `f(i)` for 0 <= i < count, in parallel in the caller's task arena.
inline void for_each_in_parallel(index_t count, std::function<void(index_t)> const& f) {
  tbb::parallel_for(index_t{0}, count, f);
}

/// Calls `f(c, z)` for every plane of a [c, z, y, x] shape, in parallel.
inline void for_each_plane(coord<4> const& shape, std::function<void(coord<2> const&)> const& f) {
  for_each_in_parallel(shape[0] * shape[1], [&](index_t i) { f({{i / shape[1], i % shape[1]}}); });
}

/// Calls `f(part)` for the parts of a box that are a chunk or, at its ends, less; in parallel.
/// @param first where the first chunk begins, not behind the box's first voxel
template <class Function>
void for_each_chunk(box<3> const& all, coord<3> const& first, coord<3> const& chunk,
                    Function const& f) {
  auto const positions = box<3>::at_origin(zip(all.exclusive_max - first, chunk, divide_up));
  tbb::parallel_for(index_t{0}, positions.size(), [&](index_t n) {
    coord<3> const low =
        first + zip(nth_position(positions, n), chunk, [](index_t p, index_t c) { return p * c; });
    f(intersection(box<3>{low, low + chunk}, all));
  });
}
template <class Function>
void for_each_chunk(box<3> const& all, coord<3> const& chunk, Function const& f) {
  for_each_chunk(all, all.inclusive_min, chunk, f);
}

}  // namespace voxstitch::pipeline
