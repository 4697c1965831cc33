// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/project.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/project_builder.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_data.hpp"

namespace {

using namespace voxstitch;
using namespace voxstitch::ilastik;
using features::filter;
using test::classifier_place;
using test::hdf5_editor;
using test::raw_place;
using test::string_form;
using strings = std::vector<std::string>;
using sizes = std::vector<std::size_t>;

std::filesystem::path const file_name = "small.ilp";

/// The valid small project, read after `change`.
project read_changed(std::function<void(hdf5_editor&)> const& change) {
  test::temporary_folder const folder;
  test::write_project(folder / file_name);
  {
    hdf5_editor file(folder / file_name, hdf5_editor::mode::change);
    change(file);
  }
  return read_project((folder / file_name).string());
}

project read_unchanged() {
  return read_changed([](hdf5_editor&) {});
}

TEST_CASE("a project is read with everything that prediction needs", "[ilastik]") {
  auto const p = read_unchanged();
  CHECK(p.path.ends_with("small.ilp"));
  CHECK(p.version == "1.4.1");
  CHECK(p.workflow == "Pixel Classification");
  CHECK(p.selection.filters ==
        std::vector{filter::gaussian_smoothing, filter::hessian_of_gaussian_eigenvalues});
  REQUIRE(p.selection.scales.size() == 2);
  CHECK(p.selection.scales[0].sigma == 0.7);
  CHECK_FALSE(p.selection.scales[0].in_2d);
  CHECK(p.selection.chosen == std::vector<std::vector<bool>>{{true, true}, {false, true}});
  CHECK(p.has_compute_in_2d);
  CHECK(p.feature_names.size() == 5);
  CHECK(p.label_names == strings{"Dark", "Bright"});
  CHECK(p.label_colors == std::vector<std::array<std::uint8_t, 3>>{{1, 2, 3}, {250, 251, 252}});
  CHECK(p.input_channels == 1);
  CHECK(p.training_axes == "zyx");
  CHECK(p.training_shape == std::vector<index_t>{20, 30, 40});
  CHECK(p.classifier_type == "ParallelVigraRfLazyflowClassifier");
  CHECK(p.factory_trees == 3);
  CHECK(p.warnings.empty());
}

TEST_CASE("all forests of a project are read, in the order of their names", "[ilastik]") {
  auto const p = read_unchanged();
  CHECK(p.classifier.class_count == 2);
  CHECK(p.classifier.classes == sizes{0, 1});
  REQUIRE(p.classifier.forests.size() == 2);
  CHECK(p.classifier.forests[0].trees.size() == 2);
  CHECK(p.classifier.forests[1].trees.size() == 1);
  CHECK(p.classifier.forests[0].feature_count == 5);
  CHECK(p.classifier.forests[0].class_count == 2);
  CHECK_FALSE(p.classifier.forests[0].weighted);
  CHECK(p.classifier.forests[0].trees[1].nodes[0].feature == 1);
  CHECK(p.classifier.forests[1].trees[0].nodes[0].threshold == 100.5);
  CHECK(p.feature_count() == 5);
  CHECK(p.tree_count() == 3);
  CHECK(p.node_count() == 9);
}

TEST_CASE("strings may be of varying length, of fixed length or opaque", "[ilastik]") {
  auto const form = GENERATE(string_form::varying, string_form::fixed, string_form::opaque);
  auto const expected = read_unchanged();
  auto const p = read_changed([&](hdf5_editor& file) {
    file.text("ilastikVersion", "1.4.1", form);
    file.text("workflowName", "Pixel Classification", form);
    file.texts("FeatureSelections/FeatureIds",
               {"GaussianSmoothing", "HessianOfGaussianEigenvalues"}, form);
    file.texts("PixelClassification/LabelNames", {"Dark", "Bright"}, form);
    file.texts(classifier_place + "/feature_names", expected.feature_names, form);
    file.text(
        classifier_place + "/pickled_type",
        test::type_pickle("parallelVigraRfLazyflowClassifier", "ParallelVigraRfLazyflowClassifier"),
        form);
    file.texts("Input Data/Role Names", {"Raw Data", "Prediction Mask"}, form);
    file.text(raw_place + "/axistags", test::axistags_text("zyx"), form);
  });
  CHECK(p.version == expected.version);
  CHECK(p.workflow == expected.workflow);
  CHECK(p.selection.filters == expected.selection.filters);
  CHECK(p.label_names == expected.label_names);
  CHECK(p.feature_names == expected.feature_names);
  CHECK(p.training_axes == "zyx");
  CHECK(p.warnings.empty());
}

TEST_CASE("scales and features keep the file's order and number", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& file) {
    file.numbers<double>("FeatureSelections/Scales", {10, 0.3, 1.25});
    file.texts("FeatureSelections/FeatureIds", {"DifferenceOfGaussians", "LaplacianOfGaussian"});
    file.bools("FeatureSelections/SelectionMatrix", {2, 3}, {1, 1, 0, 1, 1, 1});
    file.bools("FeatureSelections/ComputeIn2d", {3}, {0, 1, 0});
    file.remove(classifier_place + "/feature_names");
  });
  CHECK(p.selection.filters ==
        std::vector{filter::difference_of_gaussians, filter::laplacian_of_gaussian});
  REQUIRE(p.selection.scales.size() == 3);
  CHECK(p.selection.scales[0].sigma == 10);
  CHECK(p.selection.scales[1].sigma == 0.3);
  CHECK(p.selection.scales[1].in_2d);
  CHECK_FALSE(p.selection.scales[2].in_2d);
  CHECK(p.selection.chosen[0] == std::vector{true, true, false});
}

