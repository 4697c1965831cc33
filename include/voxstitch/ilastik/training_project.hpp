// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a project say about the training of its classifier?

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "voxstitch/features/selection.hpp"
#include "voxstitch/ilastik/classifier_factory.hpp"
#include "voxstitch/ilastik/detail/project_file.hpp"
#include "voxstitch/ilastik/detail/read_classifier.hpp"
#include "voxstitch/ilastik/detail/read_identity.hpp"
#include "voxstitch/ilastik/detail/read_labels.hpp"
#include "voxstitch/ilastik/detail/read_selection.hpp"
#include "voxstitch/ilastik/label_sets.hpp"
#include "voxstitch/ilastik/lanes.hpp"

namespace voxstitch::ilastik {

/// A project with labels, trained or not.
struct training_project {
  std::string path;
  std::string version;   ///< of the ilastik that saved it, as "1.4.1b15"
  std::string workflow;  ///< as "Pixel Classification"
  features::selection selection;
  bool has_compute_in_2d = false;        ///< false: old file; see selection_for
  std::vector<std::string> label_names;  ///< one per class; as many as were painted when not named
  std::vector<std::array<std::uint8_t, 3>> label_colors;  ///< one per class; red, green, blue
  std::vector<lane> lanes;                                ///< with their labels
  classifier_factory factory;
  bool has_classifier = false;  ///< whether it was trained when it was saved

  /// The selection for images of that many slices, as project::selection_for.
  [[nodiscard]] features::selection selection_for(index_t z_extent) const {
    return has_compute_in_2d ? selection : detail::all_in(selection, z_extent == 1);
  }
};

namespace detail {

[[nodiscard]] inline std::size_t read_factory_count(project_file const& file, std::string_view key,
                                                    std::size_t otherwise) {
  constexpr std::int64_t most = 1'000'000;
  auto const count = read_factory_number(file, key);
  return count && *count > 0 && *count <= most ? std::size_t(*count) : otherwise;
}

/// What the file says; ilastik's default where it says nothing that makes sense.
[[nodiscard]] inline classifier_factory read_factory(project_file const& file) {
  classifier_factory const usual;
  return {read_factory_count(file, "_num_trees", usual.trees),
          read_factory_count(file, "_num_forests", usual.forests)};
}

[[nodiscard]] inline std::uint8_t largest_label(std::vector<label_block> const& blocks) {
  std::uint8_t largest = 0;
  for (auto const& block : blocks)
    for (std::uint8_t label : block.values) largest = std::max(largest, label);
  return largest;
}

/// Reads the labels of all lanes, which must be labels of named classes.
inline void read_labels(project_file const& file, project_identity const& identity,
                        training_project& result) {
  auto labels = read_label_sets(file, identity, result.lanes);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::size_t const largest = largest_label(labels[i]);
    file.require(largest <= result.label_names.size(),
                 "PixelClassification/LabelSets: image " + std::to_string(i + 1),
                 "label " + std::to_string(largest) + " is painted, but there are only " +
                     std::to_string(result.label_names.size()) + " classes");
    result.lanes[i].labels = std::move(labels[i]);
  }
}

}  // namespace detail

/// Reads what is needed to train as ilastik would; nothing is executed and the raw data need not
/// exist. A project without images or without labels can be read, too: its lanes tell.
/// @param shapes extents of the lanes' raw data in their files' order, as far as the caller knows
/// them: projects from before 1.3.3 do not store them and may need them (see read_label_sets)
/// @throws io_error when the file cannot be read; format_error, which names the file, the place and
/// the remedy, when it is no pixel classification, selects no features, or is damaged.
[[nodiscard]] inline training_project
read_training_project(std::string const& path,
                      std::vector<std::vector<index_t>> const& shapes = {}) {
  detail::project_file const file(path);
  auto identity = detail::read_identity(file);
  training_project result;
  result.path = path;
  auto selected = detail::read_selection(file);
  result.selection = std::move(selected.selection);
  result.has_compute_in_2d = selected.has_compute_in_2d;
  result.label_names = detail::read_label_names(file);
  result.label_colors = detail::read_label_colors(file, result.label_names.size());
  result.lanes = detail::read_lanes(file);
  for (std::size_t i = 0; i < std::min(shapes.size(), result.lanes.size()); ++i)
    if (!shapes[i].empty()) result.lanes[i].shape = shapes[i];
  detail::read_labels(file, identity, result);
  result.factory = detail::read_factory(file);
  result.has_classifier = detail::holds_classifier(file);
  result.version = std::move(identity.version);
  result.workflow = std::move(identity.workflow);
  return result;
}

}  // namespace voxstitch::ilastik
