// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are the votes of a forest's trees added up, with vigra's rounding?
///
/// vigra adds a voxel's leaf probabilities in float, tree after tree, and their
/// sum in double (RandomForest::predictProbabilities). Whole votes are counted
/// in any order without rounding: lanes that have met nothing else are counted
/// in bytes. A lane that meets a mixed leaf gets its own float sums; the whole
/// votes it got since are added to them one by one before the next mixed leaf,
/// and at the end.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "voxstitch/classify/detail/packet_walk.hpp"
#include "voxstitch/core/arithmetic.hpp"

namespace voxstitch::classify::detail {

/// The votes of one packet in one forest.
struct packet_votes {
  std::size_t class_count;
  lane_mask* whole;               ///< [tree of the group, class] lanes that voted so
  std::uint8_t* recent;           ///< [class, lane] whole votes not yet in `counts`
  std::uint32_t* counts;          ///< [class, lane] whole votes
  std::uint32_t* summed;          ///< [class, lane] of the whole votes, those in `sums`;
                                  ///< mixed lanes only
  float* sums;                    ///< [class, lane]; mixed lanes only
  double* totals;                 ///< [lane]; mixed lanes only
  std::uint32_t* trees_in_total;  ///< [lane]; mixed lanes only
  std::size_t trees = 0;          ///< trees counted
  lane_mask mixed{};              ///< lanes that have met a mixed leaf

  [[nodiscard]] std::size_t at(std::size_t c, std::size_t lane) const { return c * lanes + lane; }

  void clear() {
    std::memset(recent, 0, class_count * lanes);
    std::memset(counts, 0, class_count * lanes * sizeof *counts);
    trees = 0;
    mixed = {};
  }

  /// Bytes hold 255 votes.
  void flush_when_full() {
    if (trees % 255 == 0) flush();
  }
  void flush() {
    for (std::size_t i = 0; i < class_count * lanes; ++i) counts[i] += recent[i];
    std::memset(recent, 0, class_count * lanes);
  }

  /// Brings a lane's own sums up to date with its whole votes in the trees
  /// before the current.
  void sum_whole_votes(std::size_t lane) {
    for (std::size_t c = 0; c < class_count; ++c) {
      std::size_t const i = at(c, lane);
      std::uint32_t const now = counts[i] + recent[i];
      for (; summed[i] != now; ++summed[i]) sums[i] += 1.0f;
    }
    for (; trees_in_total[lane] != trees; ++trees_in_total[lane]) totals[lane] += 1.0;
  }

  /// Gives a lane sums of its own.
  void start_sums(std::size_t lane) {
    mixed.insert(lane);
    for (std::size_t c = 0; c < class_count; ++c) {
      sums[at(c, lane)] = 0;
      summed[at(c, lane)] = 0;
    }
    totals[lane] = 0;
    trees_in_total[lane] = 0;
  }

  /// Adds the votes of a mixed leaf of the current tree.
  void add_mixed(std::size_t lane, double const* votes) {
    if (!mixed.contains(lane)) start_sums(lane);
    sum_whole_votes(lane);
    for (std::size_t c = 0; c < class_count; ++c) {
      sums[at(c, lane)] += static_cast<float>(votes[c]);
      totals[lane] += votes[c];
    }
    ++trees_in_total[lane];
  }
};

/// Adds the votes of those lanes that ended in a mixed leaf of the group's tree
/// `in_group`.
[[gnu::noinline]] inline void add_mixed_leaves(compiled_forest const& forest,
                                               walk_memory const& memory, std::size_t in_group,
                                               packet_votes& votes) {
  for (std::size_t i = 0; i < memory.mixed_count; ++i) {
    mixed_leaf const& leaf = forest.mixed_leaves[memory.mixed[i].leaf];
    if (leaf.slot != in_group) continue;
    for_each_lane(memory.mixed[i].mask,
                  [&](std::size_t lane) { votes.add_mixed(lane, leaf.votes.data()); });
  }
}

/// Adds the votes of the leaves that a walk through `tree_count` trees ended in.
template <class Target>
[[gnu::always_inline]] inline void add_votes(compiled_forest const& forest,
                                             walk_memory const& memory, std::size_t tree_count,
                                             packet_votes& votes) {
  for (std::size_t tree = 0; tree < tree_count; ++tree) {
    if (memory.mixed_count != 0) add_mixed_leaves(forest, memory, tree, votes);
    for (std::size_t c = 0; c < forest.class_count; ++c)
      count(Target{}, votes.recent + c * lanes, votes.whole[tree * forest.class_count + c]);
    ++votes.trees;
    votes.flush_when_full();
  }
}

/// Adds a lane's probabilities in this forest times its number of trees: p is
/// [class, lane].
template <class Target>
void add_mixed_probabilities(packet_votes& votes, std::size_t lane, std::size_t const* classes,
                             float* p, std::ptrdiff_t p_stride) {
  votes.sum_whole_votes(lane);
  auto const total = static_cast<float>(votes.totals[lane]);
  auto const trees = static_cast<float>(votes.trees);
  for (std::size_t c = 0; c < votes.class_count; ++c)
    p[static_cast<std::ptrdiff_t>(classes[c]) * p_stride + static_cast<std::ptrdiff_t>(lane)] +=
        rounded<Target>(votes.sums[votes.at(c, lane)] / total, trees);
}

/// Adds the forest's probabilities times its number of trees for the lanes of
/// `all`.
template <class Target>
[[gnu::always_inline]] inline void
add_probabilities(compiled_forest const& forest, packet_votes& votes, lane_mask const& all,
                  std::size_t const* classes, float* p, std::ptrdiff_t p_stride) {
  votes.flush();
  lane_mask pure = all;
  pure.remove(votes.mixed);
  for (std::size_t c = 0; c < forest.class_count; ++c) {
    float* const row = p + static_cast<std::ptrdiff_t>(classes[c]) * p_stride;
    std::uint32_t const* const count = votes.counts + c * lanes;
    float const* const shares = forest.shares.data();
    if (pure.full())
      for (std::size_t lane = 0; lane < lanes; ++lane) row[lane] += shares[count[lane]];
    else
      for_each_lane(pure, [&](std::size_t lane) { row[lane] += shares[count[lane]]; });
  }
  for_each_lane(votes.mixed, [&](std::size_t lane) {
    add_mixed_probabilities<Target>(votes, lane, classes, p, p_stride);
  });
}

}  // namespace voxstitch::classify::detail
