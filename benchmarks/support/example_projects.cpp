// SPDX-License-Identifier: BSL-1.0
#include "support/example_projects.hpp"

#include "support/forest_examples.hpp"
#include "support/project_builder.hpp"
#include "support/vigra_tree.hpp"
#include "voxstitch/ilastik/feature_names.hpp"

namespace voxstitch::benchmarks {

namespace {

/// Two of the seven scales: 20 channels.
[[nodiscard]] features::selection few_scales() {
  features::selection few = full_selection();
  few.scales = {{1.0, false}, {3.5, false}};
  few.chosen.assign(few.filters.size(), {true, true});
  return few;
}

void write_selection(test::hdf5_editor& file, features::selection const& s) {
  std::vector<double> sigmas;
  std::vector<std::string> ids;
  std::vector<std::int8_t> chosen;
  for (auto const& scale : s.scales) sigmas.push_back(scale.sigma);
  for (auto const& name : ilastik::filter_names) ids.emplace_back(name.id);
  for (auto const& row : s.chosen) chosen.insert(chosen.end(), row.begin(), row.end());
  file.numbers("FeatureSelections/Scales", sigmas);
  file.texts("FeatureSelections/FeatureIds", ids);
  file.bools("FeatureSelections/SelectionMatrix", {ids.size(), sigmas.size()}, chosen);
  file.bools("FeatureSelections/ComputeIn2d", {sigmas.size()},
             std::vector<std::int8_t>(sigmas.size(), 0));
  file.texts(test::classifier_place + "/feature_names", ilastik::expected_feature_names(s, 1));
}

void write_classes(test::hdf5_editor& file) {
  file.texts("PixelClassification/LabelNames", {"Tissue", "Cell", "Vessel"});
  file.array<std::int64_t>("PixelClassification/LabelColors", {3, 3},
                           {90, 90, 90, 250, 200, 0, 200, 0, 0});
  file.numbers<std::uint32_t>(test::classifier_place + "/known_labels", {1, 2, 3});
}

void write_trees(test::hdf5_editor& file, classify::forest_description const& forest) {
  std::vector<test::vigra_arrays> trees;
  for (auto const& tree : forest.trees) {
    vigra_tree const written(tree, forest);
    trees.push_back({written.topology, written.parameters});
  }
  for (char const* number : {"0", "1"}) file.remove(test::classifier_place + "/Forest000" + number);
  test::write_forest(file, test::classifier_place + "/Forest0000", trees);
}

}  // namespace

void write_projects(std::filesystem::path const& folder) {
  std::filesystem::create_directories(folder);
  auto const write = [&](char const* name, features::selection const& s, labels const& chosen) {
    test::write_project(folder / name);
    test::hdf5_editor file(folder / name, test::hdf5_editor::mode::change);
    write_selection(file, s);
    write_classes(file);
    write_trees(file, phantom_forest(s, chosen));
  };
  write("small.ilp", full_selection(), few_labels);
  write("middle.ilp", full_selection(), some_labels);
  write("large.ilp", full_selection(), many_labels);
  write("few-channels.ilp", few_scales(), some_labels);
}

}  // namespace voxstitch::benchmarks
