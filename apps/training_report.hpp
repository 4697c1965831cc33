// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do people get to know about a trained classifier?

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "trained_classifier.hpp"
#include "voxstitch/classify/eliminate_features.hpp"
#include "voxstitch/classify/importance.hpp"
#include "voxstitch/classify/out_of_bag.hpp"

namespace app {

/// How well a forest does on voxels that it did not learn, and why.
struct training_quality {
  voxstitch::classify::out_of_bag_estimate out_of_bag;
  std::vector<double> gain;         ///< [feature], of sum 1
  std::vector<double> permutation;  ///< [feature], accuracy that is lost
};

[[nodiscard]] training_quality judge(trained_classifier const& classifier,
                                     training_plan const& plan, int threads);

/// A smaller set of features, and what it costs and gains.
struct feature_offer {
  voxstitch::features::selection selection;
  std::size_t channels = 0;
  double error = 0;    ///< out of bag
  double seconds = 0;  ///< per voxel, on all threads
};

/// Smaller and smaller sets, the first with all features.
struct feature_offers {
  std::vector<feature_offer> sets;
  std::size_t suggested = 0;  ///< the smallest that is as good
};

[[nodiscard]] feature_offers offers_for(trained_classifier const& classifier,
                                        training_data const& data, training_plan const& plan,
                                        voxstitch::pipeline::run_control const& control);

/// Labelled voxels per class.
[[nodiscard]] std::vector<std::string> label_lines(training_data const& data,
                                                   trained_classifier const& classifier);
/// Error, confusion matrix and importances.
[[nodiscard]] std::vector<std::string> quality_lines(training_data const& data,
                                                     trained_classifier const& classifier,
                                                     training_quality const& quality);
[[nodiscard]] std::vector<std::string> offer_lines(feature_offers const& offers);

[[nodiscard]] nlohmann::ordered_json training_json(training_data const& data,
                                                   training_plan const& plan,
                                                   trained_classifier const& classifier,
                                                   training_quality const& quality,
                                                   std::optional<feature_offers> const& offers);

}  // namespace app
