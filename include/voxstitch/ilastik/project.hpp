// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a trained ilastik project consist of?

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/features/selection.hpp"
#include "voxstitch/geometry/coord.hpp"
#include "voxstitch/ilastik/detail/project_file.hpp"
#include "voxstitch/ilastik/detail/read_classifier.hpp"
#include "voxstitch/ilastik/detail/read_identity.hpp"
#include "voxstitch/ilastik/detail/read_labels.hpp"
#include "voxstitch/ilastik/detail/read_lane.hpp"
#include "voxstitch/ilastik/detail/read_selection.hpp"
#include "voxstitch/ilastik/feature_names.hpp"

namespace voxstitch::ilastik {

/// The pixel classification of one .ilp file, ready to be made into a classifier.
struct project {
  std::string path;
  std::string version;   ///< of the ilastik that saved it, as "1.4.1b15"
  std::string workflow;  ///< as "Pixel Classification"
  features::selection selection;
  bool has_compute_in_2d = false;          ///< false: old file; see selection_for
  std::vector<std::string> feature_names;  ///< of the classifier's columns; empty in old files
  std::vector<std::string> label_names;    ///< one per class
  std::vector<std::array<std::uint8_t, 3>> label_colors;  ///< one per class; red, green, blue
  classify::ensemble_description classifier;
  std::string classifier_type;          ///< ilastik's name of it
  std::size_t input_channels = 0;       ///< channels of an image that the classifier takes
  std::string training_axes;            ///< last training image's axes in order, "" if unknown
  std::vector<index_t> training_shape;  ///< extents in the order of training_axes; may be empty
  std::optional<std::int64_t> factory_trees;  ///< trees that the next training would grow
  std::vector<std::string> warnings;          ///< what looks odd but does not hinder

  /// The selection for images of that many slices. Where the file does not say which scales are
  /// two-dimensional, flat images (1 slice) are all in 2D and others all in 3D.
  [[nodiscard]] features::selection selection_for(index_t z_extent) const {
    return has_compute_in_2d ? selection : detail::all_in(selection, z_extent == 1);
  }

  /// Whether images of that many slices give as many features as the classifier was trained on. Not
  /// so for old files that were trained on flat images and meet a volume, or the other way round.
  [[nodiscard]] bool fits(index_t z_extent) const {
    return features_per_channel(selection_for(z_extent)) * input_channels == feature_count();
  }

  [[nodiscard]] std::size_t feature_count() const {
    return classifier.forests.front().feature_count;
  }
  [[nodiscard]] std::size_t tree_count() const {
    std::size_t count = 0;
    for (auto const& forest : classifier.forests) count += forest.trees.size();
    return count;
  }
  /// Nodes of all trees, leaves included.
  [[nodiscard]] std::size_t node_count() const {
    std::size_t count = 0;
    for (auto const& forest : classifier.forests)
      for (auto const& tree : forest.trees) count += tree.nodes.size();
    return count;
  }
};

namespace detail {

inline void read_classes(project_file const& file, stored_classifier stored, project& result) {
  result.label_names = read_label_names(file);
  if (result.label_names.empty()) {
    require_label(file, std::string(classifier_group) + "/known_labels",
                  stored.known_labels.back());
    result.label_names = numbered_names(stored.known_labels.back());
    result.warnings.push_back("no class is named or painted: names follow the classifier's labels");
  }
  result.label_colors = read_label_colors(file, result.label_names.size());
  result.classifier.class_count = result.label_names.size();
  result.classifier.classes = classes_of(file, stored.known_labels, result.classifier.class_count);
  result.classifier.forests = std::move(stored.forests);
  result.classifier_type = std::move(stored.type);
}

/// Slices of the images the classifier was trained on, as far as selection_for needs to know: from
/// the last one, else 1 when only then the classifier's columns are a multiple of the features.
[[nodiscard]] inline std::size_t trained_slices(project const& result, training_lane const& lane) {
  if (std::size_t const slices = lane.extent('z'); slices > 0) return slices;
  std::size_t const in_3d = features_per_channel(result.selection_for(2));
  return result.feature_count() % in_3d == 0 ? 2 : 1;
}

/// How many channels the classifier takes, from its columns; they must fit the selection and the
/// last training image.
inline void read_channels(project_file const& file, training_lane const& lane, project& result) {
  auto const selection = result.selection_for(index_t(trained_slices(result, lane)));
  std::size_t const columns = result.feature_count();
  std::size_t const per_channel = features_per_channel(selection);
  std::size_t const known_channels = lane.extent('c');
  result.input_channels = columns / per_channel;
  bool const fits = columns % per_channel == 0 &&
                    (known_channels == 0 || known_channels == result.input_channels);
  file.require(fits, std::string(classifier_group),
               "the classifier was trained on " + std::to_string(columns) +
                   " features, but the selection makes " + std::to_string(per_channel) +
                   " per channel" +
                   (known_channels == 0
                        ? std::string()
                        : " and the image has " + std::to_string(known_channels) + " channel(s)"),
               train_again);
}

inline void read_names(project_file const& file, training_lane const& lane, project& result) {
  std::string const place = std::string(classifier_group) + "/feature_names";
  if (!file.has_dataset(place)) return;
  result.feature_names = file.strings(place);
  file.require(result.feature_names.size() == result.feature_count(), place,
               std::to_string(result.feature_names.size()) + " names for " +
                   std::to_string(result.feature_count()) + " features",
               train_again);
  auto const selection = result.selection_for(index_t(trained_slices(result, lane)));
  auto const expected = expected_feature_names(selection, result.input_channels);
  if (auto const odd = difference_of_names(result.feature_names, expected))
    result.warnings.push_back(*odd);
}

}  // namespace detail

/// Whether a project was trained when it was saved, so that read_project() can read it (or says
/// which unsupported kind of classifier it is).
/// @throws io_error when the file cannot be read; format_error when it is no pixel classification.
[[nodiscard]] inline bool holds_classifier(std::string const& path) {
  detail::project_file const file(path);
  static_cast<void>(detail::read_identity(file));
  return detail::holds_classifier(file);
}

/// Reads a project as ilastik would, from any version since 1.2; nothing is executed and the raw
/// data of the training need not exist.
/// @throws io_error when the file cannot be read; format_error, which names the file, the place and
/// the remedy, when it is no trained pixel classification with forests.
[[nodiscard]] inline project read_project(std::string const& path) {
  detail::project_file const file(path);
  project result;
  result.path = path;
  auto identity = detail::read_identity(file);
  result.version = std::move(identity.version);
  result.workflow = std::move(identity.workflow);
  auto selected = detail::read_selection(file);
  result.selection = std::move(selected.selection);
  result.has_compute_in_2d = selected.has_compute_in_2d;
  detail::read_classes(file, detail::read_classifier(file), result);
  auto const lane = detail::read_last_lane(file);
  result.training_axes = lane.axes;
  result.training_shape = lane.shape;
  detail::read_channels(file, lane, result);
  detail::read_names(file, lane, result);
  result.factory_trees = detail::read_factory_trees(file);
  return result;
}

}  // namespace voxstitch::ilastik