TEST_CASE("flags may be bools or integers", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& file) {
    file.array<std::uint8_t>("FeatureSelections/SelectionMatrix", {2, 2}, {1, 1, 0, 1});
    file.numbers<std::int64_t>("FeatureSelections/ComputeIn2d", {0, 0});
  });
  CHECK(p.selection.chosen == std::vector<std::vector<bool>>{{true, true}, {false, true}});
}

TEST_CASE("stored dimensions hold for every image", "[ilastik]") {
  auto const p = read_unchanged();
  CHECK_FALSE(p.selection_for(1).scales[1].in_2d);
  CHECK_FALSE(p.selection_for(9).scales[1].in_2d);
  CHECK(p.fits(9));
}

TEST_CASE("without stored dimensions the image decides", "[ilastik]") {
  auto const p =
      read_changed([](hdf5_editor& file) { file.remove("FeatureSelections/ComputeIn2d"); });
  CHECK_FALSE(p.has_compute_in_2d);
  for (auto const& scale : p.selection_for(1).scales) CHECK(scale.in_2d);
  for (auto const& scale : p.selection_for(2).scales) CHECK_FALSE(scale.in_2d);
}

/// Flat images: 2 + 2 features per channel, trees that know `columns` of them.
void make_flat_and_old(hdf5_editor& file, std::int32_t columns) {
  file.remove("FeatureSelections/ComputeIn2d");
  file.remove(classifier_place + "/feature_names");
  file.remove(classifier_place + "/Forest0001");
  file.remove(classifier_place + "/Forest0000");
  test::write_forest(file, classifier_place + "/Forest0000",
                     {test::vigra_stump(columns, 3, 1, {1, 0}, {0, 1})});
}

TEST_CASE("old projects of flat images have two eigenvalues", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& file) {
    make_flat_and_old(file, 12);
    file.text(raw_place + "/axistags", test::axistags_text("yxc"));
    file.numbers<std::int64_t>(raw_place + "/shape", {30, 40, 3});
  });
  CHECK(p.input_channels == 3);
  CHECK(p.training_axes == "yxc");
  CHECK(p.fits(1));
  CHECK_FALSE(p.fits(2));
}

TEST_CASE("without a training image the columns tell dimension and channels", "[ilastik]") {
  auto const channels = [](std::int32_t columns) {
    return read_changed([&](hdf5_editor& file) {
             make_flat_and_old(file, columns);
             file.remove("Input Data");
           })
        .input_channels;
  };
  CHECK(channels(4) == 1);
  CHECK(channels(5) == 1);
  CHECK(channels(8) == 2);
  CHECK(channels(10) == 2);
}

TEST_CASE("the last lane tells the training axes, the numbers of lanes decide", "[ilastik]") {
  auto const [last, other] =
      GENERATE(table<std::string, std::string>({{"lane0002", "lane0001"}, {"lane10", "lane9"}}));
  auto const p = read_changed([&, last = last, other = other](hdf5_editor& file) {
    file.text("Input Data/infos/" + last + "/Raw Data/axistags", test::axistags_text("zyxc"));
    file.text("Input Data/infos/" + other + "/Raw Data/axistags", test::axistags_text("tzyx"));
  });
  CHECK(p.training_axes == "zyxc");
  CHECK(p.training_shape.empty());
  CHECK(p.input_channels == 1);
}

TEST_CASE("plain axis orders and lanes without roles are understood", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& file) {
    file.remove("Input Data/infos");
    file.remove("Input Data/Role Names");
    file.text("Input Data/infos/lane0000/axisorder", "zyxc");
  });
  CHECK(p.training_axes == "zyxc");
}

