// SPDX-License-Identifier: BSL-1.0
// What read_project says about files that are no usable project.

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "refusals.hpp"
#include "support/catch.hpp"
#include "support/project_builder.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_data.hpp"
#include "voxstitch/ilastik/project.hpp"

namespace {

using namespace voxstitch;
using ilastik::read_project;
using test::classifier_place;
using test::hdf5_editor;
using test::says;

/// What the error of type Error says about the file at `path`.
template <class Error = format_error>
std::string refusal(std::filesystem::path const& path) {
  try {
    static_cast<void>(read_project(path.string()));
  } catch (Error const& problem) {
    CHECK(std::string(problem.what()).find(quoted(path.string())) != std::string::npos);
    return problem.what();
  }
  return "no error";
}

/// What is said about the valid small project after `change`.
std::string refusal_after(std::function<void(hdf5_editor&)> const& change) {
  test::temporary_folder const folder;
  auto const path = folder / "small.ilp";
  test::write_project(path);
  {
    hdf5_editor file(path, hdf5_editor::mode::change);
    change(file);
  }
  return refusal(path);
}

std::string const train = "train";
std::string const forest = classifier_place + "/Forest0000";

TEST_CASE("a file that does not exist is no project", "[ilastik]") {
  test::temporary_folder const folder;
  auto const message = refusal<io_error>(folder / "none.ilp");
  CHECK(says(message, "No such file"));
  CHECK(says(message, "check the path"));
}

TEST_CASE("a file that is no HDF5 file is no project", "[ilastik]") {
  test::temporary_folder const folder;
  std::ofstream(folder / "text.ilp") << "not an HDF5 file";
  auto const message = refusal(folder / "text.ilp");
  CHECK(says(message, "is not an HDF5 file"));
  CHECK(says(message, "give the whole .ilp file"));
}

TEST_CASE("an HDF5 file without a version is no project", "[ilastik]") {
  auto const message = refusal_after([](hdf5_editor& f) { f.remove("ilastikVersion"); });
  CHECK(says(message, "is no ilastik project"));
  CHECK(says(message, "give the .ilp file"));
}

TEST_CASE("the layout before 1.0 is refused", "[ilastik]") {
  auto const message =
      refusal_after([](hdf5_editor& f) { f.array<double>("ilastikVersion", {}, {0.5}); });
  CHECK(says(message, "before ilastik 1.0"));
}

TEST_CASE("other workflows are refused by their name", "[ilastik]") {
  auto const message = refusal_after(
      [](hdf5_editor& f) { f.text("workflowName", "Object Classification (from binary image)"); });
  CHECK(says(message, "the workflow is 'Object Classification (from binary image)'"));
  CHECK(says(message, "a \"Pixel Classification\" project"));
}

TEST_CASE("two-stage autocontext is refused", "[ilastik]") {
  auto const name = GENERATE(as<std::string>{}, "AutocontextTwoStage", "Autocontext (2-stage)");
  auto const message = refusal_after([&](hdf5_editor& f) { f.text("workflowName", name); });
  CHECK(says(message, "two-stage autocontext is not supported"));
  CHECK(says(message, quoted(name)));
}

TEST_CASE("an untrained project is refused", "[ilastik]") {
  auto const change = GENERATE(
      std::function<void(hdf5_editor&)>([](hdf5_editor& f) { f.remove(classifier_place); }),
      [](hdf5_editor& f) { f.remove("PixelClassification/StorageVersion"); },
      [](hdf5_editor& f) { f.remove("PixelClassification"); },
      [](hdf5_editor& f) {
        f.remove(classifier_place);
        f.group(classifier_place);
      });
  auto const message = refusal_after(change);
  CHECK(says(message, "no trained classifier"));
  CHECK(says(message, "open it in ilastik, turn on Live Update or train, and save"));
}

TEST_CASE("a project without features is refused", "[ilastik]") {
  auto const change = GENERATE(
      std::function<void(hdf5_editor&)>([](hdf5_editor& f) { f.remove("FeatureSelections"); }),
      [](hdf5_editor& f) { f.remove("FeatureSelections/StorageVersion"); },
      [](hdf5_editor& f) { f.remove("FeatureSelections/SelectionMatrix"); },
      [](hdf5_editor& f) {
        f.bools("FeatureSelections/SelectionMatrix", {2, 2}, {0, 0, 0, 0});
      });
  auto const message = refusal_after(change);
  CHECK(says(message, "no features are selected"));
  CHECK(says(message, "choose features"));
}

TEST_CASE("features that are unknown or do not fit together are refused", "[ilastik]") {
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.texts("FeatureSelections/FeatureIds", {"GaussianSmoothing", "Wavelets"});
             }),
             "FeatureSelections/FeatureIds: unknown feature 'Wavelets'"));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.texts("FeatureSelections/FeatureListFilename", {"list.txt"});
             }),
             "external file"));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.bools("FeatureSelections/SelectionMatrix", {2, 3}, {1, 1, 1, 1, 1, 1});
             }),
             "the matrix is 2 x 3, but there are 2 features and 2 scales"));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.bools("FeatureSelections/ComputeIn2d", {3}, {1, 1, 1});
             }),
             "3 values for 2 scales"));
  for (double sigma : {0.0, -1.0, 1e9, std::numeric_limits<double>::quiet_NaN()})
    CHECK(says(refusal_after([&](hdf5_editor& f) {
                 f.numbers<double>("FeatureSelections/Scales", {sigma, 1});
               }),
               "impossible sigma"));
}

