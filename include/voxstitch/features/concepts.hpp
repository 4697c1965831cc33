// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What must a type offer to make feature vectors?

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "voxstitch/features/slabs.hpp"
#include "voxstitch/view/strided_view.hpp"

namespace voxstitch::features {

/// Makes feature vectors of voxels in two stages: what is worth doing once per block, slab by slab,
/// and the rest tile by tile.
///
/// Let `b` be a `B const`, `read` and `result` boxes (z, y, x) of `domain`, read = result grown by
/// `b.halo()` and clipped, `input` a [channel, z, y, x] view on `read`, `parts` the slabs of
/// `result`, `prepared` a `B::prepared_type` made of `parts`, `tile` a box in `parts[i]`.
/// `B` models feature_bank iff
///  - `b.prepare(input, read, i, domain, prepared)`, for i ascending from 0, makes whatever
///    `compute` needs of `input` for slab i; all of them in turn take at most
///    `b.prepared_bytes(parts, read)` bytes, temporaries included;
///  - `b.compute(prepared, tile, packet_shape, scratch, out)` overwrites all of `out`, a [feature,
///    lane] view with unit stride along the lanes: packet after packet of the tile, z, y, x inside
///    a packet; lanes beyond the tile get finite values;
///  - a voxel's features do not depend on how the domain is divided into blocks and tiles;
///  - `b.check_domain(shape)` throws shape_error for images that are too small;
///  - concurrent calls on one `b` are race-free, each with a scratch of its own.
template <class B>
concept feature_bank = requires(B const& b, strided_view<float const, 4> const& input,
                                box<3> const& region, slabs const& parts, coord<3> const& shape,
                                strided_view<float, 2> const& out,
                                typename B::prepared_type& prepared,
                                typename B::scratch_type& scratch) {
  { b.halo() } -> std::convertible_to<coord<3>>;
  { b.feature_count() } -> std::convertible_to<std::size_t>;
  { b.prepared_bytes(parts, region) } -> std::convertible_to<std::int64_t>;
  { typename B::prepared_type(parts) };
  b.check_domain(shape);
  b.prepare(input, region, index_t{}, region, prepared);
  b.compute(std::as_const(prepared), region, shape, scratch, out);
};

}  // namespace voxstitch::features