TEST_CASE("training axes are unknown when nothing sensible tells them", "[ilastik]") {
  auto const change = GENERATE(
      std::function<void(hdf5_editor&)>([](hdf5_editor& f) { f.remove("Input Data"); }),
      [](hdf5_editor& f) { f.remove("Input Data/StorageVersion"); },
      [](hdf5_editor& f) { f.remove(raw_place); },
      [](hdf5_editor& f) { f.remove(raw_place + "/axistags"); },
      [](hdf5_editor& f) { f.text(raw_place + "/axistags", "{\"a"); },
      [](hdf5_editor& f) { f.text(raw_place + "/axistags", test::axistags_text("z?x")); });
  auto const p = read_changed(change);
  CHECK(p.training_axes.empty());
  CHECK(p.input_channels == 1);
}

TEST_CASE("a forest that knows some labels only leaves the other classes empty", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& file) {
    file.texts("PixelClassification/LabelNames", {"A", "B", "C", "D"});
    file.numbers<std::uint32_t>(classifier_place + "/known_labels", {2, 4});
  });
  CHECK(p.classifier.class_count == 4);
  CHECK(p.classifier.classes == sizes{1, 3});
  CHECK(p.label_colors.size() == 4);  // the stored ones are for two classes: defaults
}

TEST_CASE("as many labels as classes correspond one to one", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& file) {
    file.numbers<std::uint32_t>(classifier_place + "/known_labels", {1, 3});
  });
  CHECK(p.classifier.classes == sizes{0, 1});
}

TEST_CASE("without known labels the classes are the first ones", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& file) {
    file.remove(classifier_place + "/known_labels");
    file.texts("PixelClassification/LabelNames", {"A", "B", "C"});
  });
  CHECK(p.classifier.classes == sizes{0, 1});
  CHECK(p.classifier.class_count == 3);
}

TEST_CASE("classes without names are counted by the painted labels", "[ilastik]") {
  auto const change = GENERATE(
      std::function<void(hdf5_editor&)>(
          [](hdf5_editor& f) { f.remove("PixelClassification/LabelNames"); }),
      [](hdf5_editor& f) { f.flag("PixelClassification/LabelNames", "isEmpty", 1); },
      [](hdf5_editor& f) { f.numbers<double>("PixelClassification/LabelNames", {6.9e-310}); });
  auto const p = read_changed([&](hdf5_editor& file) {
    change(file);
    file.array<std::uint8_t>("PixelClassification/LabelSets/labels1/block0003", {1, 1, 2}, {0, 3});
  });
  CHECK(p.label_names == strings{"Label 1", "Label 2", "Label 3"});
  CHECK(p.label_colors.size() == 3);
  CHECK(p.classifier.class_count == 3);
}

TEST_CASE("classes without names and labels follow the classifier, with a warning", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& file) {
    file.remove("PixelClassification/LabelNames");
    file.remove("PixelClassification/LabelSets");
  });
  CHECK(p.label_names == strings{"Label 1", "Label 2"});
  REQUIRE(p.warnings.size() == 1);
  CHECK(p.warnings[0].find("no class is named") != std::string::npos);
}

TEST_CASE("colours that are marked empty or do not fit are replaced", "[ilastik]") {
  auto const change = GENERATE(
      std::function<void(hdf5_editor&)>(
          [](hdf5_editor& f) { f.flag("PixelClassification/LabelColors", "isEmpty", 1); }),
      [](hdf5_editor& f) { f.remove("PixelClassification/LabelColors"); },
      [](hdf5_editor& f) { f.numbers<double>("PixelClassification/LabelColors", {6.9e-310}); });
  auto const p = read_changed(change);
  CHECK(p.label_colors == std::vector<std::array<std::uint8_t, 3>>{{255, 225, 25}, {0, 130, 200}});
}

TEST_CASE("classifiers of one forest have their own place", "[ilastik]") {
  auto const type = GENERATE(
      as<std::array<std::string, 2>>{},
      std::array<std::string, 2>{"vigraRfLazyflowClassifier", "VigraRfLazyflowClassifier"},
      std::array<std::string, 2>{"vigraRfPixelwiseClassifier", "VigraRfPixelwiseClassifier"});
  auto const p = read_changed([&](hdf5_editor& file) {
    file.rename(classifier_place + "/Forest0000", classifier_place + "/forest");
    file.remove(classifier_place + "/Forest0001");
    file.text(classifier_place + "/pickled_type", test::type_pickle(type[0], type[1]));
  });
  CHECK(p.classifier_type == type[1]);
  CHECK(p.classifier.forests.size() == 1);
}

