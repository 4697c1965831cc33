// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do all forests say about all voxels?
///
/// Trees outside, packets inside: a group of trees is pruned once for a tile of
/// up to 8 packets, and its few nodes stay in the first-level cache while the
/// packets walk it.

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "voxstitch/classify/detail/compiled_forest.hpp"
#include "voxstitch/classify/detail/packet_scratch.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::classify::detail {

/// Forests averaged by their tree counts.
struct compiled_ensemble {
  std::size_t feature_count = 0;
  std::size_t class_count = 0;
  std::vector<std::size_t> classes;
  std::vector<compiled_forest> forests;
  float total_trees = 0;

  [[nodiscard]] std::size_t largest_group() const {
    std::size_t largest = 0;
    for (compiled_forest const& forest : forests) largest = std::max(largest, forest.largest_group);
    return largest;
  }
};

/// A packet in work.
struct packet {
  packet_features features;
  packet_votes votes;
  lane_mask all;  ///< lanes to classify
  float* p;       ///< [class, lane]
};

/// Neighbouring packets that share pruned trees, with all memory that they
/// need.
class packet_tile {
 public:
  packet_tile(compiled_ensemble const& e, std::ptrdiff_t x_stride)
      : feature_count_(e.feature_count),
        capacity_(std::clamp<std::size_t>(codes_in_cache / e.feature_count, 1, most_packets)),
        ranges_(scratch_.array<value_range>(e.feature_count)),
        trees_(scratch_.array<walk_node>(pruned_trees::capacity(e.largest_group())),
               scratch_.array<pruned_trees::pending>(pruned_trees::capacity(e.largest_group()))) {
    for (std::size_t i = 0; i < capacity_; ++i) {
      packets_[i].features = {nullptr, x_stride,
                              scratch_.array<std::int8_t>(e.feature_count * lanes),
                              scratch_.array<code_map>(e.feature_count)};
      packets_[i].votes = scratch_.votes(e.classes.size());
    }
  }

  /// Voxels it takes.
  [[nodiscard]] index_t voxels() const { return static_cast<index_t>(capacity_) * packet_lanes; }

  /// Codes `count` voxels from x on, [feature, voxel]; p is theirs, [class,
  /// voxel].
  [[gnu::always_inline]] void load(float const* x, float* p, index_t count) {
    std::fill_n(ranges_, feature_count_, value_range{});
    count_ = 0;
    for (index_t at = 0; at < count; at += packet_lanes) {
      packet& one = packets_[count_++];
      one.features.values = x + at;
      one.p = p + at;
      auto const in_packet = static_cast<std::size_t>(std::min(packet_lanes, count - at));
      one.all = encode(one.features, feature_count_, in_packet, ranges_);
    }
  }

  /// Adds what one forest says to the packets' p.
  template <class Target>
  [[gnu::always_inline]] void add(compiled_forest const& forest, std::size_t const* classes,
                                  std::ptrdiff_t p_stride) {
    for (std::size_t i = 0; i < count_; ++i) packets_[i].votes.clear();
    std::span<branch const> const roots = forest.roots;
    for (std::size_t tree = 0; tree < roots.size(); tree += trees_at_once) {
      auto const group = roots.subspan(tree, std::min(trees_at_once, roots.size() - tree));
      trees_.assign(forest, group, ranges_);
      for (std::size_t i = 0; i < count_; ++i) {
        walk<Target>(trees_, group.size(), packets_[i].features, packets_[i].all, scratch_.work);
        add_votes<Target>(forest, scratch_.work, group.size(), packets_[i].votes);
      }
    }
    for (std::size_t i = 0; i < count_; ++i)
      add_probabilities<Target>(forest, packets_[i].votes, packets_[i].all, classes, packets_[i].p,
                                p_stride);
  }

 private:
  static constexpr std::size_t most_packets = 8;
  static constexpr std::size_t codes_in_cache = 512;  ///< times 256 bytes: an eighth of L2 or so

  packet_scratch scratch_;
  std::size_t feature_count_;
  std::size_t capacity_;
  std::size_t count_ = 0;
  std::array<packet, most_packets> packets_;
  value_range* ranges_;  ///< [feature] of all packets
  pruned_trees trees_;
};

/// Classifies all voxels of x, [feature, voxel], into p, [class, voxel], tile
/// after tile.
template <class Target>
[[gnu::always_inline]] inline void predict_tiles(compiled_ensemble const& e,
                                                 strided_view<float const, 2> const& x,
                                                 strided_view<float, 2> const& p) {
  packet_tile tile(e, x.stride(0));
  fill(p, 0.0f);
  for (index_t first = 0; first < x.extent(1); first += tile.voxels()) {
    index_t const count = std::min(tile.voxels(), x.extent(1) - first);
    tile.load(x.data() + first, p.data() + first, count);
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
                                                       strided_view<float, 2> const& p) {
  predict_tiles<simd::baseline>(e, x, p);
}
VOXSTITCH_TARGET_AVX2 inline void predict_avx2(compiled_ensemble const& e,
                                               strided_view<float const, 2> const& x,
                                               strided_view<float, 2> const& p) {
  predict_tiles<simd::avx2>(e, x, p);
}
VOXSTITCH_TARGET_AVX512 inline void predict_avx512(compiled_ensemble const& e,
                                                   strided_view<float const, 2> const& x,
                                                   strided_view<float, 2> const& p) {
  predict_tiles<simd::avx512>(e, x, p);
}

}  // namespace voxstitch::classify::detail
