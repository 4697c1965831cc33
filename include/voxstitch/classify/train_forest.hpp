// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a random forest trained, as vigra does it for ilastik?

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/classify/detail/ranked_columns.hpp"
#include "voxstitch/classify/detail/tree_dice.hpp"
#include "voxstitch/classify/detail/tree_grower.hpp"
#include "voxstitch/classify/training_set.hpp"
#include "voxstitch/core/cancel.hpp"

namespace voxstitch::classify {

/// How a forest is trained. The same samples and seed make the same trees; more trees leave the
/// first ones as they are.
struct forest_training {
  std::size_t trees = 100;
  std::uint64_t seed = 0;
  std::size_t features_per_split = 0;  ///< drawn at every node; 0: the rounded root of their number
};

/// Features that are drawn at every node.
/// @throws usage_error when more are wished than there are
[[nodiscard]] inline std::size_t features_per_split(forest_training const& how,
                                                    std::size_t feature_count) {
  if (how.features_per_split > feature_count)
    throw usage_error("training: " + std::to_string(how.features_per_split) +
                      " features per split are wished, but there are only " +
                      std::to_string(feature_count));
  if (how.features_per_split != 0) return how.features_per_split;
  return static_cast<std::size_t>(std::floor(std::sqrt(double(feature_count)) + 0.5));
}

/// Trees grown by vigra's rules (see detail/tree_grower.hpp), each on a bag of its own: as many
/// samples as there are, drawn with replacement. vigra's forests differ by their random numbers
/// only. Trees are in preorder, their leaves are numbered from left to right.
///
/// Runs in the caller's arena, tree beside tree; every tree draws from a generator of its own, so
/// the bits of the result do not depend on the number of threads.
/// Memory: 8 bytes per feature and sample, and about 40 bytes per sample and thread.
/// @throws usage_error, shape_error as check(training_set), features_per_split(), and without trees
/// @throws cancelled when a stop was requested
/// @complexity per tree, about samples x depth x features per split
[[nodiscard]] inline forest_description train_forest(training_set const& set,
                                                     forest_training const& how,
                                                     std::stop_token const& stop = {}) {
  check(set);
  if (how.trees == 0) throw usage_error("training: a forest without trees is wished; at least 1");
  std::size_t const tried = features_per_split(how, set.feature_count());
  detail::ranked_columns const columns(set);
  struct worker {
    detail::tree_grower grower;
    std::vector<std::uint32_t> bag;
  };
  tbb::enumerable_thread_specific<worker> workers([&] {
    return worker{detail::tree_grower(columns, set.classes, set.class_count, tried),
                  std::vector<std::uint32_t>(set.sample_count())};
  });
  forest_description forest{set.feature_count(), set.class_count, false, {}};
  forest.trees.resize(how.trees);
  tbb::parallel_for(std::size_t{0}, how.trees, [&](std::size_t i) {
    throw_if_stopped(stop);
    worker& mine = workers.local();
    detail::tree_dice dice(how.seed, i);
    mine.bag.assign(mine.bag.size(), 0);
    detail::draw_bag(dice, mine.bag.size(), [&](std::uint32_t sample) { ++mine.bag[sample]; });
    forest.trees[i] = mine.grower.grow(mine.bag, dice);
  });
  return forest;
}

}  // namespace voxstitch::classify
