// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do labelled images become a classifier?

#include <cstdint>
#include <string>
#include <vector>

#include "training_data.hpp"
#include "voxstitch/classify/train_forest.hpp"
#include "voxstitch/ilastik/project.hpp"

namespace app {

/// What is trained, and with which means.
struct training_plan {
  voxstitch::features::selection selection;
  voxstitch::classify::forest_training forest;
  std::size_t forests = 8;  ///< into which ilastik shall see the trees divided; a thread each there
  std::int64_t ram = 0;
};

struct trained_classifier {
  voxstitch::features::selection selection;
  std::size_t input_channels = 1;
  std::vector<std::string> feature_names;
  voxstitch::pipeline::training_samples samples;
  voxstitch::classify::forest_description forest;

  [[nodiscard]] voxstitch::classify::training_set set() const;
  /// As many classes as are named; the forest may know fewer.
  [[nodiscard]] voxstitch::classify::ensemble_description ensemble(std::size_t class_count,
                                                                   std::size_t forests) const;
};

/// Computes the features of the labelled voxels.
[[nodiscard]] trained_classifier with_samples(training_data const& data, training_plan const& plan,
                                              voxstitch::pipeline::run_control const& control);

/// Grows the forest.
void grow(trained_classifier& classifier, training_plan const& plan,
          voxstitch::pipeline::run_control const& control);

/// Everything that a project file says about a classifier.
[[nodiscard]] voxstitch::ilastik::new_project project_of(training_data const& data,
                                                         training_plan const& plan,
                                                         trained_classifier const& classifier);

/// Trains what a project with labels would be trained to in ilastik, as a project that was read.
/// @param stop ends the training
/// @throws format_error when there is too little to learn from, and whatever reading throws.
[[nodiscard]] voxstitch::ilastik::project
train_project(std::string const& path, int threads, std::int64_t ram, std::stop_token const& stop);

}  // namespace app
