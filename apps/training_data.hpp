// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file From which images and labels is a classifier trained?

#include <array>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "voxstitch/ilastik/training_project.hpp"
#include "voxstitch/ilastik/write_project.hpp"
#include "voxstitch/pipeline/run.hpp"
#include "voxstitch/pipeline/training_samples.hpp"

namespace app {

/// Images with labels, and what a project file says about them.
struct training_data {
  std::vector<voxstitch::pipeline::labelled_image> images;
  std::vector<voxstitch::ilastik::lane> lanes;  ///< one per image, with the labels
  std::vector<std::string> names;               ///< of the classes
  std::vector<std::array<std::uint8_t, 3>> colors;
  std::vector<std::string> warnings;
};

/// Where images and labels are, as the options say.
struct labelled_files {
  std::vector<std::string> images;
  std::vector<std::string> labels;  ///< one per image
  std::string axes;
  char stack_along = 'z';
};

/// Opens the images and gathers the labels.
/// @throws usage_error, format_error, shape_error that names the file; cancelled.
[[nodiscard]] training_data open_labelled(labelled_files const& files,
                                          voxstitch::pipeline::run_control const& control);

/// Opens the images that a project holds labels of.
/// @throws format_error, shape_error that names the project or the image.
[[nodiscard]] training_data open_labelled(voxstitch::ilastik::training_project const& project);

/// Names the classes, all of which need one.
/// @param names of all classes; empty: the names stay, or the classes are numbered
/// @throws usage_error when a label has no name.
void name_classes(training_data& data, std::vector<std::string> const& names);

}  // namespace app
