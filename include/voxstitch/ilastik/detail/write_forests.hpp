// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a project file keep a trained classifier?

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/ilastik/detail/project_writer.hpp"
#include "voxstitch/ilastik/detail/write_lanes.hpp"
#include "voxstitch/ilastik/vigra_encoding.hpp"

namespace voxstitch::ilastik::detail {

/// What vigra notes beside its trees.
struct forest_notes {
  std::vector<std::uint32_t> labels;  ///< label values of the classes, ascending
  std::size_t sample_count = 0;       ///< rows of the training data
};

using named_numbers = std::vector<std::pair<std::string, double>>;

/// vigra keeps every number as an array of one double.
inline void write_named(project_writer& file, std::string const& group,
                        named_numbers const& numbers) {
  for (auto const& [name, value] : numbers)
    file.numbers<double>(group + "/" + name, std::vector{value});
}

/// How ilastik has vigra train: as many features per split as the root of all, a bootstrap sample
/// of the size of the training data, trees grown to pure leaves.
inline void write_options(project_writer& file, std::string const& forest,
                          classify::forest_description const& trees) {
  constexpr double square_root = 6;   // vigra's RF_SQRT
  constexpr double no_strata = 3;     // RF_NONE
  constexpr double proportional = 1;  // RF_PROPORTIONAL
  write_named(file, forest + "/_options",
              {{"tree_count_", double(trees.trees.size())},
               {"predict_weighted_", trees.weighted ? 1 : 0},
               {"mtry_", 0},
               {"mtry_func_", 0},
               {"mtry_switch_", square_root},
               {"min_split_node_size_", 1},
               {"prepare_online_learning_", 0},
               {"sample_with_replacement_", 1},
               {"stratification_method_", no_strata},
               {"training_set_calc_switch_", proportional},
               {"training_set_func_", 0},
               {"training_set_proportion_", 1},
               {"training_set_size_", 0}});
}

inline void write_parameters(project_writer& file, std::string const& forest,
                             classify::forest_description const& trees, forest_notes const& notes) {
  std::string const group = forest + "/_ext_param";
  double const mtry = std::floor(std::sqrt(double(trees.feature_count)) + 0.5);
  write_named(file, group,
              {{"actual_msample_", double(notes.sample_count)},
               {"actual_mtry_", mtry},
               {"class_count_", double(trees.class_count)},
               {"column_count_", double(trees.feature_count)},
               {"is_weighted_", 1},
               {"precision_", 0},
               {"problem_type_", 1},
               {"response_size_", 1},
               {"row_count_", double(notes.sample_count)},
               {"used_", 1}});
  file.numbers(group + "/class_weights_", std::vector<double>(trees.class_count, 1.0));
  file.numbers(group + "/labels", notes.labels);
}

/// One forest in vigra's own format.
inline void write_forest(project_writer& file, std::string const& place,
                         classify::forest_description const& forest, forest_notes const& notes) {
  file.group(place);
  file.number_attribute<double>(place, "vigra_random_forest_version", {1}, 0.1);
  write_options(file, place, forest);
  write_parameters(file, place, forest, notes);
  std::size_t const digits = std::to_string(forest.trees.size() - 1).size();
  for (std::size_t i = 0; i < forest.trees.size(); ++i) {
    auto const arrays =
        vigra_arrays_of(forest.trees[i], {forest.feature_count, forest.class_count});
    std::string const tree = place + "/Tree_" + padded(i, digits);
    file.numbers(tree + "/topology", arrays.topology);
    file.numbers(tree + "/parameters", arrays.parameters);
  }
}

/// The forests of a parallel random forest, and what ilastik notes beside them.
inline void write_forests(project_writer& file,
                          std::vector<classify::forest_description> const& forests,
                          std::vector<std::string> const& feature_names,
                          forest_notes const& notes) {
  std::string const group = "PixelClassification/ClassifierForests";
  file.text(group + "/pickled_type", "clazyflow.classifiers.parallelVigraRfLazyflowClassifier\n"
                                     "ParallelVigraRfLazyflowClassifier\np0\n.");
  file.numbers(group + "/known_labels", notes.labels);
  file.texts(group + "/feature_names", feature_names);
  for (std::size_t i = 0; i < forests.size(); ++i)
    write_forest(file, group + "/Forest" + padded(i, 4), forests[i], notes);
}

}  // namespace voxstitch::ilastik::detail
