// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How many features does a forest need?

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

#include "voxstitch/classify/importance.hpp"
#include "voxstitch/classify/out_of_bag.hpp"
#include "voxstitch/classify/train_forest.hpp"
#include "voxstitch/view/dense_array.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::classify {

/// Features that are computed together, kept or left out together: [first, first + count).
struct feature_range {
  std::size_t first = 0;
  std::size_t count = 0;
};

/// A forest on a part of the features.
struct reduced_forest {
  std::vector<std::size_t> kept;  ///< numbers of the ranges, ascending
  double error = 0;               ///< out of bag
  forest_description forest;      ///< of the kept ranges' features, in their order
};

namespace detail {

/// The features of some ranges, one after the other.
[[nodiscard]] inline dense_array<float, 2> columns_of(training_set const& set,
                                                      std::span<feature_range const> ranges,
                                                      std::vector<std::size_t> const& kept) {
  index_t features = 0;
  for (std::size_t i : kept) features += static_cast<index_t>(ranges[i].count);
  index_t const samples = set.features.extent(1);
  dense_array<float, 2> columns(coord<2>{{features, samples}});
  index_t to = 0;
  for (std::size_t i : kept) {
    auto const from = static_cast<index_t>(ranges[i].first);
    auto const count = static_cast<index_t>(ranges[i].count);
    copy(set.features.sub({{{from, 0}}, {{from + count, samples}}}),
         columns.view().sub({{{to, 0}}, {{to + count, samples}}}));
    to += count;
  }
  return columns;
}

/// The `count` most important ones of the kept ranges; a range's features count together.
/// @param importance of the features of the kept ranges, one after the other
[[nodiscard]] inline std::vector<std::size_t> most_important(std::vector<std::size_t> kept,
                                                             std::span<feature_range const> ranges,
                                                             std::vector<double> const& importance,
                                                             std::size_t count) {
  std::vector<double> of_range(ranges.size());
  std::size_t first = 0;
  for (std::size_t i : kept) {
    auto const begin = importance.begin() + static_cast<std::ptrdiff_t>(first);
    first += ranges[i].count;
    of_range[i] = std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(ranges[i].count), 0.0);
  }
  std::stable_sort(kept.begin(), kept.end(),
                   [&](std::size_t a, std::size_t b) { return of_range[a] > of_range[b]; });
  kept.resize(count);
  std::sort(kept.begin(), kept.end());
  return kept;
}

}  // namespace detail

/// Trains on all ranges, leaves out the least important third or so, trains again, until one is
/// left (recursive feature elimination, Guyon et al. 2002, by permutation importance).
/// Runs in the caller's arena; the same for a seed whatever the threads.
/// @return from all ranges to one
/// @throws as train_forest()
[[nodiscard]] inline std::vector<reduced_forest>
eliminate_features(training_set const& set, std::span<feature_range const> ranges,
                   forest_training const& how, std::stop_token const& stop = {}) {
  std::vector<reduced_forest> steps;
  std::vector<std::size_t> kept(ranges.size());
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  while (!kept.empty()) {
    auto const columns = detail::columns_of(set, ranges, kept);
    training_set const part{columns.view(), set.classes, set.class_count};
    auto forest = train_forest(part, how, stop);
    double const error = out_of_bag(part, forest, how).error();
    auto const importance = permutation_importance(part, forest, how);
    throw_if_stopped(stop);
    steps.push_back({kept, error, std::move(forest)});
    if (kept.size() == 1) break;
    auto const fewer = std::min(kept.size() - 1, (2 * kept.size() + 2) / 3);
    kept = detail::most_important(kept, ranges, importance, fewer);
  }
  return steps;
}

/// The smallest part whose error is within one standard error of the whole's (the rule of Breiman
/// et al. 1984 for pruned trees).
/// The whole where no error is known, for want of samples that trees left out.
/// @pre `steps` is what eliminate_features() gave for that many samples
[[nodiscard]] inline reduced_forest const& smallest_good(std::vector<reduced_forest> const& steps,
                                                         std::size_t samples) {
  double const error = steps.front().error;
  double const allowed = error + std::sqrt(error * (1 - error) / static_cast<double>(samples));
  auto const good = std::find_if(steps.rbegin(), steps.rend(),
                                 [&](reduced_forest const& s) { return s.error <= allowed; });
  return good == steps.rend() ? steps.front() : *good;
}

}  // namespace voxstitch::classify
