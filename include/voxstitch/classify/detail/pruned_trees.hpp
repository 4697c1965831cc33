// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which nodes of a group of trees can tell some voxels of a tile from
/// others?

#include <cstddef>
#include <cstdint>
#include <span>

#include "voxstitch/classify/detail/compiled_forest.hpp"
#include "voxstitch/classify/detail/packet_codes.hpp"

namespace voxstitch::classify::detail {

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

  /// Elements of the two arrays that trees with so many inner nodes need.
  [[nodiscard]] static std::size_t capacity(std::size_t inner_nodes) {
    return first_node + inner_nodes + 2;
  }

  pruned_trees(walk_node* nodes, pending* queue) : nodes_(nodes), queue_(queue) {}

  [[nodiscard]] walk_node const* nodes() const { return nodes_; }
  [[nodiscard]] branch root(std::size_t tree) const { return nodes_[tree / 2].sides[tree % 2]; }

  /// @param ranges [feature] of the tile's values
  ///
  /// Breadth first; without conditional jumps, which nobody could predict.
  [[gnu::always_inline]] void assign(compiled_forest const& forest, std::span<branch const> roots,
                                     value_range const* ranges) {
    pending* end = queue_;
    for (std::size_t tree = 0; tree < roots.size(); ++tree)
      end = append(end, roots[tree], static_cast<std::uint32_t>(tree), 1);
    std::uint32_t next = first_node;
    for (pending const* item = queue_; item != end; ++item) {
      walk_node const node = forest.nodes[item->to];
      value_range const range = ranges[node.feature];
      auto const only_right = static_cast<std::uint32_t>(!(range.lowest < node.threshold));
      auto const only_left = static_cast<std::uint32_t>(range.highest < node.threshold);
      std::uint32_t const kept = 1 - (only_right | only_left);
      std::uint32_t const place = item->place;
      nodes_[next] = node;
      side(place) = next;
      // A node that is not kept hands its place on to the only side that it
      // has.
      end = append(end, node.sides[only_right], place + ((2 * next - place) & (0 - kept)), 1);
      end = append(end, node.sides[walk_node::right], 2 * next + 1, kept);
      next += kept;
    }
  }

 private:
  static constexpr std::uint32_t first_node = (trees_at_once + 1) / 2;

  [[nodiscard]] branch& side(std::uint32_t place) { return nodes_[place / 2].sides[place % 2]; }

  /// Leaves are final; inner nodes are queued when `wanted` is 1.
  [[nodiscard]] [[gnu::always_inline]] pending* append(pending* end, branch to, std::uint32_t place,
                                                       std::uint32_t wanted) {
    side(place) = to;
    *end = {to, place};
    return end + (wanted & ~(to >> 31));
  }

  walk_node* nodes_;
  pending* queue_;
};

}  // namespace voxstitch::classify::detail
