// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a classifier learn from?

#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "voxstitch/core/error.hpp"
#include "voxstitch/view/strided_view.hpp"

namespace voxstitch::classify {

/// Labelled voxels: their features and the class that somebody gave to each.
///
/// Classes that no sample has are allowed; no leaf votes for them. (vigra and ilastik count only
/// those that occur: number them so, and name them in ensemble_description::classes.)
struct training_set {
  strided_view<float const, 2> features;   ///< [feature, sample], unit stride along the samples
  std::span<std::uint32_t const> classes;  ///< [sample], counted from 0
  std::size_t class_count = 0;

  [[nodiscard]] std::size_t feature_count() const { return std::size_t(features.extent(0)); }
  [[nodiscard]] std::size_t sample_count() const { return std::size_t(features.extent(1)); }
  [[nodiscard]] float const* column(std::size_t feature) const {
    return features.data() + static_cast<index_t>(feature) * features.stride(0);
  }
};

namespace detail {

/// Samples are counted in 31 bits, as vigra does, and classes in 16.
inline constexpr std::size_t most_samples = std::numeric_limits<std::int32_t>::max();
inline constexpr std::size_t most_classes = 65536;

[[noreturn]] inline void refuse_training(std::string const& why) {
  throw usage_error("training: " + why);
}

inline void check_sizes(training_set const& set) {
  using std::to_string;
  std::size_t const samples = set.sample_count();
  if (set.classes.size() != samples)
    throw shape_error("training: the features are of " + to_string(samples) +
                      " samples, but classes are given for " + to_string(set.classes.size()));
  if (samples == 0) refuse_training("there are no samples; label some voxels of every class");
  if (set.feature_count() == 0) refuse_training("there are no features; select at least one");
  if (samples > most_samples)
    refuse_training("there are " + to_string(samples) + " samples, at most " +
                    to_string(most_samples) + " are allowed; take a part of them");
  if (set.class_count > most_classes)
    refuse_training("there are " + to_string(set.class_count) + " classes, at most " +
                    to_string(most_classes) + " are allowed");
}

inline void check_classes(training_set const& set) {
  bool differ = false;
  for (std::size_t i = 0; i < set.classes.size(); ++i) {
    if (set.classes[i] >= set.class_count)
      refuse_training("sample " + std::to_string(i) + " has class " +
                      std::to_string(set.classes[i]) + ", but there are only " +
                      std::to_string(set.class_count) + ", counted from 0");
    differ = differ || set.classes[i] != set.classes[0];
  }
  if (!differ)
    refuse_training("all " + std::to_string(set.classes.size()) + " samples are of class " +
                    std::to_string(set.classes[0]) + "; label voxels of another class, too");
}

inline void check_finite(training_set const& set) {
  for (std::size_t feature = 0; feature < set.feature_count(); ++feature) {
    float const* const values = set.column(feature);
    for (std::size_t i = 0; i < set.sample_count(); ++i)
      if (!std::isfinite(values[i]))
        refuse_training("feature " + std::to_string(feature) + " of sample " + std::to_string(i) +
                        " is " + std::to_string(values[i]) +
                        ", which is not finite; leave the sample out or mend the image there");
  }
}

}  // namespace detail

/// @throws shape_error when features and classes are of different numbers of samples, or a
/// feature's samples do not lie one behind the other
/// @throws usage_error when there is nothing to learn (no samples, no features, one class only), a
/// class is out of range, a feature is NaN or infinite, or there are more than 2^31 - 1 samples or
/// 65536 classes
/// @complexity linear in the features
inline void check(training_set const& set) {
  detail::check_sizes(set);
  detail::check_classes(set);
  if (set.sample_count() > 1 && set.features.stride(1) != 1)
    throw shape_error("training: the samples of a feature must lie one behind the other: copy the "
                      "matrix to [feature, sample]");
  detail::check_finite(set);
}

}  // namespace voxstitch::classify
