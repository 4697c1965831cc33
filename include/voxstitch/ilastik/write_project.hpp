// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a classifier become a project that ilastik opens?

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/core/error.hpp"
#include "voxstitch/features/selection.hpp"
#include "voxstitch/ilastik/classifier_factory.hpp"
#include "voxstitch/ilastik/detail/read_labels.hpp"
#include "voxstitch/ilastik/detail/read_lane.hpp"
#include "voxstitch/ilastik/detail/read_selection.hpp"
#include "voxstitch/ilastik/detail/write_forests.hpp"
#include "voxstitch/ilastik/detail/write_labels.hpp"
#include "voxstitch/ilastik/detail/write_lanes.hpp"
#include "voxstitch/ilastik/detail/write_selection.hpp"
#include "voxstitch/ilastik/feature_names.hpp"
#include "voxstitch/ilastik/lanes.hpp"
#include "voxstitch/io/hdf5_path.hpp"
#include "voxstitch/io/whole_file.hpp"

namespace voxstitch::ilastik {

/// All that a project file says.
struct new_project {
  features::selection selection;                          ///< with in_2d of each scale
  std::vector<std::string> label_names;                   ///< one per class, 1 to 255
  std::vector<std::array<std::uint8_t, 3>> label_colors;  ///< red, green, blue; none: ilastik's own
  /// Without forests the project is one that was not trained yet. The forests are written as they
  /// are: distributed() cuts one into several.
  classify::ensemble_description classifier;
  std::vector<std::uint32_t> known_labels;  ///< label values of the forests' classes, ascending
  classifier_factory factory;               ///< of the next training in ilastik
  std::size_t sample_count = 0;             ///< labelled voxels of the training
  std::size_t input_channels = 1;
  std::vector<lane> lanes;  ///< the axes and shapes of all are needed, nicknames may be empty
  std::string time;         ///< of saving, as "Thu Nov 26 05:43:05 2026"; nobody reads it
  /// The ilastik whose layout it is.
  std::string ilastik_version = "1.4.2";
};

struct write_options {
  bool overwrite = false;  ///< whether a file of that name may be replaced
};

namespace detail {

[[noreturn]] inline void refuse_project(std::string const& problem) {
  throw usage_error("ilastik project: " + problem);
}

inline void check_classes(new_project const& p) {
  std::size_t const count = p.label_names.size();
  if (count == 0 || count > 255)
    refuse_project(std::to_string(count) + " classes, but ilastik takes 1 to 255");
  if (!p.label_colors.empty() && p.label_colors.size() != count)
    refuse_project(std::to_string(p.label_colors.size()) + " colours for " + std::to_string(count) +
                   " classes");
}

/// The known labels say which class of the result each class of the forests is, so that the reader
/// of the file finds the same classes.
inline void check_known_labels(new_project const& p) {
  auto const& labels = p.known_labels;
  if (labels.size() != p.classifier.classes.size() ||
      p.classifier.class_count != p.label_names.size())
    refuse_project(std::to_string(labels.size()) + " known labels and " +
                   std::to_string(p.label_names.size()) + " names, but the classifier has " +
                   std::to_string(p.classifier.classes.size()) + " classes of " +
                   std::to_string(p.classifier.class_count));
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] != p.classifier.classes[i] + 1 || labels[i] > p.label_names.size() ||
        (i > 0 && labels[i] <= labels[i - 1]))
      refuse_project("known label " + std::to_string(labels[i]) + " is of class " +
                     std::to_string(p.classifier.classes[i] + 1) +
                     ", but labels are ascending numbers of classes, which begin with 1");
}

inline void check_forests(new_project const& p) {
  std::size_t const features = features_per_channel(p.selection) * p.input_channels;
  for (auto const& forest : p.classifier.forests) {
    if (forest.feature_count != features)
      refuse_project("a forest takes " + std::to_string(forest.feature_count) +
                     " features, but the selection makes " + std::to_string(features) + " of " +
                     std::to_string(p.input_channels) + " channel(s)");
    if (forest.class_count != p.known_labels.size() || forest.trees.empty())
      refuse_project("a forest has " + std::to_string(forest.class_count) + " classes and " +
                     std::to_string(forest.trees.size()) + " trees, but " +
                     std::to_string(p.known_labels.size()) + " labels are known");
  }
}

