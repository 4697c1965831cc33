// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do all forests say about all voxels?

#include <algorithm>

#include "voxstitch/classify/detail/packet_tile.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::classify::detail {

/// Classifies all voxels of x, [feature, voxel], into p, [class, voxel], tile
/// after tile.
template <class Target>
[[gnu::always_inline]] inline void
predict_tiles(compiled_ensemble const& e, strided_view<float const, 2> const& x,
              strided_view<float, 2> const& p, packet_tile& tile) {
  fill(p, 0.0f);
  for (index_t first = 0; first < x.extent(1); first += tile.voxels()) {
    index_t const count = std::min(tile.voxels(), x.extent(1) - first);
    tile.template load<Target>(x.data() + first, x.stride(0), p.data() + first, count);
    for (compiled_forest const& forest : e.forests)
      tile.template add<Target>(forest, e.classes.data(), p.stride(0));
  }
  for_each_row(box<2>::at_origin(p.shape()), [&](coord<2> const& at) {
    float* const row = p.pointer_to(at);
    for (index_t i = 0; i < p.extent(1); ++i) row[i] /= e.total_trees;
  });
}

VOXSTITCH_TARGET_BASELINE inline void predict_baseline(compiled_ensemble const& e,
                                                       strided_view<float const, 2> const& x,
                                                       strided_view<float, 2> const& p,
                                                       packet_tile& tile) {
  predict_tiles<simd::baseline>(e, x, p, tile);
}
VOXSTITCH_TARGET_AVX2 inline void predict_avx2(compiled_ensemble const& e,
                                               strided_view<float const, 2> const& x,
                                               strided_view<float, 2> const& p, packet_tile& tile) {
  predict_tiles<simd::avx2>(e, x, p, tile);
}
VOXSTITCH_TARGET_AVX512 inline void predict_avx512(compiled_ensemble const& e,
                                                   strided_view<float const, 2> const& x,
                                                   strided_view<float, 2> const& p,
                                                   packet_tile& tile) {
  predict_tiles<simd::avx512>(e, x, p, tile);
}

}  // namespace voxstitch::classify::detail
