// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which feature vectors have the labelled voxels of a block?

#include <cstdint>
#include <utility>
#include <vector>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "voxstitch/features/concepts.hpp"
#include "voxstitch/features/packet_order.hpp"
#include "voxstitch/features/slabs.hpp"
#include "voxstitch/features/tile_shape.hpp"
#include "voxstitch/models/detail/packets.hpp"
#include "voxstitch/models/label_block.hpp"
#include "voxstitch/view/dense_array.hpp"

namespace voxstitch::models {

/// Computes the features of labelled voxels, and of little else: of the tiles that hold labels. The
/// values are those that a classifier of the whole image gets.
template <features::feature_bank Bank>
class labelled_block_features {
 public:
  /// The bank must outlive this.
  explicit labelled_block_features(Bank const& bank) : bank_(bank) {}

  /// Upper bound of the memory in bytes that one block takes beside its input, with as many threads
  /// as the current task arena has.
  [[nodiscard]] std::int64_t scratch_bytes(box<3> const& labels, box<3> const& domain) const {
    auto const packet = detail::packet_layout::packet_for(labels);
    auto const tile = features::tile_shape(bank_.feature_count(), packet);
    index_t const lanes = detail::packet_layout(labels, tile).lanes_per_tile();
    auto const tile_bytes = 2 * static_cast<std::int64_t>(bank_.feature_count()) * lanes *
                            static_cast<std::int64_t>(sizeof(float));
    return bank_.prepared_bytes(features::slabs(labels), domain) +
           tbb::this_task_arena::max_concurrency() * tile_bytes +
           labels.size() * static_cast<std::int64_t>(sizeof(std::pair<coord<3>, index_t>));
  }

  /// Parallel inside the caller's task arena.
  /// @param input  [channel, z, y, x] on `read`
  /// @param read   the box of the labels grown by the bank's halo, clipped to the domain
  /// @param out    [feature, sample], unit stride along the samples: the labelled voxels in z, y, x
  ///               order, which are as many
  void operator()(strided_view<float const, 4> const& input, box<3> const& read,
                  label_block const& labels, box<3> const& domain,
                  strided_view<float, 2> const& out) const {
    auto const packet = detail::packet_layout::packet_for(labels.where);
    detail::packet_layout const layout(labels.where,
                                       features::tile_shape(bank_.feature_count(), packet));
    auto const tiles = samples_by_tile(labels, layout);
    typename Bank::prepared_type prepared{features::slabs(labels.where)};
    bank_.prepare(input, read, 0, domain, prepared);
    coord<2> const shape{{static_cast<index_t>(bank_.feature_count()), layout.lanes_per_tile()}};
    tbb::enumerable_thread_specific<tile_memory> memory([&] {
      return tile_memory{{}, dense_array<float, 2>(shape)};
    });
    tbb::parallel_for(index_t{0}, layout.tile_count(), [&](index_t t) {
      auto const& samples = tiles[static_cast<std::size_t>(t)];
      if (!samples.empty()) compute_tile(prepared, layout, t, samples, memory.local(), out);
    });
  }

 private:
  struct tile_memory {
    typename Bank::scratch_type scratch;
    dense_array<float, 2> features;  ///< [feature, lane]
  };

  /// The labelled voxels of a tile, with the numbers of their samples.
  using tile_samples = std::vector<std::pair<coord<3>, index_t>>;

  [[nodiscard]] static std::vector<tile_samples>
  samples_by_tile(label_block const& labels, detail::packet_layout const& layout) {
    std::vector<tile_samples> tiles(static_cast<std::size_t>(layout.tile_count()));
    index_t sample = 0;
    for_each_label(labels, [&](coord<3> const& voxel, std::uint8_t) {
      tiles[static_cast<std::size_t>(layout.tile_of(voxel))].emplace_back(voxel, sample++);
    });
    return tiles;
  }

  void compute_tile(typename Bank::prepared_type const& prepared,
                    detail::packet_layout const& layout, index_t t, tile_samples const& samples,
                    tile_memory& memory, strided_view<float, 2> const& out) const {
    box<3> const tile = layout.tile(t);
    auto const all = memory.features.view();
    auto const lanes = all.sub({{}, {{all.extent(0), layout.lanes_in(tile)}}});
    bank_.compute(prepared, tile, layout.packet_shape(), memory.scratch, lanes);
    features::packet_order const order(tile.shape(), layout.packet_shape());
    for (auto const& [voxel, sample] : samples) {
      index_t const lane = order.lane_of(voxel - tile.inclusive_min);
      for (index_t f = 0; f < lanes.extent(0); ++f) out[{{f, sample}}] = lanes[{{f, lane}}];
    }
  }

  Bank const& bank_;
};

}  // namespace voxstitch::models