/// Whether the raw data lie inside the file that is about to be replaced.
[[nodiscard]] inline bool lies_in(std::string const& raw, std::string const& path) {
  auto const parts = io::split_hdf5_path(raw);
  std::error_code ignored;
  return std::filesystem::equivalent(parts ? parts->file : raw, path, ignored);
}

inline void check_lane(std::string const& path, new_project const& p, lane const& image) {
  if (image.files.empty()) refuse_project("an image has no file");
  std::string const name = quoted(image.files.front());
  if (!are_axes(image.axes) || image.axes.size() != image.shape.size() ||
      std::any_of(image.shape.begin(), image.shape.end(), [](index_t n) { return n <= 0; }))
    refuse_project("image " + name + " has axes " + quoted(image.axes) + " and shape " +
                   shape_text(image.shape) +
                   "; one extent for each of the axes is needed, and y "
                   "and x among them");
  auto const at = image.axes.find('c');
  if ((at == image.axes.npos ? 1 : image.shape[at]) != index_t(p.input_channels))
    refuse_project("image " + name + " (axes " + image.axes + ", " + shape_text(image.shape) +
                   ") does not have " + std::to_string(p.input_channels) + " channel(s)");
  for (auto const& raw : image.files)
    if (lies_in(raw, path))
      refuse_project("the raw data " + quoted(raw) +
                     " lie in the project that would be replaced; "
                     "choose another name");
  for (auto const& block : image.labels) check_block(block, image, p.label_names.size());
}

inline void check_project(std::string const& path, new_project const& p) {
  check_selection(p.selection);
  check_classes(p);
  if (!p.classifier.forests.empty()) {
    check_known_labels(p);
    check_forests(p);
  }
  for (auto const& image : p.lanes) check_lane(path, p, image);
}

inline void write_pixel_classification(project_writer& file, new_project const& p) {
  std::string const group = "PixelClassification";
  write_storage_version(file, group, "0.1");
  auto colors = p.label_colors;
  for (std::size_t i = colors.size(); i < p.label_names.size(); ++i)
    colors.push_back(default_colors[i % default_colors.size()]);
  write_classes(file, p.label_names, colors);
  write_label_sets(file, p.lanes);
  file.text(group + "/ClassifierFactory", pickle_of(p.factory));
  if (!p.classifier.forests.empty())
    write_forests(file, p.classifier.forests, expected_feature_names(p.selection, p.input_channels),
                  {p.known_labels, p.sample_count});
}

/// ilastik's own defaults.
inline void write_export_settings(project_writer& file) {
  std::string const group = "Prediction Export";
  write_storage_version(file, group, "0.1");
  file.text(group + "/OutputFilenameFormat", "{dataset_dir}/{nickname}_{result_type}");
  file.text(group + "/OutputFormat", "compressed hdf5");
  file.text(group + "/OutputInternalPath", "exported_data");
}

/// The page that ilastik opens the project with.
inline void write_current_page(project_writer& file, new_project const& p) {
  constexpr std::int64_t input_data = 0;
  constexpr std::int64_t training = 2;
  file.number<std::int64_t>("currentApplet", p.lanes.empty() ? input_data : training);
}

}  // namespace detail

/// What write_project() would say about the names of an image's files, before there is anything to
/// be written.
/// @throws usage_error
inline void require_storable_names(std::string const& path, std::vector<std::string> const& files) {
  static_cast<void>(detail::location_of(path, files));
}

/// Writes a project as ilastik 1.4 saves it. The same values give the same bytes; paths of raw data
/// are stored relative to the project's folder when they are below it. The file appears complete
/// or not at all.
/// @throws usage_error when the parts do not fit together, or raw data lie in the file that would
/// be replaced; io_error when there is a file of that name, or the disk refuses.
inline void write_project(std::string const& path, new_project const& p,
                          write_options options = {}) {
  detail::check_project(path, p);
  detail::project_writer file;
  file.text("ilastikVersion", p.ilastik_version);
  file.text("workflowName", "Pixel Classification");
  file.text("time", p.time);
  detail::write_current_page(file, p);
  detail::write_selection(file, p.selection);
  detail::write_lanes(file, path, p.lanes);
  detail::write_pixel_classification(file, p);
  detail::write_export_settings(file);
  io::write_whole_file(path, file.image(),
                       options.overwrite ? io::if_exists::replace : io::if_exists::refuse);
}

}  // namespace voxstitch::ilastik
