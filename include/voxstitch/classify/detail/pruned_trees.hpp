// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which nodes of a group of trees can tell some voxels of a tile from
/// others?

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "voxstitch/classify/detail/compiled_forest.hpp"
#include "voxstitch/classify/detail/packet_codes.hpp"

namespace voxstitch::classify::detail {

/// What a tile's values of one feature are like.
struct feature_summary {
  value_range range;
  code_map map;
};

/// Up to trees_at_once trees without the nodes that send all of a tile's voxels
/// to one side.
///
/// The sides of the first nodes are the roots of the trees, two each; then come
/// the trees' nodes.
class pruned_trees {
 public:
  /// A branch that still leads to a node of the forest, and which side of which
  /// node it shall be here: 2 * node + side.
  struct pending {
    branch to;
    std::uint32_t place;
  };

  /// Elements of the three arrays that trees with so many inner nodes need.
  [[nodiscard]] static std::size_t capacity(std::size_t inner_nodes) {
    return first_node + inner_nodes + 2;
  }

  pruned_trees(pruned_node* nodes, float* thresholds, pending* queue)
      : nodes_(nodes), thresholds_(thresholds), queue_(queue) {}

  [[nodiscard]] pruned_node const* nodes() const { return nodes_; }
  [[nodiscard]] float threshold(std::size_t node) const { return thresholds_[node]; }
  [[nodiscard]] branch root(std::size_t tree) const { return nodes_[tree / 2].sides[tree % 2]; }

  /// @param features [feature] of the tile
  ///
  /// Breadth first, in batches: first what the nodes of a batch are, then where they lead. Without
  /// conditional jumps, which nobody could predict.
  [[gnu::always_inline]] void assign(compiled_forest const& forest, std::span<branch const> roots,
                                     feature_summary const* features) {
    end_ = queue_;
    next_ = first_node;
    for (std::size_t tree = 0; tree < roots.size(); ++tree)
      append(roots[tree], static_cast<std::uint32_t>(tree), 1);
    batch b;
    for (pending const* item = queue_; item != end_; item += b.count) {
      b.count = std::min(batch::capacity, static_cast<std::size_t>(end_ - item));
      inspect(forest, features, item, b);
      for (std::size_t i = 0; i < b.count; ++i) place(b, i, item[i].place);
    }
  }

 private:
  static constexpr std::uint32_t first_node = (trees_at_once + 1) / 2;

  struct batch {
    static constexpr std::size_t capacity = 32;
    std::size_t count;
    std::array<walk_node, capacity> node;
    std::array<std::uint32_t, capacity> only_right, kept;
    std::array<float, capacity> origin, scale;
    std::array<std::int32_t, capacity> code;
  };

  [[gnu::always_inline]] static void inspect(compiled_forest const& forest,
                                             feature_summary const* features, pending const* item,
                                             batch& b) {
    for (std::size_t i = 0; i < b.count; ++i) {
      walk_node const& node = b.node[i] = forest.nodes[item[i].to];
      feature_summary const& feature = features[node.feature];
      b.only_right[i] = static_cast<std::uint32_t>(!(feature.range.lowest < node.threshold));
      auto const only_left = static_cast<std::uint32_t>(feature.range.highest < node.threshold);
      b.kept[i] = 1 - (b.only_right[i] | only_left);
      b.origin[i] = feature.map.origin;
      b.scale[i] = feature.map.scale;
    }
    for (std::size_t i = 0; i < batch::capacity; ++i)  // entries behind the last do no harm
      b.code[i] = code_map{b.origin[i], b.scale[i]}(b.node[i].threshold);
  }

  [[gnu::always_inline]] void place(batch const& b, std::size_t i, std::uint32_t place) {
    walk_node const& node = b.node[i];
    nodes_[next_].feature = node.feature;
    nodes_[next_].pivot = code_pivot::of(b.code[i]);
    thresholds_[next_] = node.threshold;
    side(place) = next_;
    // A node that is not kept hands its place on to the only side that it has.
    append(node.sides[b.only_right[i]], place + ((2 * next_ - place) & (0 - b.kept[i])), 1);
    append(node.sides[walk_node::right], 2 * next_ + 1, b.kept[i]);
    next_ += b.kept[i];
  }

  [[nodiscard]] branch& side(std::uint32_t place) { return nodes_[place / 2].sides[place % 2]; }

  /// Leaves are final; inner nodes are queued when `wanted` is 1.
  [[gnu::always_inline]] void append(branch to, std::uint32_t place, std::uint32_t wanted) {
    side(place) = to;
    *end_ = {to, place};
    end_ += wanted & ~(to >> 31);
  }

  pruned_node* nodes_;
  float* thresholds_;
  pending* queue_;
  pending* end_ = nullptr;
  std::uint32_t next_ = 0;
};

}  // namespace voxstitch::classify::detail
