// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a project file keep a selection of features?

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/features/selection.hpp"
#include "voxstitch/ilastik/detail/project_writer.hpp"
#include "voxstitch/ilastik/feature_names.hpp"

namespace voxstitch::ilastik::detail {

[[nodiscard]] inline std::string id_of(features::filter filter) {
  auto const entry = std::find_if(filter_names.begin(), filter_names.end(),
                                  [&](filter_name const& name) { return name.filter == filter; });
  return std::string(entry->id);
}

/// @throws usage_error when the matrix does not have a row per filter and a column per scale.
inline void check_selection(features::selection const& selection) {
  bool fits = selection.chosen.size() == selection.filters.size();
  for (auto const& row : selection.chosen) fits = fits && row.size() == selection.scales.size();
  if (!fits || selection.filters.empty() || selection.scales.empty())
    throw usage_error("ilastik project: the selection matrix must have a row for each of the " +
                      std::to_string(selection.filters.size()) +
                      " filters and a column for each "
                      "of the " +
                      std::to_string(selection.scales.size()) + " scales");
}

inline void write_selection(project_writer& file, features::selection const& selection) {
  std::string const group = "FeatureSelections";
  std::vector<std::string> ids;
  for (auto filter : selection.filters) ids.push_back(id_of(filter));
  std::vector<double> sigmas;
  std::vector<std::int8_t> in_2d;
  for (auto const& scale : selection.scales) {
    sigmas.push_back(scale.sigma);
    in_2d.push_back(scale.in_2d);
  }
  std::vector<std::int8_t> chosen;
  for (auto const& row : selection.chosen) chosen.insert(chosen.end(), row.begin(), row.end());
  auto const rows = index_t(ids.size());
  auto const columns = index_t(sigmas.size());
  write_storage_version(file, group, "0.1");
  file.texts(group + "/FeatureIds", ids);
  file.numbers(group + "/Scales", sigmas);
  file.flags(group + "/SelectionMatrix", {rows, columns}, chosen);
  file.flags(group + "/ComputeIn2d", {columns}, in_2d);
}

}  // namespace voxstitch::ilastik::detail
