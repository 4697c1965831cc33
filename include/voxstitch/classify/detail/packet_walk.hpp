// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where do a packet's voxels end in a group of trees?
///
/// Level by level, in sweeps whose steps do not depend on each other and contain no conditional
/// jumps, so that the processor has many of them in flight: dividing the lanes of each node by
/// codes, settling the few comparisons that codes leave open, listing the children.

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "voxstitch/classify/detail/compiled_forest.hpp"
#include "voxstitch/classify/detail/lane_operations.hpp"
#include "voxstitch/classify/detail/pruned_trees.hpp"

namespace voxstitch::classify::detail {

/// A packet's features: the floats where the caller has them, and their codes.
struct packet_features {
  float const* values;  ///< [feature, lane]
  std::ptrdiff_t value_stride;
  code_planes* planes;  ///< [feature]

  [[nodiscard]] float const* row(std::size_t feature) const {
    return values + static_cast<std::ptrdiff_t>(feature) * value_stride;
  }
};

/// Lanes that reached a leaf which does not give one whole vote.
struct mixed_arrival {
  lane_mask mask;
  std::uint32_t leaf;  ///< index in mixed_leaves
};

/// What a walk works with, and what it leaves behind.
struct walk_memory {
  std::array<branch_list, 2> levels;
  std::array<level_result, 2> results;
  branch_list leaves;  ///< of one level
  std::array<mixed_arrival, level_capacity> mixed;
  std::size_t mixed_count;
};

/// Compares the floats of the lanes whose code is the pivot of a node. So far they are on the
/// right.
/// @param k number of the open visit
[[gnu::always_inline]] inline void settle(pruned_trees const& trees, branch_list const& level,
                                          packet_features const& p, std::size_t k,
                                          level_result& result) {
  std::size_t const visit = result.open_visit[k];
  branch const node = level.to[visit];
  float const threshold = trees.threshold(node);
  float const* const x = p.row(trees.nodes()[node].feature);
  lane_mask& left = result.masks[2 * visit];
  lane_mask& right = result.masks[2 * visit + 1];
  for_each_lane(result.open[k], [&](std::size_t lane) {
    if (x[lane] < threshold) left.insert(lane);
  });
  right.remove(left);
  result.occupied[2 * visit] = left.any();
  result.occupied[2 * visit + 1] = right.any();
}

/// Adds the lanes that reached leaves to the whole votes of their tree and class, or to the mixed
/// arrivals.
[[gnu::always_inline]] inline void collect(branch_list const& leaves, lane_mask const* masks,
                                           std::size_t slot_count, lane_mask* whole,
                                           walk_memory& memory) {
  for (std::size_t i = 0; i < leaves.count; ++i) {
    std::size_t const slot = leaves.to[i] & ~leaf_flag;
    lane_mask const& mask = masks[leaves.place[i]];
    if (slot >= slot_count) [[unlikely]] {
      memory.mixed[memory.mixed_count++] = {mask, static_cast<std::uint32_t>(slot - slot_count)};
      continue;
    }
    for (std::size_t word = 0; word < words_per_mask; ++word)
      whole[slot].words[word] |= mask.words[word];
  }
}

/// Walks the first `tree_count` trees with the lanes of `all`.
/// @param whole [tree, class] gets the lanes whose leaf gives that class a whole vote
template <class Target>
[[gnu::always_inline]] inline void
walk(pruned_trees const& trees, std::size_t tree_count, packet_features const& p,
     lane_mask const& all, std::size_t slot_count, lane_mask* whole, walk_memory& memory) {
  std::fill_n(whole, slot_count, lane_mask{});
  memory.mixed_count = 0;
  branch_list* level = &memory.levels[0];
  branch_list* next = &memory.levels[1];
  level_result* from = &memory.results[0];
  level_result* into = &memory.results[1];
  from->masks[0] = all;
  level->clear();
  memory.leaves.clear();
  for (std::size_t tree = 0; tree < tree_count; ++tree) {
    branch const root = trees.root(tree);
    (root >> 31 != 0 ? memory.leaves : *level).add(root, 0);
  }
  collect(memory.leaves, from->masks.data(), slot_count, whole, memory);
  while (level->count != 0) {
    split_nodes(Target{}, trees.nodes(), p.planes, *level, from->masks.data(), *into);
    for (std::size_t k = 0; k < into->open_count; ++k) settle(trees, *level, p, k, *into);
    next->clear();
    memory.leaves.clear();
    list_children(Target{}, *into, level->count, *next, memory.leaves);
    collect(memory.leaves, into->masks.data(), slot_count, whole, memory);
    std::swap(level, next);
    std::swap(from, into);
  }
}

}  // namespace voxstitch::classify::detail
