// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where do a packet's voxels end in a group of trees?
///
/// The nodes that wait are visited in batches, and a batch in three sweeps:
/// what to compare with, comparing, sending the lanes on. A sweep's steps do
/// not depend on each other and contain no conditional jumps, so that the
/// processor has many of them in flight.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "voxstitch/classify/detail/compiled_forest.hpp"
#include "voxstitch/classify/detail/lane_operations.hpp"
#include "voxstitch/classify/detail/packet_codes.hpp"
#include "voxstitch/classify/detail/pruned_trees.hpp"

namespace voxstitch::classify::detail {

/// Nodes still to be visited, first in, first out, and leaves reached; each
/// with its lanes.
///
/// Lanes of a tree are in one place at a time and places without lanes are
/// dropped: at most `lanes` entries per tree are waiting, and at most `lanes`
/// leaves are reached.
struct packet_worklist {
  static constexpr std::size_t ring = 2 * lanes * trees_at_once;
  static constexpr std::size_t leaf_capacity = lanes * trees_at_once + 1;
  std::array<lane_mask, ring + leaf_capacity> masks;
  std::array<branch, ring + leaf_capacity> branches;
  std::size_t leaves_end = ring;  ///< leaves stand behind the ring
};

/// The two ends of a worklist, in registers while it is in use.
struct worklist_ends {
  std::size_t nodes = 0;
  std::size_t leaves = packet_worklist::ring;

  /// The place of the next entry for `to`.
  [[nodiscard]] [[gnu::always_inline]] std::size_t place(branch to) const {
    std::size_t const node = nodes % packet_worklist::ring;
    return node + ((leaves - node) & (std::size_t{0} - (to >> 31)));
  }
  /// Keeps that entry when it has lanes; else it is overwritten by the next.
  [[gnu::always_inline]] void keep(branch to, bool occupied) {
    std::size_t const is_leaf = to >> 31;
    nodes += std::size_t{occupied} & ~is_leaf;
    leaves += std::size_t{occupied} & is_leaf;
  }
  [[gnu::always_inline]] void start(packet_worklist& work, branch root, lane_mask const& all) {
    std::size_t const at = place(root);
    work.masks[at] = all;
    work.branches[at] = root;
    keep(root, all.any());
  }
  /// Sends the lanes of `mask` to the node's children, those of `less` to the
  /// left.
  template <class Target>
  [[gnu::always_inline]] void send_on(packet_worklist& work, walk_node const& node,
                                      lane_mask const& mask, lane_mask const& less) {
    auto const [to_left, to_right] = node.sides;
    lane_mask right_lanes;
    std::size_t const left = place(to_left);
    occupied_sides const sides = split(Target{}, mask, less, work.masks[left], right_lanes);
    work.branches[left] = to_left;
    keep(to_left, sides.left);
    std::size_t const right = place(to_right);
    work.masks[right] = right_lanes;
    work.branches[right] = to_right;
    keep(to_right, sides.right);
  }
};

/// A batch of nodes between the sweeps.
struct visit_batch {
  static constexpr std::size_t capacity = 64;
  std::array<lane_mask, capacity> less;
  std::array<std::uint32_t, capacity> feature;
  std::array<std::int8_t, capacity> code;
  std::array<std::uint32_t, capacity + 1> open;  ///< entries with lanes of the node's own code
};

/// Compares the floats of the lanes whose code is the node's.
template <class Target>
[[gnu::always_inline]] inline void settle(packet_features const& p, walk_node const& node,
                                          std::int8_t code, lane_mask const& mask,
                                          lane_mask& less) {
  float const* const x = p.row(node.feature);
  lane_mask const same = same_codes(Target{}, p.code_row(node.feature), code, mask);
  for (std::size_t word = 0; word < words_per_mask; ++word) {
    std::uint64_t below = 0;
    for (std::uint64_t rest = same.words[word]; rest != 0; rest &= rest - 1) {
      auto const bit = static_cast<std::size_t>(std::countr_zero(rest));
      below |= std::uint64_t{x[word * lanes_per_word + bit] < node.threshold} << bit;
    }
    less.words[word] |= below;
  }
}

/// Visits the `count` nodes from place `at` of the ring on.
template <class Target>
[[gnu::always_inline]] inline void visit(walk_node const* nodes, packet_features const& p,
                                         packet_worklist& work, std::size_t at, std::size_t count,
                                         visit_batch& batch, worklist_ends& ends) {
  branch const* const visited = work.branches.data() + at;
  lane_mask const* const masks = work.masks.data() + at;
  for (std::size_t i = 0; i < count; ++i) {
    walk_node const& node = nodes[visited[i]];
    batch.feature[i] = node.feature;
    batch.code[i] = p.maps[node.feature](node.threshold);
  }
  std::size_t open = 0;
  for (std::size_t i = 0; i < count; ++i) {
    batch.open[open] = static_cast<std::uint32_t>(i);
    open += compare_codes(Target{}, p.code_row(batch.feature[i]), batch.code[i], masks[i],
                          batch.less[i])
                ? 1
                : 0;
  }
  for (std::size_t k = 0; k < open; ++k) {
    std::size_t const i = batch.open[k];
    settle<Target>(p, nodes[visited[i]], batch.code[i], masks[i], batch.less[i]);
  }
  for (std::size_t i = 0; i < count; ++i)
    ends.send_on<Target>(work, nodes[visited[i]], masks[i], batch.less[i]);
}

/// Walks the first `tree_count` trees; afterwards the worklist holds the
/// leaves.
template <class Target>
[[gnu::always_inline]] inline void walk(pruned_trees const& trees, std::size_t tree_count,
                                        packet_features const& p, lane_mask const& all,
                                        packet_worklist& work) {
  worklist_ends ends;
  visit_batch batch;
  for (std::size_t tree = 0; tree < tree_count; ++tree) ends.start(work, trees.root(tree), all);
  for (std::size_t head = 0; head != ends.nodes;) {
    std::size_t const at = head % packet_worklist::ring;
    std::size_t const count =
        std::min({ends.nodes - head, visit_batch::capacity, packet_worklist::ring - at});
    visit<Target>(trees.nodes(), p, work, at, count, batch, ends);
    head += count;
  }
  work.leaves_end = ends.leaves;
}

}  // namespace voxstitch::classify::detail
