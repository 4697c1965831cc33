// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file In which order do the values of each feature come?

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

/// Every column of a training set sorted once, for all nodes of all trees: 8 bytes per feature and
/// sample.
class sorted_columns {
 public:
  /// Sorts in parallel, in the caller's arena.
  explicit sorted_columns(training_set const& set)
      : values_(set.features.shape()), places_(set.features.shape()) {
    tbb::enumerable_thread_specific<std::vector<std::uint64_t>> keys(
        std::vector<std::uint64_t>(set.sample_count()));
    tbb::parallel_for(std::size_t{0}, set.feature_count(),
                      [&](std::size_t f) { sort(set.column(f), f, keys.local()); });
  }

  [[nodiscard]] std::size_t feature_count() const { return std::size_t(values_.shape()[0]); }
  [[nodiscard]] std::size_t sample_count() const { return std::size_t(values_.shape()[1]); }

  /// Values of a feature in ascending order.
  [[nodiscard]] float const* values(std::size_t feature) const {
    return values_.view().pointer_to({{index_t(feature), 0}});
  }
  /// [sample] where the sample's value stands in that order.
  [[nodiscard]] std::uint32_t const* places(std::size_t feature) const {
    return places_.view().pointer_to({{index_t(feature), 0}});
  }

 private:
  /// A number per finite float that grows with it (-0 comes just before 0).
  [[nodiscard]] static std::uint32_t rank(float value) {
    auto const bits = std::bit_cast<std::uint32_t>(value);
    return (bits >> 31) != 0 ? ~bits : bits | 0x80000000u;
  }

  void sort(float const* column, std::size_t feature, std::vector<std::uint64_t>& keys) {
    for (std::size_t i = 0; i < keys.size(); ++i)
      keys[i] = std::uint64_t{rank(column[i])} << 32 | i;
    std::sort(keys.begin(), keys.end());
    float* const values = values_.view().pointer_to({{index_t(feature), 0}});
    std::uint32_t* const places = places_.view().pointer_to({{index_t(feature), 0}});
    for (std::size_t i = 0; i < keys.size(); ++i) {
      auto const sample = std::uint32_t(keys[i]);
      values[i] = column[sample];
      places[sample] = std::uint32_t(i);
    }
  }

  dense_array<float, 2> values_;
  dense_array<std::uint32_t, 2> places_;
};

}  // namespace voxstitch::classify::detail