TEST_CASE("scikit-learn's classifiers are refused", "[ilastik]") {
  auto const change = GENERATE(
      std::function<void(hdf5_editor&)>([](hdf5_editor& f) {
        f.text(classifier_place + "/pickled_classifier", "cx\ny\n.", test::string_form::opaque);
      }),
      [](hdf5_editor& f) {
        f.text(classifier_place + "/pickled_type",
               test::type_pickle("sklearnLazyflowClassifier", "SklearnLazyflowClassifier"));
      });
  auto const message = refusal_after(change);
  CHECK(says(message, "scikit-learn classifiers are not supported"));
  CHECK(says(message, "\"Parallel Random Forest (VIGRA)\""));
}

TEST_CASE("unknown classifiers are refused", "[ilastik]") {
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.text(classifier_place + "/pickled_type", test::type_pickle("new", "NewNet"));
             }),
             "unknown classifier type 'NewNet'"));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.text(classifier_place + "/pickled_type", "\x80\x04\x95.");
             }),
             "it names no classifier of ilastik"));
}

TEST_CASE("a classifier for other features is refused", "[ilastik]") {
  auto const more_features = refusal_after([](hdf5_editor& f) {
    f.bools("FeatureSelections/SelectionMatrix", {2, 2}, {1, 1, 1, 1});
  });
  CHECK(says(more_features, "trained on 5 features, but the selection makes 8 per channel"));
  CHECK(says(more_features, train));
  auto const more_channels = refusal_after([](hdf5_editor& f) {
    f.text(test::raw_place + "/axistags", test::axistags_text("zyxc"));
    f.numbers<std::int64_t>(test::raw_place + "/shape", {20, 30, 40, 2});
  });
  CHECK(says(more_channels, "the image has 2 channel(s)"));
  auto const fewer_names = refusal_after([](hdf5_editor& f) {
    f.texts(classifier_place + "/feature_names", {"one", "two"});
  });
  CHECK(says(fewer_names, "2 names for 5 features"));
}

TEST_CASE("a classifier for more classes than the project names is refused", "[ilastik]") {
  auto const message =
      refusal_after([](hdf5_editor& f) { f.texts("PixelClassification/LabelNames", {"Only"}); });
  CHECK(says(message, "the classifier knows 2 classes (labels up to 2), but the project names 1"));
  CHECK(says(message, train));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.texts("PixelClassification/LabelNames", {"A", "B", "C"});
               f.numbers<std::uint32_t>(classifier_place + "/known_labels", {1, 4});
             }),
             "labels up to 4"));
}

