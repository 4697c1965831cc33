// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What must a type offer to make feature vectors?

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "voxstitch/view/strided_view.hpp"

namespace voxstitch::features {

/// Makes feature vectors of voxels in two stages: what is worth doing once per block, and the rest
/// tile by tile.
///
/// Let `b` be a `B const`, `read` and `result` boxes (z, y, x) of `domain`, read = result grown by
/// `b.halo()` and clipped, `input` a [channel, z, y, x] view on `read`, `tile` a box in `result`.
/// `B` models feature_bank iff
///  - `b.prepare(input, read, result, domain)` returns whatever `compute` needs of `input`, in at
///  most
///    `b.prepared_bytes(result, read)` bytes, temporaries included;
///  - `b.compute(prepared, tile, packet_shape, scratch, out)` overwrites all of `out`, a [feature,
///  lane]
///    view with unit stride along the lanes: packet after packet of the tile, z, y, x inside a
///    packet; lanes beyond the tile get finite values;
///  - a voxel's features do not depend on how the domain is divided into blocks and tiles;
///  - `b.check_domain(shape)` throws shape_error for images that are too small;
///  - concurrent calls on one `b` are race-free, each with a scratch of its own.
template <class B>
concept feature_bank = requires(B const& b, strided_view<float const, 4> const& input,
                                box<3> const& region, coord<3> const& shape,
                                strided_view<float, 2> const& out,
                                typename B::scratch_type& scratch) {
  { b.halo() } -> std::convertible_to<coord<3>>;
  { b.feature_count() } -> std::convertible_to<std::size_t>;
  { b.prepared_bytes(region, region) } -> std::convertible_to<std::int64_t>;
  b.check_domain(shape);
  b.compute(b.prepare(input, region, region, region), region, shape, scratch, out);
};

}  // namespace voxstitch::features
