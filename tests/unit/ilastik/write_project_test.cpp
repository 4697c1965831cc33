// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/write_project.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "refusals.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/sample_project.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_data.hpp"
#include "voxstitch/ilastik/project.hpp"
#include "voxstitch/ilastik/training_project.hpp"

namespace {

using namespace voxstitch;
using namespace voxstitch::ilastik;
using test::sample_project;
using test::temporary_folder;
using strings = std::vector<std::string>;
using test::says;

std::string bytes_of(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

strings names_in(std::filesystem::path const& folder) {
  strings names;
  for (auto const& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  return names;
}

/// What is said about the sample project after `change`, and that nothing was written.
std::string refusal(std::function<void(new_project&)> const& change) {
  temporary_folder const folder;
  auto p = sample_project(folder.path());
  change(p);
  std::string message = "no error";
  try {
    write_project((folder / "p.ilp").string(), p);
  } catch (usage_error const& problem) {
    message = problem.what();
  }
  CHECK(names_in(folder.path()).empty());
  return message;
}

bool same(classify::decision_tree const& a, classify::decision_tree const& b) {
  auto const arrays = [](classify::decision_tree const& tree) {
    std::size_t const classes = tree.leaf_probabilities.size() / tree.leaf_weights.size();
    return vigra_arrays_of(tree, {1000, classes});
  };
  return arrays(a).topology == arrays(b).topology && arrays(a).parameters == arrays(b).parameters;
}

bool same(classify::ensemble_description const& a, classify::ensemble_description const& b) {
  bool equal = a.class_count == b.class_count && a.classes == b.classes &&
               a.forests.size() == b.forests.size();
  for (std::size_t i = 0; equal && i < a.forests.size(); ++i) {
    auto const& f = a.forests[i];
    auto const& g = b.forests[i];
    equal = f.feature_count == g.feature_count && f.class_count == g.class_count &&
            f.weighted == g.weighted && f.trees.size() == g.trees.size();
    for (std::size_t t = 0; equal && t < f.trees.size(); ++t) equal = same(f.trees[t], g.trees[t]);
  }
  return equal;
}

TEST_CASE("a written project is read as it was described", "[ilastik]") {
  temporary_folder const folder;
  auto const path = (folder / "p.ilp").string();
  auto const p = sample_project(folder.path());
  write_project(path, p);
  auto const back = read_project(path);
  CHECK(back.version == "1.4.2");
  CHECK(back.workflow == "Pixel Classification");
  CHECK(back.selection.filters == p.selection.filters);
  CHECK(back.selection.chosen == p.selection.chosen);
  REQUIRE(back.selection.scales.size() == 2);
  CHECK(back.selection.scales[0].sigma == 0.7);
  CHECK(back.selection.scales[0].in_2d);
  CHECK_FALSE(back.selection.scales[1].in_2d);
  CHECK(back.has_compute_in_2d);
  CHECK(back.label_names == p.label_names);
  CHECK(back.label_colors == p.label_colors);
  CHECK(back.feature_names == expected_feature_names(p.selection, 1));
  CHECK(back.input_channels == 1);
  CHECK(back.training_axes == "zyxc");
  CHECK(back.training_shape == std::vector<index_t>{2, 30, 40, 1});
  CHECK(back.classifier_type == "ParallelVigraRfLazyflowClassifier");
  CHECK(back.factory_trees == 5);
  CHECK(back.warnings.empty());
  CHECK(same(back.classifier, p.classifier));
}

TEST_CASE("a written project can be trained again", "[ilastik]") {
  temporary_folder const folder;
  auto const path = (folder / "p.ilp").string();
  auto const p = sample_project(folder.path());
  write_project(path, p);
  auto const back = read_training_project(path);
  CHECK(back.has_classifier);
  CHECK(back.factory == p.factory);
  REQUIRE(back.lanes.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(back.lanes[i].files == p.lanes[i].files);
    CHECK(back.lanes[i].axes == p.lanes[i].axes);
    CHECK(back.lanes[i].shape == p.lanes[i].shape);
    CHECK(back.lanes[i].labels == p.lanes[i].labels);
  }
  CHECK(back.lanes[0].nickname == "brain-raw");
  CHECK(back.lanes[1].nickname == "stack");
}

TEST_CASE("labels of every kind of image come back", "[ilastik]") {
  test::random_source random;
  CAPTURE(random);
  struct kind {
    std::string axes;
    std::vector<index_t> shape;
  };
  auto const image =
      GENERATE(kind{"yx", {30, 40}}, kind{"yxc", {30, 40, 1}}, kind{"xyz", {9, 30, 40}},
               kind{"tyx", {3, 30, 40}}, kind{"zyx", {1, 30, 40}}, kind{"txyzc", {3, 30, 40, 5, 1}},
               kind{"cxy", {1, 30, 40}}, kind{"zyx", {5, 1, 40}});
  temporary_folder const folder;
  auto p = sample_project(folder.path());
  p.lanes.resize(1);
  p.lanes[0].axes = image.axes;
  p.lanes[0].shape = image.shape;
  p.lanes[0].labels.clear();
  coord<5> extent = coord<5>::filled(1);
  for (std::size_t i = 0; i < image.axes.size(); ++i)
    extent[canonical_axis(image.axes[i])] = image.shape[i];
  for (int i = 0; i < 20; ++i) {
    label_block block{random.box_within(box<5>::at_origin(extent)), {}};
    for (index_t v = 0; v < block.where.size(); ++v)
      block.values.push_back(std::uint8_t(random.between(0, 2)));
    p.lanes[0].labels.push_back(block);
  }
  auto const path = (folder / "p.ilp").string();
  write_project(path, p);
  CHECK(read_training_project(path).lanes.at(0).labels == p.lanes[0].labels);
}

TEST_CASE("a project without forests is one that was not trained", "[ilastik]") {
  temporary_folder const folder;
  auto const path = (folder / "p.ilp").string();
  auto p = sample_project(folder.path());
  p.classifier = {};
  p.known_labels.clear();
  write_project(path, p);
  CHECK_FALSE(holds_classifier(path));
  CHECK(read_training_project(path).lanes.at(0).labels == p.lanes[0].labels);
}

TEST_CASE("classes that were not painted stay empty", "[ilastik]") {
  temporary_folder const folder;
  auto const path = (folder / "p.ilp").string();
  auto p = sample_project(folder.path());
  p.label_names = {"Never", "Dark", "Bright"};
  p.label_colors.clear();
  p.known_labels = {2, 3};
  p.classifier.class_count = 3;
  p.classifier.classes = {1, 2};
  write_project(path, p);
  auto const back = read_project(path);
  CHECK(back.classifier.class_count == 3);
  CHECK(back.classifier.classes == std::vector<std::size_t>{1, 2});
  CHECK(back.label_colors.size() == 3);
}

TEST_CASE("paths are relative to the project when all files are below it", "[ilastik]") {
  using ilastik::detail::location_of;
  CHECK(location_of("/p/a.ilp", {"/p/raw.h5/data"}).path == "raw.h5/data");
  CHECK(location_of("/p/a.ilp", {"/p/raw.h5/data"}).type == "RelativeFilesystemDatasetInfo");
  CHECK(location_of("/p/a.ilp", {"/p/s/0.tif", "/p/./s/1.tif"}).path == "s/0.tif:s/1.tif");
  CHECK(location_of("/p/a.ilp", {"/q/0.tif"}).path == "/q/0.tif");
  CHECK(location_of("/p/a.ilp", {"/q/0.tif"}).type == "FilesystemDatasetInfo");
  CHECK(location_of("/p/a.ilp", {"/p/0.tif", "/q/1.tif"}).path == "/p/0.tif:/q/1.tif");
  CHECK(location_of("/p/a.ilp", {"/pq/0.tif"}).path == "/pq/0.tif");
  CHECK(location_of("a.ilp", {"s/0.tif"}).path == "s/0.tif");
  CHECK_THROWS_AS(location_of("/p/a.ilp", {"/p/10:30.tif"}), usage_error);
}

TEST_CASE("the same image has the same identity, another one another", "[ilastik]") {
  auto const id = ilastik::detail::dataset_id("raw.h5/data", {30, 40});
  CHECK(id == ilastik::detail::dataset_id("raw.h5/data", {30, 40}));
  CHECK(id != ilastik::detail::dataset_id("raw.h5/data", {30, 41}));
  CHECK(id != ilastik::detail::dataset_id("raw.h5/date", {30, 40}));
  REQUIRE(id.size() == 36);
  for (std::size_t i : {8u, 13u, 18u, 23u}) CHECK(id[i] == '-');
  CHECK(id[14] == '8');
  CHECK(std::string("89ab").find(id[19]) != std::string::npos);
}

TEST_CASE("the same project has the same bytes", "[ilastik]") {
  temporary_folder const folder;
  auto const p = sample_project(folder.path());
  write_project((folder / "a.ilp").string(), p);
  write_project((folder / "b.ilp").string(), p);
  auto const bytes = bytes_of(folder / "a.ilp");
  CHECK(bytes.size() > 10'000);
  CHECK(bytes == bytes_of(folder / "b.ilp"));
}

TEST_CASE("a file is replaced only on request", "[ilastik]") {
  temporary_folder const folder;
  auto const path = (folder / "p.ilp").string();
  auto const p = sample_project(folder.path());
  std::ofstream(path) << "mine";
  std::string message;
  try {
    write_project(path, p);
  } catch (io_error const& problem) {
    message = problem.what();
  }
  CHECK(says(message, quoted(path) + " exists already"));
  CHECK(bytes_of(path) == "mine");
  write_project(path, p, {.overwrite = true});
  CHECK(holds_classifier(path));
  CHECK(names_in(folder.path()) == strings{"p.ilp"});
}

TEST_CASE("a folder that is missing or cannot be written to is named", "[ilastik]") {
  temporary_folder const folder;
  auto const p = sample_project(folder.path());
  std::string message;
  try {
    write_project((folder / "none" / "p.ilp").string(), p);
  } catch (io_error const& problem) {
    message = problem.what();
  }
  CHECK(says(message, (folder / "none").string()));
  CHECK(says(message, "No such file or directory"));
}

TEST_CASE("the project that holds the raw data is not replaced", "[ilastik]") {
  temporary_folder const folder;
  auto const path = (folder / "p.ilp").string();
  std::ofstream(path) << "raw data";
  auto p = sample_project(folder.path());
  p.lanes[0].files = {path + "/Input Data/local_data/id"};
  std::string message;
  try {
    write_project(path, p, {.overwrite = true});
  } catch (usage_error const& problem) {
    message = problem.what();
  }
  CHECK(says(message, "lie in the project that would be replaced"));
  CHECK(bytes_of(path) == "raw data");
}

TEST_CASE("parts that do not fit together are refused", "[ilastik]") {
  CHECK(says(refusal([](auto& p) { p.label_names.clear(); }), "0 classes"));
  CHECK(says(refusal([](auto& p) { p.label_names.resize(256); }), "256 classes"));
  CHECK(says(refusal([](auto& p) { p.label_colors.pop_back(); }), "1 colours for 2 classes"));
  CHECK(says(refusal([](auto& p) { p.selection.chosen.pop_back(); }), "the selection matrix"));
  CHECK(says(refusal([](auto& p) { p.known_labels = {1}; }), "1 known labels and 2 names"));
  CHECK(says(refusal([](auto& p) { p.known_labels = {1, 3}; }), "known label 3 is of class 2"));
  CHECK(says(refusal([](auto& p) {
               p.known_labels = {2, 1};
               p.classifier.classes = {1, 0};
             }),
             "labels are ascending"));
  CHECK(says(refusal([](auto& p) { p.input_channels = 2; }),
             "a forest takes 5 features, but the selection makes 10 of 2 channel(s)"));
  CHECK(says(refusal([](auto& p) { p.classifier.forests[1].trees.clear(); }), "0 trees"));
  CHECK(says(refusal([](auto& p) { p.classifier.forests[0].class_count = 3; }), "3 classes"));
}

TEST_CASE("images and labels that cannot be are refused", "[ilastik]") {
  CHECK(says(refusal([](auto& p) { p.lanes[0].files.clear(); }), "an image has no file"));
  CHECK(says(refusal([](auto& p) { p.lanes[0].axes = "zy"; }), "has axes 'zy'"));
  CHECK(says(refusal([](auto& p) { p.lanes[0].shape[1] = 0; }), "shape 20 x 0 x 40"));
  CHECK(says(refusal([](auto& p) { p.lanes[1].shape[3] = 3; }), "does not have 1 channel(s)"));
  CHECK(says(refusal([](auto& p) { p.lanes[0].files = {"a:b.tif"}; }), "rename the file"));
  CHECK(says(refusal([](auto& p) { p.lanes[0].labels[1].where.exclusive_max[4] = 41; }),
             "lies outside the image, whose labels are 1 x 1 x 20 x 30 x 40"));
  CHECK(says(refusal([](auto& p) { p.lanes[0].labels[0].values.pop_back(); }), "has 5 values"));
  CHECK(says(refusal([](auto& p) { p.lanes[0].labels[0].values[0] = 3; }),
             "holds label 3, but there are 2 classes"));
}

TEST_CASE("a project of ilastik's that is read and written predicts the same", "[ilastik]") {
  auto const golden = test::test_data("ilastik-golden");
  if (!golden) return;
  auto const name =
      GENERATE(as<std::string>{}, "PixelClass.ilp", "PixelClass3Channel.ilp", "PixelClass3D.ilp");
  auto const original = read_project((*golden / name).string());
  auto const training = read_training_project((*golden / name).string());
  new_project p;
  p.selection = training.selection;
  p.label_names = training.label_names;
  p.label_colors = training.label_colors;
  p.classifier = original.classifier;
  for (std::size_t c : original.classifier.classes) p.known_labels.push_back(std::uint32_t(c + 1));
  p.factory = training.factory;
  p.input_channels = original.input_channels;
  p.lanes = training.lanes;
  temporary_folder const folder;
  auto const path = (folder / "again.ilp").string();
  write_project(path, p);
  auto const back = read_project(path);
  CHECK(same(back.classifier, original.classifier));
  CHECK(back.feature_names == original.feature_names);
  CHECK(read_training_project(path).lanes.at(0).labels == training.lanes.at(0).labels);
}

}  // namespace
