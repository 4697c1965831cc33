// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do the values of each feature rank?

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "voxstitch/classify/training_set.hpp"
#include "voxstitch/view/dense_array.hpp"

namespace voxstitch::classify::detail {

/// Every column of a training set, its values replaced by their ranks, once for all nodes of all
/// trees: 8 bytes per feature and sample.
class ranked_columns {
 public:
  /// Sorts in parallel, in the caller's arena.
  explicit ranked_columns(training_set const& set)
      : values_(set.features.shape()), ranks_(set.features.shape()) {
    tbb::enumerable_thread_specific<std::vector<std::uint64_t>> keys(
        std::vector<std::uint64_t>(set.sample_count()));
    tbb::parallel_for(std::size_t{0}, set.feature_count(),
                      [&](std::size_t f) { rank(set.column(f), f, keys.local()); });
  }

  [[nodiscard]] std::size_t feature_count() const { return std::size_t(ranks_.shape()[0]); }
  [[nodiscard]] std::size_t sample_count() const { return std::size_t(ranks_.shape()[1]); }

  /// [rank] the different values of a feature, ascending; ranks are below sample_count().
  [[nodiscard]] float const* values(std::size_t feature) const {
    return values_.view().pointer_to({{index_t(feature), 0}});
  }
  /// [sample] the rank of the sample's value; equal values have the same.
  [[nodiscard]] std::uint32_t const* ranks(std::size_t feature) const {
    return ranks_.view().pointer_to({{index_t(feature), 0}});
  }

 private:
  /// A number per finite float that grows with it (-0 comes just before 0).
  [[nodiscard]] static std::uint32_t ordered_bits(float value) {
    auto const bits = std::bit_cast<std::uint32_t>(value);
    return (bits >> 31) != 0 ? ~bits : bits | 0x80000000u;
  }

  void rank(float const* column, std::size_t feature, std::vector<std::uint64_t>& keys) {
    for (std::size_t i = 0; i < keys.size(); ++i)
      keys[i] = std::uint64_t{ordered_bits(column[i])} << 32 | i;
    std::sort(keys.begin(), keys.end());
    float* const values = values_.view().pointer_to({{index_t(feature), 0}});
    std::uint32_t* const ranks = ranks_.view().pointer_to({{index_t(feature), 0}});
    std::uint32_t last = 0;
    values[0] = column[std::uint32_t(keys[0])];
    for (std::uint64_t key : keys) {
      auto const sample = std::uint32_t(key);
      if (column[sample] != values[last]) values[++last] = column[sample];
      ranks[sample] = last;
    }
  }

  dense_array<float, 2> values_;
  dense_array<std::uint32_t, 2> ranks_;
};

}  // namespace voxstitch::classify::detail
