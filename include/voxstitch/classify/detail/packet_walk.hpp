// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where do a packet's voxels end in a group of trees?

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "voxstitch/classify/detail/compiled_forest.hpp"
#include "voxstitch/classify/detail/lane_bytes.hpp"
#include "voxstitch/classify/detail/packet_codes.hpp"

namespace voxstitch::classify::detail {

/// Nodes still to be visited, first in, first out, and leaves reached; each with its lanes.
///
/// Lanes of a tree are in one place at a time and places without lanes are dropped: at most `lanes`
/// entries per tree are waiting, and at most `lanes` leaves are reached.
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

  /// Appends without a conditional jump: an entry without lanes is overwritten by the next.
  [[gnu::always_inline]] void push(packet_worklist& work, branch to, lane_mask const& mask) {
    std::size_t const is_leaf = to >> 31;
    std::size_t const node = nodes % packet_worklist::ring;
    std::size_t const at = node + ((leaves - node) & (std::size_t{0} - is_leaf));
    for (std::size_t word = 0; word < words_per_mask; ++word)
      work.masks[at].words[word] = mask.words[word];
    work.branches[at] = to;
    std::size_t const grows = mask.any() ? 1 : 0;
    nodes += grows & ~is_leaf;
    leaves += grows & is_leaf;
  }
};

/// The lanes of `mask` whose value is below the node's threshold, by comparing floats where the
/// codes are equal.
template <class Target>
[[gnu::noinline]] lane_mask settle(packet_features const& p, walk_node const& node,
                                   std::uint8_t code, lane_mask const& mask) {
  lane_mask below;
  float const* const x = p.row(node.feature);
  for (std::size_t word = 0; word < words_per_mask; ++word) {
    std::size_t const first = word * lanes_per_word;
    byte_order const order = compare_bytes(Target{}, p.code_row(node.feature) + first, code);
    std::uint64_t less = order.less & mask.words[word];
    for (std::uint64_t open = order.same & mask.words[word]; open != 0; open &= open - 1) {
      auto const bit = static_cast<std::size_t>(std::countr_zero(open));
      less |= std::uint64_t{x[first + bit] < node.threshold} << bit;
    }
    below.words[word] = less;
  }
  return below;
}

/// Sends the lanes of `mask` to the node's children.
template <class Target>
[[gnu::always_inline]] inline void visit(packet_features const& p, walk_node const& node,
                                         lane_mask const& mask, packet_worklist& work,
                                         worklist_ends& ends) {
  std::uint8_t const code = p.maps[node.feature](node.threshold);
  std::uint8_t const* const row = p.code_row(node.feature);
  lane_mask left;
  lane_mask right;
  std::uint64_t open = 0;
  for (std::size_t word = 0; word < words_per_mask; ++word) {
    byte_order const order = compare_bytes(Target{}, row + word * lanes_per_word, code);
    left.words[word] = mask.words[word] & order.less;
    open |= mask.words[word] & order.same;
  }
  if (open != 0) [[unlikely]]
    left = settle<Target>(p, node, code, mask);
  for (std::size_t word = 0; word < words_per_mask; ++word)
    right.words[word] = mask.words[word] & ~left.words[word];
  ends.push(work, node.left, left);
  ends.push(work, node.right, right);
}

/// Walks up to trees_at_once trees; afterwards the worklist holds the leaves.
template <class Target>
[[gnu::always_inline]] inline void walk(compiled_forest const& forest,
                                        std::span<branch const> roots, packet_features const& p,
                                        lane_mask const& all, packet_worklist& work) {
  worklist_ends ends;
  for (branch root : roots) ends.push(work, root, all);
  for (std::size_t head = 0; head != ends.nodes; ++head) {
    std::size_t const at = head % packet_worklist::ring;
    visit<Target>(p, forest.nodes[work.branches[at]], work.masks[at], work, ends);
  }
  work.leaves_end = ends.leaves;
}

}  // namespace voxstitch::classify::detail
