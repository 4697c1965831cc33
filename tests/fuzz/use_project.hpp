// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a fuzz target do with a project file?

#include <utility>

#include "fuzz_target.hpp"
#include "voxstitch/ilastik/classifier.hpp"
#include "voxstitch/ilastik/summary.hpp"
#include "voxstitch/ilastik/training_project.hpp"

namespace voxstitch::fuzz {

/// As large as the project's filters need, of as many channels as it takes.
[[nodiscard]] inline volume_description image_for(ilastik::project const& p) {
  constexpr index_t wide = 100'000;
  volume_description image;
  image.shape = {{1, index_t(p.input_channels), p.fits(2) ? wide : 1, wide, wide}};
  image.axes = "czyx";
  return image;
}

/// Labels that can be read lie in their images and are labels of classes.
inline void use_labels(std::string const& path) {
  ilastik::training_project p;
  if (!accepted([&] { p = ilastik::read_training_project(path); }, path)) return;
  promise(p.label_colors.size() == p.label_names.size(), "one colour per class");
  promise(p.factory.trees > 0 && p.factory.forests > 0, "a factory makes trees");
  for (auto const& image : p.lanes) {
    promise(!image.files.empty(), "an image has a file");
    for (auto const& block : image.labels) {
      promise(std::cmp_equal(block.values.size(), block.where.size()), "one label per voxel");
      for (std::uint8_t label : block.values)
        promise(label <= p.label_names.size(), "a label has a name");
    }
  }
}

/// A project that can be read can be described and made into a classifier.
inline void use_project(std::string const& path) {
  use_labels(path);
  ilastik::project p;
  if (!accepted([&] { p = ilastik::read_project(path); }, path)) return;
  promise(p.label_colors.size() == p.label_names.size(), "one colour per class");
  promise(!ilastik::summary(p).empty(), "a project has a summary");
  static_cast<void>(ilastik::halo_of(p));
  auto const classifier = ilastik::make_classifier(p, image_for(p));
  promise(classifier.class_count() == p.label_names.size(), "one probability per class");
}

}  // namespace voxstitch::fuzz