TEST_CASE("old files tell neither type nor names of features", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& file) {
    file.remove(classifier_place + "/pickled_type");
    file.remove(classifier_place + "/feature_names");
    file.text("PixelClassification/ClassifierFactory",
              "ccopy_reg\n_reconstructor\np0\n(dp5\nS'_num_trees'\np7\nI42\nsb.");
  });
  CHECK(p.classifier_type == "ParallelVigraRfLazyflowClassifier");
  CHECK(p.feature_names.empty());
  CHECK(p.factory_trees == 42);
}

TEST_CASE("a factory that cannot be read hinders nothing", "[ilastik]") {
  auto const change = GENERATE(
      std::function<void(hdf5_editor&)>(
          [](hdf5_editor& f) { f.remove("PixelClassification/ClassifierFactory"); }),
      [](hdf5_editor& f) { f.text("PixelClassification/ClassifierFactory", "\x80\x04."); });
  CHECK_FALSE(read_changed(change).factory_trees.has_value());
}

TEST_CASE("other names of features are worth a warning", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& file) {
    file.texts(classifier_place + "/feature_names", {"one", "two", "three", "four", "five"});
  });
  REQUIRE(p.warnings.size() == 1);
  CHECK(p.warnings[0].find("\"one\"") != std::string::npos);
}

TEST_CASE("object classification of pixels holds the same project", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& file) {
    file.text("workflowName", "Object Classification (from pixel classification)");
  });
  CHECK(p.tree_count() == 3);
}

TEST_CASE("more than ten trees are read in the order of their numbers", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& file) {
    std::vector<test::vigra_arrays> trees;
    for (int i = 0; i < 12; ++i) trees.push_back(test::vigra_stump(5, 0, i, {1, 0}, {0, 1}));
    file.remove(classifier_place + "/Forest0000");
    test::write_forest(file, classifier_place + "/Forest0000", trees);
  });
  REQUIRE(p.classifier.forests[0].trees.size() == 12);
  for (std::size_t i = 0; i < 12; ++i)
    CHECK(p.classifier.forests[0].trees[i].nodes[0].threshold == double(i));
}

// ---------------------------------------------------------------------------------- real projects

/// Figures that h5py and numpy find in the same file.
struct known_project {
  std::string file;
  std::string version;
  std::size_t features, forests, trees, nodes, channels;
  std::string axes;
  strings labels;
};

void check_against(project const& p, known_project const& known) {
  CHECK(p.version == known.version);
  CHECK(p.feature_count() == known.features);
  CHECK(p.classifier.forests.size() == known.forests);
  CHECK(p.tree_count() == known.trees);
  CHECK(p.node_count() == known.nodes);
  CHECK(p.input_channels == known.channels);
  CHECK(p.training_axes == known.axes);
  CHECK(p.label_names == known.labels);
  CHECK(p.feature_names.size() == known.features);
  CHECK(p.factory_trees == 100);
  CHECK(p.warnings.empty());
}

TEST_CASE("projects that ilastik saved are read whole", "[ilastik]") {
  auto const known = GENERATE(known_project{"brain-lightsheet/brain-cells.ilp",
                                            "1.4.2.post28",
                                            51,
                                            2,
                                            100,
                                            63476,
                                            1,
                                            "zyx",
                                            {"Background", "Tissue", "Cell"}},
                              known_project{"synthetic-256/full-61-channels.ilp",
                                            "1.4.2.post28",
                                            61,
                                            2,
                                            100,
                                            14456,
                                            1,
                                            "zyx",
                                            {"Label 1", "Label 2", "Label 3"}},
                              known_project{"ilastik-golden/PixelClass.ilp",
                                            "1.4.1b15",
                                            25,
                                            8,
                                            100,
                                            308,
                                            1,
                                            "yxc",
                                            {"Label 1", "Label 2"}},
                              known_project{"ilastik-golden/PixelClass3Channel.ilp",
                                            "1.4.1b15",
                                            75,
                                            10,
                                            100,
                                            9682,
                                            3,
                                            "yxc",
                                            {"Label 1", "Label 2", "Label 3"}},
                              known_project{"ilastik-golden/PixelClass3D.ilp",
                                            "1.4.1b15",
                                            11,
                                            10,
                                            100,
                                            300,
                                            1,
                                            "zyxc",
                                            {"Label 1", "Label 2"}});
  auto const path = std::filesystem::path(known.file);
  auto const folder = test::test_data(path.parent_path().string());
  if (!folder) return;
  CAPTURE(known.file);
  check_against(read_project((*folder / path.filename()).string()), known);
}

}  // namespace
