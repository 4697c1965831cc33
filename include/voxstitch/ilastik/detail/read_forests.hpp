// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which forests does a project file hold?

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/ilastik/detail/project_file.hpp"
#include "voxstitch/ilastik/vigra_forest.hpp"

namespace voxstitch::ilastik::detail {

inline constexpr std::string_view train_again =
    "open it in ilastik, train again (Live Update) and save";

/// The one number at `place`, which must be whole and within [0, largest].
[[nodiscard]] inline std::size_t read_count(project_file const& file, std::string const& place,
                                            std::size_t largest) {
  file.require(file.has_dataset(place), place, "is missing", train_again);
  auto const values = file.numbers<double>(place);
  bool const possible = values.size() == 1 && values[0] >= 0 && values[0] <= double(largest) &&
                        std::floor(values[0]) == values[0];
  file.require(possible, place,
               (values.size() == 1 ? "impossible value " + std::to_string(values[0])
                                   : std::to_string(values.size()) + " values") +
                   " (allowed: one whole number, at most " + std::to_string(largest) + ")",
               train_again);
  return std::size_t(values[0]);
}

/// vigra's classes write version 0.1; a newer layout may mean anything.
inline void check_version(project_file const& file, std::string const& place) {
  constexpr double newest = 0.1;
  auto const version = file.attribute(place, "vigra_random_forest_version");
  bool const known = !version || (version->size() == 1 && version->front() <= newest);
  file.require(known, place, "the forest has a layout newer than version 0.1",
               "save the project with a released ilastik (1.2 to 1.4)");
}

[[nodiscard]] inline classify::decision_tree
read_tree(project_file const& file, std::string const& place, vigra_tree_shape const& shape) {
  for (auto const* part : {"/topology", "/parameters"})
    file.require(file.has_dataset(place + part), place + part, "is missing", train_again);
  auto const topology = file.numbers<std::int32_t>(place + "/topology");
  auto const parameters = file.numbers<double>(place + "/parameters");
  try {
    return decision_tree_of({topology, parameters}, shape);
  } catch (format_error const& problem) {
    file.refuse(place, std::string("the tree is damaged: ") + problem.what(), train_again);
  }
}

/// A weighted forest divides by the weights of the leaves it reaches.
inline void check_weights(project_file const& file, std::string const& place,
                          classify::forest_description const& forest) {
  if (!forest.weighted) return;
  for (auto const& tree : forest.trees)
    for (double weight : tree.leaf_weights)
      file.require(weight > 0, place, "the forest is weighted, but a leaf weighs nothing",
                   train_again);
}

/// Names of the trees' groups: every group that is not private, in the order of their names.
[[nodiscard]] inline std::vector<std::string> tree_names(project_file const& file,
                                                         std::string const& forest) {
  auto names = file.children(forest);
  std::erase_if(names, [&](std::string const& name) {
    return name.starts_with("_") || !file.has_group(forest + "/" + name);
  });
  return names;
}

[[nodiscard]] inline classify::forest_description read_forest(project_file const& file,
                                                              std::string const& place) {
  constexpr std::size_t most = 1'000'000;
  check_version(file, place);
  classify::forest_description forest;
  forest.feature_count = read_count(file, place + "/_ext_param/column_count_", most);
  forest.class_count = read_count(file, place + "/_ext_param/class_count_", most);
  forest.weighted = read_count(file, place + "/_options/predict_weighted_", 1) != 0;
  file.require(forest.feature_count > 0 && forest.class_count > 0, place,
               "the forest has no features or no classes", train_again);
  auto const names = tree_names(file, place);
  std::size_t const expected = read_count(file, place + "/_options/tree_count_", most);
  file.require(!names.empty() && names.size() == expected, place,
               "the forest has " + std::to_string(names.size()) + " of " +
                   std::to_string(expected) + " trees",
               train_again);
  for (auto const& name : names)
    forest.trees.push_back(
        read_tree(file, place + "/" + name, {forest.feature_count, forest.class_count}));
  check_weights(file, place, forest);
  return forest;
}

/// Every forest below `group`, in the order of their names; all agree in features and classes.
[[nodiscard]] inline std::vector<classify::forest_description>
read_forests(project_file const& file, std::string const& group,
             std::vector<std::string> const& names) {
  std::vector<classify::forest_description> forests;
  for (auto const& name : names) {
    forests.push_back(read_forest(file, group + "/" + name));
    bool const agrees = forests.back().feature_count == forests.front().feature_count &&
                        forests.back().class_count == forests.front().class_count;
    file.require(agrees, group + "/" + name,
                 "the forest has other features or classes than the first one", train_again);
  }
  return forests;
}

}  // namespace voxstitch::ilastik::detail
