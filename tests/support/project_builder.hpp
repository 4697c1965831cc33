// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a test get an ilastik project, valid or broken in one place?

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/hdf5_editor.hpp"

namespace voxstitch::test {

/// A tree in vigra's encoding.
struct vigra_arrays {
  std::vector<std::int32_t> topology;
  std::vector<double> parameters;
};

inline constexpr std::int32_t vigra_leaf_type = 0x40000000;

/// feature < threshold: `below`, else `above` (class probabilities).
[[nodiscard]] inline vigra_arrays vigra_stump(std::int32_t feature_count, std::int32_t feature,
                                              double threshold, std::vector<double> const& below,
                                              std::vector<double> const& above) {
  auto const classes = std::int32_t(below.size());
  vigra_arrays tree;
  tree.topology = {feature_count,   classes,    0, 0, 7, 9, feature, vigra_leaf_type, 2,
                   vigra_leaf_type, 3 + classes};
  tree.parameters = {1, threshold, 10};
  tree.parameters.insert(tree.parameters.end(), below.begin(), below.end());
  tree.parameters.push_back(20);
  tree.parameters.insert(tree.parameters.end(), above.begin(), above.end());
  return tree;
}

inline std::string const classifier_place = "PixelClassification/ClassifierForests";
inline std::string const label_place = "PixelClassification/LabelSets/labels000/block0000";
inline std::string const raw_place = "Input Data/infos/lane0000/Raw Data";

/// vigra's axis tags as JSON, without what nobody reads.
[[nodiscard]] inline std::string axistags_text(std::string const& axes) {
  std::string text;
  for (char letter : axes)
    text += std::string(text.empty() ? "" : ", ") + "{\"key\": \"" + letter + "\"}";
  return "{\"axes\": [" + text + "]}";
}

/// What ilastik 1.4 pickles as the type of a classifier.
[[nodiscard]] inline std::string type_pickle(std::string const& module, std::string const& name) {
  return "clazyflow.classifiers." + module + "\n" + name + "\np0\n.";
}

/// Writes one forest of vigra's classes as group `place`.
inline void write_forest(hdf5_editor& file, std::string const& place,
                         std::vector<vigra_arrays> const& trees) {
  file.group(place);
  file.attribute<double>(place, "vigra_random_forest_version", {0.1});
  auto const count = [&](std::string const& name, double value) {
    file.numbers<double>(place + "/" + name, {value});
  };
  auto const& topology = trees.front().topology;
  count("_options/tree_count_", double(trees.size()));
  count("_options/predict_weighted_", 0);
  count("_ext_param/column_count_", topology[0]);
  count("_ext_param/class_count_", topology[1]);
  std::size_t const digits = std::to_string(trees.size() - 1).size();
  for (std::size_t i = 0; i < trees.size(); ++i) {
    std::string number = std::to_string(i);
    number.insert(0, digits - number.size(), '0');
    file.numbers(place + "/Tree_" + number + "/topology", trees[i].topology);
    file.numbers(place + "/Tree_" + number + "/parameters", trees[i].parameters);
  }
}

/// A valid project as ilastik 1.4 saves it: classes Dark and Bright; Gaussian smoothing at 0.7 and
/// 1.0 and Hessian eigenvalues at 1.0 in 3D, 5 features of one channel; trained on z, y, x; two
/// forests of two trees and one tree. Voxels below 100 (after smoothing) are Dark.
inline void write_project(std::filesystem::path const& path) {
  hdf5_editor file(path, hdf5_editor::mode::create);
  file.text("ilastikVersion", "1.4.1");
  file.text("workflowName", "Pixel Classification");

  file.text("FeatureSelections/StorageVersion", "0.1");
  file.numbers<double>("FeatureSelections/Scales", {0.7, 1.0});
  file.texts("FeatureSelections/FeatureIds", {"GaussianSmoothing", "HessianOfGaussianEigenvalues"});
  file.bools("FeatureSelections/SelectionMatrix", {2, 2}, {1, 1, 0, 1});
  file.bools("FeatureSelections/ComputeIn2d", {2}, {0, 0});

  file.text("PixelClassification/StorageVersion", "0.1");
  file.texts("PixelClassification/LabelNames", {"Dark", "Bright"});
  file.flag("PixelClassification/LabelNames", "isEmpty", 0);
  file.array<std::int64_t>("PixelClassification/LabelColors", {2, 3}, {1, 2, 3, 250, 251, 252});
  file.flag("PixelClassification/LabelColors", "isEmpty", 0);
  file.array<std::uint8_t>(label_place, {1, 2, 2, 1}, {1, 0, 2, 2});
  file.text_attribute(label_place, "blockSlice", {"[3:4,5:7,8:10,0:1]"});
  file.text_attribute(label_place, "axistags", {axistags_text("zyxc")});
  file.text("PixelClassification/ClassifierFactory",
            "ccopy_reg\n_reconstructor\np0\n(dp5\nV_num_trees\np7\nI3\nsV_label_proportion\np8\n"
            "NsV_num_forests\np13\nI2\nsb.");

  file.numbers<std::uint32_t>(classifier_place + "/known_labels", {1, 2});
  file.texts(classifier_place + "/feature_names",
             {"Gaussian Smoothing (σ=0.7)", "Gaussian Smoothing (σ=1.0)",
              "Hessian of Gaussian Eigenvalues (σ=1.0) [0]",
              "Hessian of Gaussian Eigenvalues (σ=1.0) [1]",
              "Hessian of Gaussian Eigenvalues (σ=1.0) [2]"});
  file.text(classifier_place + "/pickled_type",
            type_pickle("parallelVigraRfLazyflowClassifier", "ParallelVigraRfLazyflowClassifier"));
  write_forest(
      file, classifier_place + "/Forest0000",
      {vigra_stump(5, 0, 100, {0.75, 0.25}, {0.25, 0.75}), vigra_stump(5, 1, 100, {1, 0}, {0, 1})});
  write_forest(file, classifier_place + "/Forest0001",
               {vigra_stump(5, 0, 100.5, {1, 0}, {0.5, 0.5})});

  file.text("Input Data/StorageVersion", "0.2");
  file.texts("Input Data/Role Names", {"Raw Data", "Prediction Mask"});
  file.group("Input Data/infos/lane0000/Prediction Mask");
  file.text(raw_place + "/__class__", "RelativeFilesystemDatasetInfo");
  file.text(raw_place + "/location", "FileSystem");
  file.text(raw_place + "/filePath", "data/brain.h5/raw");
  file.text(raw_place + "/datasetId", "21c04c40-e603-11f1-9300-02fc00000001");
  file.text(raw_place + "/nickname", "brain-raw");
  file.text(raw_place + "/axistags", axistags_text("zyx"));
  file.numbers<std::int64_t>(raw_place + "/shape", {20, 30, 40});
}

}  // namespace voxstitch::test
