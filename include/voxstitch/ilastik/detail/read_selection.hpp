// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which features does a project file select?

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "voxstitch/features/selection.hpp"
#include "voxstitch/geometry/extents_text.hpp"
#include "voxstitch/ilastik/detail/project_file.hpp"
#include "voxstitch/ilastik/feature_names.hpp"

namespace voxstitch::ilastik::detail {

inline constexpr std::string_view select_features =
    "open it in ilastik, choose features, train (Live Update) and save";

/// `selection` with all scales in 2D, or all in 3D.
[[nodiscard]] inline features::selection all_in(features::selection selection, bool in_2d) {
  for (auto& scale : selection.scales) scale.in_2d = in_2d;
  return selection;
}

struct stored_selection {
  features::selection selection;
  bool has_compute_in_2d = false;
};

[[nodiscard]] inline std::vector<features::filter> read_filters(project_file const& file) {
  std::string const place = "FeatureSelections/FeatureIds";
  std::vector<features::filter> filters;
  for (auto const& id : file.strings(place)) {
    auto const filter = filter_of_id(id);
    file.require(filter.has_value(), place, "unknown feature " + quoted(id),
                 "only ilastik's six standard features are supported");
    filters.push_back(*filter);
  }
  return filters;
}

[[nodiscard]] inline std::vector<features::scale> read_scales(project_file const& file) {
  constexpr double largest_sigma = 1e4;  // voxels
  std::string const place = "FeatureSelections/Scales";
  std::vector<features::scale> scales;
  for (double sigma : file.numbers<double>(place)) {
    file.require(sigma > 0 && sigma <= largest_sigma, place,
                 "impossible sigma " + std::to_string(sigma) + " (allowed: above 0, at most 10000)",
                 select_features);
    scales.push_back({sigma, false});
  }
  return scales;
}

/// "6 x 7", for messages.
[[nodiscard]] inline std::string shape_text(std::vector<index_t> const& shape) {
  return shape.empty() ? "a single value" : extents_text(shape);
}

[[nodiscard]] inline std::vector<std::vector<bool>>
read_matrix(project_file const& file, std::size_t rows, std::size_t columns) {
  std::string const place = "FeatureSelections/SelectionMatrix";
  std::vector<index_t> const expected{index_t(rows), index_t(columns)};
  auto const shape = file.shape(place);
  file.require(shape == expected, place,
               "the matrix is " + shape_text(shape) + ", but there are " + std::to_string(rows) +
                   " features and " + std::to_string(columns) + " scales");
  auto const flags = file.numbers<int>(place);
  std::vector<std::vector<bool>> chosen(rows, std::vector<bool>(columns));
  for (std::size_t i = 0; i < flags.size(); ++i) chosen[i / columns][i % columns] = flags[i] != 0;
  return chosen;
}

/// Files from before 2018 do not store which scales are two-dimensional.
[[nodiscard]] inline bool read_dimensions(project_file const& file,
                                          std::vector<features::scale>& scales) {
  std::string const place = "FeatureSelections/ComputeIn2d";
  if (!file.has_dataset(place)) return false;
  auto const flags = file.numbers<int>(place);
  file.require(flags.size() == scales.size(), place,
               std::to_string(flags.size()) + " values for " + std::to_string(scales.size()) +
                   " scales");
  for (std::size_t i = 0; i < flags.size(); ++i) scales[i].in_2d = flags[i] != 0;
  return true;
}

[[nodiscard]] inline bool any_chosen(features::selection const& selection) {
  return std::any_of(selection.chosen.begin(), selection.chosen.end(), [](auto const& row) {
    return std::find(row.begin(), row.end(), true) != row.end();
  });
}

/// @throws format_error when nothing is selected or the parts do not fit together.
[[nodiscard]] inline stored_selection read_selection(project_file const& file) {
  std::string const group = "FeatureSelections";
  file.require(!file.has_dataset(group + "/FeatureListFilename"), group + "/FeatureListFilename",
               "the features come from an external file, which ilastik no longer supports either",
               select_features);
  bool const complete = file.has_stored_group(group) && file.has_dataset(group + "/FeatureIds") &&
                        file.has_dataset(group + "/Scales") &&
                        file.has_dataset(group + "/SelectionMatrix");
  file.require(complete, "", "no features are selected", select_features);
  stored_selection stored;
  stored.selection.filters = read_filters(file);
  stored.selection.scales = read_scales(file);
  stored.selection.chosen =
      read_matrix(file, stored.selection.filters.size(), stored.selection.scales.size());
  file.require(any_chosen(stored.selection), "", "no features are selected", select_features);
  stored.has_compute_in_2d = read_dimensions(file, stored.selection.scales);
  return stored;
}

}  // namespace voxstitch::ilastik::detail
