// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a project become a classifier of a given image?

#include "voxstitch/classify/random_forest.hpp"
#include "voxstitch/features/filter_bank.hpp"
#include "voxstitch/ilastik/project.hpp"
#include "voxstitch/models/pixel_classifier.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::ilastik {

/// What a pixel classification project becomes.
using project_classifier = models::pixel_classifier<features::filter_bank, classify::random_forest>;

/// Reach of the project's filters (z, y, x; voxels) in volumes of that many slices.
[[nodiscard]] inline coord<3> halo_of(project const& p, index_t z_extent = 2) {
  return features::filter_bank(p.selection_for(z_extent),
                               std::max<std::size_t>(1, p.input_channels))
      .halo();
}

/// @throws shape_error when the image's channels are not those of the training data, or when it is
/// smaller than the project's largest filter.
[[nodiscard]] inline project_classifier make_classifier(project const& p,
                                                        volume_description const& image) {
  auto const channels = static_cast<std::size_t>(image.shape[1]);
  if (channels != p.input_channels)
    throw shape_error("project " + quoted(p.path) + " was trained on images of " +
                      std::to_string(p.input_channels) + " channels, but the input has " +
                      std::to_string(channels) + " (axes " + image.axes + " from " +
                      image.axes_origin + "); if the axes are wrong, name them with --axes");
  if (!p.fits(image.shape[2]))
    throw shape_error("project " + quoted(p.path) + " was trained on " +
                      (image.shape[2] == 1 ? "volumes, but the input is a single slice"
                                           : "single slices, but the input is a volume of " +
                                                 std::to_string(image.shape[2]) + " slices") +
                      "; its file does not say which scales are two-dimensional");
  features::filter_bank bank(p.selection_for(image.shape[2]), channels);
  bank.check_domain({{image.shape[2], image.shape[3], image.shape[4]}});
  return {std::move(bank), classify::random_forest(p.classifier), p.label_names};
}

}  // namespace voxstitch::ilastik