TEST_CASE("known labels that do not fit the forests are refused", "[ilastik]") {
  auto const labels = [](std::vector<std::uint32_t> const& values) {
    return refusal_after(
        [&](hdf5_editor& f) { f.numbers(classifier_place + "/known_labels", values); });
  };
  CHECK(says(labels({1, 2, 3}), "3 labels, but the forests have 2 classes"));
  CHECK(says(labels({0, 1}), "not positive and ascending"));
  CHECK(says(labels({2, 1}), "not positive and ascending"));
  CHECK(says(labels({1, 1}), "not positive and ascending"));
}

TEST_CASE("forests of an unknown layout are refused", "[ilastik]") {
  auto const message = refusal_after(
      [](hdf5_editor& f) { f.attribute<double>(forest, "vigra_random_forest_version", {0.2}); });
  CHECK(says(message, "newer than version 0.1"));
}

TEST_CASE("forests that lack something are refused", "[ilastik]") {
  auto const part =
      GENERATE(as<std::string>{}, "/_ext_param/column_count_", "/_ext_param/class_count_",
               "/_options/tree_count_", "/_options/predict_weighted_", "/Tree_1/topology",
               "/Tree_0/parameters");
  auto const message = refusal_after([&](hdf5_editor& f) { f.remove(forest + part); });
  CHECK(says(message, forest + part + ": is missing"));
  CHECK(says(message, train));
}

TEST_CASE("forests with another number of trees than they say are refused", "[ilastik]") {
  CHECK(says(refusal_after([](hdf5_editor& f) { f.remove(forest + "/Tree_1"); }),
             "the forest has 1 of 2 trees"));
  CHECK(says(refusal_after(
                 [](hdf5_editor& f) { f.numbers<double>(forest + "/_options/tree_count_", {3}); }),
             "the forest has 2 of 3 trees"));
}

TEST_CASE("numbers that are none or absurd are refused", "[ilastik]") {
  for (double value : {-1.0, 2.5, 1e18, std::numeric_limits<double>::quiet_NaN(),
                       std::numeric_limits<double>::infinity()}) {
    auto const message = refusal_after(
        [&](hdf5_editor& f) { f.numbers<double>(forest + "/_ext_param/class_count_", {value}); });
    CHECK(says(message, "impossible value"));
  }
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.numbers<double>(forest + "/_ext_param/column_count_", {5, 5});
             }),
             "2 values (allowed: one whole number"));
}

TEST_CASE("forests that do not agree are refused", "[ilastik]") {
  auto const message = refusal_after([](hdf5_editor& f) {
    f.remove(classifier_place + "/Forest0001");
    test::write_forest(f, classifier_place + "/Forest0001",
                       {test::vigra_stump(5, 0, 1, {1, 0, 0}, {0, 0, 1})});
  });
  CHECK(says(message, "Forest0001: the forest has other features or classes"));
}

TEST_CASE("damaged trees are refused with their place", "[ilastik]") {
  auto const message = refusal_after([](hdf5_editor& f) {
    auto tree = test::vigra_stump(5, 0, 1, {1, 0}, {0, 1});
    tree.topology[4] = 2;
    f.numbers(forest + "/Tree_1/topology", tree.topology);
  });
  CHECK(
      says(message, forest + "/Tree_1: the tree is damaged: the node at index 2 is reached twice"));
  CHECK(says(message, train));
}

TEST_CASE("a weighted forest needs weights", "[ilastik]") {
  auto const with_weight = [](double weight) {
    return refusal_after([&](hdf5_editor& f) {
      auto tree = test::vigra_stump(5, 0, 1, {1, 0}, {0, 1});
      tree.parameters[2] = weight;
      f.numbers(forest + "/Tree_1/parameters", tree.parameters);
      f.numbers<double>(forest + "/_options/predict_weighted_", {1});
    });
  };
  CHECK(says(with_weight(0), "a leaf weighs nothing"));
  CHECK(with_weight(3) == "no error");
}

TEST_CASE("values of another kind are refused with their place", "[ilastik]") {
  CHECK(says(refusal_after([](hdf5_editor& f) { f.text(forest + "/Tree_1/topology", "no"); }),
             "Tree_1/topology: the values cannot be used"));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.numbers<double>("FeatureSelections/FeatureIds", {1, 2});
             }),
             "should hold strings"));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.remove("FeatureSelections/Scales");
               f.texts("FeatureSelections/Scales", {"0.7", "1.0"});
             }),
             "should hold numbers"));
}

