// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is known when a packet's voxels stand at one level of a group of trees?
///
/// All nodes of a level are visited before those of the next. First every node divides its lanes;
/// the masks of its children go to fixed places, 2 i and 2 i + 1 for visit i, so that no visit
/// waits for the one before. Then the children that got lanes are listed.

#include <array>
#include <cstddef>
#include <cstdint>

#include "voxstitch/classify/detail/code_planes.hpp"

namespace voxstitch::classify::detail {

/// Trees that a packet walks at once: levels of many nodes keep the processor busy.
inline constexpr std::size_t trees_at_once = 16;

/// Where a branch leads: to an inner node, by its index, or, with the highest
/// bit set, to a leaf.
using branch = std::uint32_t;
inline constexpr branch leaf_flag = branch{1} << 31;

/// An inner node: lanes whose code is less than the pivot go to the left side, all else to the
/// right; equal codes leave it open.
struct pruned_node {
  std::array<branch, 2> sides;
  std::uint32_t feature;
  code_pivot pivot;
};

/// Lists are written 16 entries at a time.
inline constexpr std::size_t list_slack = 16;

/// Visits of a level: lanes of a tree are in one place at a time, and places without lanes are not
/// visited.
inline constexpr std::size_t level_capacity = lanes * trees_at_once;

/// Branches with lanes: the mask of entry i is number place[i] of its level.
struct branch_list {
  std::size_t count = 0;
  std::array<branch, level_capacity + list_slack> to;
  std::array<std::uint32_t, level_capacity + list_slack> place;

  void clear() { count = 0; }
  void add(branch b, std::uint32_t at) {
    to[count] = b;
    place[count++] = at;
  }
};

/// What became of a level's lanes.
struct level_result {
  std::array<lane_mask, 2 * level_capacity> masks;                      ///< of the children
  std::array<branch, 2 * level_capacity + list_slack> child;            ///< where they are
  std::array<std::uint16_t, 2 * level_capacity + list_slack> occupied;  ///< not 0: has lanes
  std::size_t open_count = 0;  ///< visits with lanes of the pivot's code, which went to the right
  std::array<std::uint32_t, level_capacity + 1> open_visit;
  std::array<lane_mask, level_capacity + 1> open;  ///< those lanes
};

}  // namespace voxstitch::classify::detail
