// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does one forest say about a tile of neighbouring packets?
///
/// Trees outside, packets inside: a group of trees is pruned once for a tile, and its few nodes
/// stay in the first-level cache while the packets walk it.

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <memory_resource>
#include <span>
#include <type_traits>

#include "voxstitch/classify/detail/compiled_ensemble.hpp"
#include "voxstitch/classify/detail/packet_votes.hpp"

namespace voxstitch::classify::detail {

/// A packet in work.
struct packet {
  packet_features features;
  packet_votes votes;
  lane_mask all;  ///< lanes to classify
  float* p;       ///< [class, lane]
};

/// Neighbouring packets that share pruned trees, with all memory that they need. To be used for one
/// tile after the other, by one thread at a time.
class packet_tile {
 public:
  explicit packet_tile(compiled_ensemble const& e)
      : capacity_(packets_of(e)), nodes_(pruned_trees::capacity(e.largest_group())),
        summaries_(e.feature_count), walk_(new walk_memory),
        trees_(array<pruned_node>(nodes_), array<float>(nodes_),
               array<pruned_trees::pending>(nodes_)) {
    features_ = array<feature_summary>(summaries_);
    for (packet& one : std::span(packets_).first(capacity_)) {
      one.features = {nullptr, 0, array<code_planes>(summaries_)};
      one.votes = votes_of(e.classes.size());
    }
  }

  /// Voxels it takes.
  [[nodiscard]] index_t voxels() const { return static_cast<index_t>(capacity_) * packet_lanes; }

  /// Upper bound of the memory of one.
  [[nodiscard]] static std::size_t memory_bytes(compiled_ensemble const& e) {
    std::size_t const node = sizeof(pruned_node) + sizeof(float) + sizeof(pruned_trees::pending);
    std::size_t const planes = e.feature_count * sizeof(code_planes);
    std::size_t const votes =
        e.classes.size() * (trees_at_once * sizeof(lane_mask) + 16 * lanes) + 16 * lanes;
    return sizeof(packet_tile) + sizeof(walk_memory) +
           2 * e.feature_count * sizeof(feature_summary) +
           pruned_trees::capacity(e.largest_group()) * node + packets_of(e) * (planes + votes);
  }

  /// Codes `count` voxels from x on, [feature, voxel]; p is theirs, [class,
  /// voxel].
  template <class Target>
  [[gnu::always_inline]] void load(float const* x, std::ptrdiff_t x_stride, float* p,
                                   index_t count) {
    count_ = 0;
    for (index_t at = 0; at < count; at += packet_lanes) {
      packet& one = packets_[count_++];
      one.features.values = x + at;
      one.features.value_stride = x_stride;
      one.p = p + at;
      one.all = lane_mask::first(static_cast<std::size_t>(std::min(packet_lanes, count - at)));
    }
    bool nan_seen = false;
    for (std::size_t feature = 0; feature < summaries_; ++feature)
      encode_row<Target>(feature, static_cast<std::size_t>(count), nan_seen);
    if (nan_seen) [[unlikely]]
      exclude_nan();
  }

  /// Adds what one forest says to the packets' p.
  template <class Target>
  [[gnu::always_inline]] void add(compiled_forest const& forest, std::size_t const* classes,
                                  std::ptrdiff_t p_stride) {
    for (packet& one : loaded()) one.votes.clear();
    std::span<branch const> const roots = forest.roots;
    for (std::size_t tree = 0; tree < roots.size(); tree += trees_at_once) {
      auto const group = roots.subspan(tree, std::min(trees_at_once, roots.size() - tree));
      trees_.assign(forest, group, features_);
      for (packet& one : loaded()) {
        walk<Target>(trees_, group.size(), one.features, one.all, forest.slot_count(),
                     one.votes.whole, *walk_);
        add_votes<Target>(forest, *walk_, group.size(), one.votes);
      }
    }
    for (packet& one : loaded())
      add_probabilities<Target>(forest, one.votes, one.all, classes, one.p, p_stride);
  }

 private:
  static constexpr std::size_t most_packets = 8;
  static constexpr std::size_t plane_bytes = 384 * 1024;  ///< of the second-level cache

  [[nodiscard]] static std::size_t packets_of(compiled_ensemble const& e) {
    return std::clamp<std::size_t>(plane_bytes / (e.feature_count * sizeof(code_planes)), 1,
                                   most_packets);
  }
  [[nodiscard]] std::span<packet> loaded() { return std::span(packets_).first(count_); }

  /// Not initialised.
  template <class T>
  [[nodiscard]] T* array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(memory_.allocate(count * sizeof(T), alignof(lane_mask)));
  }

  [[nodiscard]] packet_votes votes_of(std::size_t class_count) {
    std::size_t const cells = class_count * lanes;
    return {class_count,
            array<lane_mask>(trees_at_once * class_count),
            array<std::uint8_t>(cells),
            array<std::uint32_t>(cells),
            array<std::uint32_t>(cells),
            array<float>(cells),
            array<double>(lanes),
            array<std::uint32_t>(lanes)};
  }

  /// One feature of all packets; the lanes that the last packet lacks repeat its first.
  template <class Target>
  [[gnu::always_inline]] void encode_row(std::size_t feature, std::size_t count, bool& nan_seen) {
    float const* const x = packets_[0].features.row(feature);
    std::size_t const whole = count / lanes;
    value_range range = range_of_row(x, whole * lanes, nan_seen);
    float rest[lanes];
    if (count % lanes != 0) {
      for (std::size_t i = 0; i < lanes; ++i) rest[i] = x[whole * lanes + i % (count % lanes)];
      value_range const more = range_of_row(rest, lanes, nan_seen);
      range = {std::min(range.lowest, more.lowest), std::max(range.highest, more.highest)};
    }
    features_[feature] = {range, code_map::over(range)};
    for (std::size_t i = 0; i < count_; ++i)
      encode<Target>(i < whole ? x + i * lanes : rest, features_[feature].map,
                     packets_[i].features.planes[feature]);
  }

  /// vigra gives voxels with a NaN among their features no class.
  [[gnu::noinline]] void exclude_nan() {
    for (packet& one : loaded())
      for (std::size_t feature = 0; feature < summaries_; ++feature) {
        float const* const x = one.features.row(feature);
        lane_mask nan{};
        for_each_lane(one.all, [&](std::size_t lane) {
          if (std::isnan(x[lane])) nan.insert(lane);
        });
        one.all.remove(nan);
      }
  }

  std::pmr::monotonic_buffer_resource memory_;
  std::size_t capacity_;
  std::size_t nodes_;
  std::size_t summaries_;
  std::unique_ptr<walk_memory> walk_;
  pruned_trees trees_;
  feature_summary* features_ = nullptr;
  std::size_t count_ = 0;
  std::array<packet, most_packets> packets_;
};

}  // namespace voxstitch::classify::detail
