// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does the program get at a project's classifier without compiling it twice?

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>

#include "voxstitch/ilastik/project.hpp"
#include "voxstitch/models/any_block_classifier.hpp"
#include "voxstitch/pipeline/training_samples.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace app {

/// With what a project that was saved untrained is trained.
struct training_means {
  int threads = 1;
  std::int64_t ram = 0;  ///< bytes
  std::stop_token stop;
};

/// Reads a project. One that holds labels, but no classifier, is trained on them, as ilastik does;
/// a warning says so.
/// @throws format_error with the remedy.
[[nodiscard]] voxstitch::ilastik::project open_project(std::string const& path,
                                                       training_means const& means);

/// @throws shape_error when the image does not fit the project.
[[nodiscard]] voxstitch::models::any_block_classifier
classifier_of(voxstitch::ilastik::project const& project,
              voxstitch::volume_description const& image);

/// The features of labelled voxels.
/// @throws as voxstitch::pipeline::collect_samples().
[[nodiscard]] voxstitch::pipeline::training_samples
samples_of(voxstitch::features::selection const& selection,
           std::span<voxstitch::pipeline::labelled_image const> images, std::int64_t budget_bytes,
           voxstitch::pipeline::run_control const& control);

/// Reach of the project's filters in volumes (z, y, x).
[[nodiscard]] voxstitch::coord<3> halo_of(voxstitch::ilastik::project const& project);

}  // namespace app
