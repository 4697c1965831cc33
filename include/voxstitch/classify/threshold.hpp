// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which of a few ranges does a voxel's value lie in?

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tbb/parallel_for.h>

#include "voxstitch/classify/concepts.hpp"
#include "voxstitch/core/error.hpp"
#include "voxstitch/core/shortest_number.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::classify {

/// Classifies each voxel by the value of its channel 0: class = number of thresholds <= value (NaN:
/// class 0), with probability 1. Models block_classifier; reaches no other voxel.
class threshold {
 public:
  /// @param thresholds rising, at least one; n thresholds make n + 1 classes
  /// @throws usage_error when they are not.
  explicit threshold(std::vector<float> thresholds) : thresholds_(std::move(thresholds)) {
    if (thresholds_.empty()) throw usage_error("threshold: needs at least one threshold");
    for (std::size_t i = 0; i < thresholds_.size(); ++i) {
      if (!std::isfinite(thresholds_[i]))
        throw usage_error("threshold: " + shortest_number(thresholds_[i]) +
                          " is not a finite number");
      if (i > 0 && !(thresholds_[i - 1] < thresholds_[i]))
        throw usage_error("threshold: thresholds must rise, but " +
                          shortest_number(thresholds_[i]) + " comes after " +
                          shortest_number(thresholds_[i - 1]));
    }
  }

  [[nodiscard]] coord<3> halo() const { return {}; }
  [[nodiscard]] std::size_t class_count() const { return thresholds_.size() + 1; }
  [[nodiscard]] std::int64_t scratch_bytes(block<3> const&) const { return 0; }

  /// "below 100", "100 to 200", "200 and above".
  [[nodiscard]] std::vector<std::string> class_names() const {
    std::vector<std::string> names{"below " + shortest_number(thresholds_.front())};
    for (std::size_t i = 1; i < thresholds_.size(); ++i)
      names.push_back(shortest_number(thresholds_[i - 1]) + " to " +
                      shortest_number(thresholds_[i]));
    names.push_back(shortest_number(thresholds_.back()) + " and above");
    return names;
  }

  /// Plane by plane, in parallel.
  /// @param input [channel, z, y, x] on b.read
  /// @param p     [z, y, x, class] on b.result; overwritten
  void classify(strided_view<float const, 4> const& input, block<3> const& b, box<3> const&,
                strided_view<float, 4> const& p) const {
    auto const values = input.slice(0, 0).sub(relative_to(b.result, b.read));
    tbb::parallel_for(index_t{0}, b.result.extent(0),
                      [&](index_t z) { classify_plane(values.slice(0, z), p.slice(0, z)); });
  }

 private:
  /// @param values [y, x]
  /// @param p      [y, x, class]
  void classify_plane(strided_view<float const, 2> const& values,
                      strided_view<float, 3> const& p) const {
    fill(p, 0.0f);
    for_each_voxel(box<2>::at_origin(values.shape()), [&](coord<2> const& at) {
      p[{{at[0], at[1], class_of(values[at])}}] = 1.0f;
    });
  }

  [[nodiscard]] index_t class_of(float value) const {
    return std::count_if(thresholds_.begin(), thresholds_.end(),
                         [value](float t) { return t <= value; });
  }

  std::vector<float> thresholds_;
};

static_assert(block_classifier<threshold>);

}  // namespace voxstitch::classify