TEST_CASE("arrays that claim more than the file can hold take no memory", "[ilastik]") {
  auto const place =
      GENERATE(as<std::string>{}, forest + "/Tree_1/topology", forest + "/Tree_1/parameters",
               "FeatureSelections/Scales", classifier_place + "/known_labels");
  auto const elements = GENERATE(hsize_t{1} << 36, hsize_t{1} << 50);
  auto const message = refusal_after([&](hdf5_editor& f) { f.claim(place, elements); });
  CHECK(says(message, "it claims more values than the file can hold"));
}

TEST_CASE("labels that nobody can paint make no classes", "[ilastik]") {
  auto const message = refusal_after([](hdf5_editor& f) {
    f.remove("PixelClassification/LabelNames");
    f.remove("PixelClassification/LabelSets");
    f.numbers<std::uint64_t>(classifier_place + "/known_labels", {1, std::uint64_t{1} << 62});
  });
  CHECK(says(message, "known_labels: label 4611686018427387904 is beyond 255"));
}

TEST_CASE("links that lead to the same values again and again are refused", "[ilastik]") {
  auto const message = refusal_after([](hdf5_editor& f) {
    f.remove("PixelClassification/LabelNames");
    std::string const block = "PixelClassification/LabelSets/labels000/block";
    f.numbers(block + "0000", std::vector<std::uint8_t>(1 << 20, 1));
    for (int i = 0; i < 40; ++i) f.link(block + "0000", block + "again" + std::to_string(i));
  });
  CHECK(says(message, "LabelSets/labels000/blockagain"));
  CHECK(says(message, "the file's links lead to the same values again and again"));
}

TEST_CASE("names for more features than the classifier has are refused unseen", "[ilastik]") {
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.texts(classifier_place + "/feature_names", std::vector<std::string>(6, "name"));
             }),
             "feature_names: 6 names for 5 features"));
}

TEST_CASE("a damaged table of texts is refused", "[ilastik]") {
  test::temporary_folder const folder;
  auto const path = folder / "small.ilp";
  test::write_project(path);
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  auto const at = content.find("GCOL");
  REQUIRE(at != std::string::npos);
  content.replace(at + 16, 16, std::string(16, '\0'));
  std::ofstream(path, std::ios::binary) << content;
  CHECK(says(refusal(path), "is damaged"));
}

// -------------------------------------------------------------------------------------- cut files

std::vector<char> bytes_of(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Reads the first `length` bytes of a project; every cut must be noticed, none may crash.
void check_cut(std::vector<char> const& bytes, std::size_t length,
               std::filesystem::path const& path) {
  CAPTURE(length);
  std::ofstream(path, std::ios::binary).write(bytes.data(), std::streamsize(length));
  CHECK(refusal(path) != "no error");
}

TEST_CASE("a project that was cut is refused, wherever the cut is", "[ilastik]") {
  test::temporary_folder const folder;
  test::write_project(folder / "small.ilp");
  auto const bytes = bytes_of(folder / "small.ilp");
  for (std::size_t length = 0; length < bytes.size(); length += length < 4096 ? 61 : 997)
    check_cut(bytes, length, folder / "cut.ilp");
  check_cut(bytes, bytes.size() - 1, folder / "cut.ilp");
}

TEST_CASE("a real project that was cut is refused", "[ilastik]") {
  auto const data = test::test_data("ilastik-golden");
  if (!data) return;
  test::temporary_folder const folder;
  auto const bytes = bytes_of(*data / "PixelClass.ilp");
  for (std::size_t part = 0; part < 20; ++part)
    check_cut(bytes, bytes.size() * part / 20, folder / "cut.ilp");
}

TEST_CASE("real projects without training are refused", "[ilastik]") {
  auto const data = test::test_data("ilastik-golden");
  if (!data) return;
  CHECK(says(refusal(*data / "PixelClassNoClassifier.ilp"), "no trained classifier"));
  CHECK(says(refusal(*data / "PixelClassNoData.ilp"), "no features are selected"));
}

}  // namespace
