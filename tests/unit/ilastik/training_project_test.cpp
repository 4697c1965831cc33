// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/training_project.hpp"

#include <array>
#include <cstdint>
#include <functional>
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
using namespace voxstitch::ilastik;
using test::classifier_place;
using test::hdf5_editor;
using strings = std::vector<std::string>;
using test::says;

/// Calls `use(path)` for the valid small project after `change`.
template <class Use>
auto with_changed(std::function<void(hdf5_editor&)> const& change, Use const& use) {
  test::temporary_folder const folder;
  auto const path = (folder / "small.ilp").string();
  test::write_project(path);
  {
    hdf5_editor file(path, hdf5_editor::mode::change);
    change(file);
  }
  return use(path);
}

training_project read_changed(std::function<void(hdf5_editor&)> const& change) {
  return with_changed(change, [](auto const& path) { return read_training_project(path); });
}

bool holds_after(std::function<void(hdf5_editor&)> const& change) {
  return with_changed(change, [](auto const& path) { return holds_classifier(path); });
}

std::string refusal_after(std::function<void(hdf5_editor&)> const& change) {
  return test::refusal_of_small_project([&] { return read_changed(change); });
}

TEST_CASE("a project is read with everything that training needs", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor&) {});
  CHECK(p.path.ends_with("small.ilp"));
  CHECK(p.version == "1.4.1");
  CHECK(p.workflow == "Pixel Classification");
  CHECK(p.selection.chosen == std::vector<std::vector<bool>>{{true, true}, {false, true}});
  CHECK(p.has_compute_in_2d);
  CHECK(p.label_names == strings{"Dark", "Bright"});
  CHECK(p.label_colors == std::vector<std::array<std::uint8_t, 3>>{{1, 2, 3}, {250, 251, 252}});
  CHECK(p.factory == classifier_factory{3, 2});
  CHECK(p.has_classifier);
  REQUIRE(p.lanes.size() == 1);
  CHECK(p.lanes[0].nickname == "brain-raw");
  REQUIRE(p.lanes[0].labels.size() == 1);
  CHECK(p.lanes[0].labels[0].values == std::vector<std::uint8_t>{1, 0, 2, 2});
}

TEST_CASE("an untrained project is read for training", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& f) { f.remove(classifier_place); });
  CHECK_FALSE(p.has_classifier);
  CHECK(p.label_names == strings{"Dark", "Bright"});
  CHECK(p.lanes.at(0).labels.size() == 1);
}

TEST_CASE("classes without names are as many as were painted", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& f) { f.remove("PixelClassification/LabelNames"); });
  CHECK(p.label_names == strings{"Label 1", "Label 2"});
}

TEST_CASE("where the file does not say which scales are flat, the image decides", "[ilastik]") {
  auto const p = read_changed([](hdf5_editor& f) { f.remove("FeatureSelections/ComputeIn2d"); });
  CHECK_FALSE(p.has_compute_in_2d);
  CHECK(p.selection_for(1).scales[0].in_2d);
  CHECK_FALSE(p.selection_for(20).scales[0].in_2d);
}

TEST_CASE("a factory that says nothing useful is ilastik's default", "[ilastik]") {
  std::string const place = "PixelClassification/ClassifierFactory";
  CHECK(read_changed([&](hdf5_editor& f) { f.remove(place); }).factory ==
        classifier_factory{100, 1});
  CHECK(read_changed([&](hdf5_editor& f) { f.text(place, "no pickle"); }).factory.trees == 100);
  CHECK(read_changed([&](hdf5_editor& f) {
          f.text(place, "(dp5\nV_num_trees\np7\nI-3\nsV_num_forests\np8\nI99999999\nsb.");
        }).factory == classifier_factory{100, 1});
}

TEST_CASE("shapes that the file does not hold are the caller's", "[ilastik]") {
  auto const change = [](hdf5_editor& f) {
    f.remove(test::raw_place + "/shape");
    f.text(test::raw_place + "/axistags", test::axistags_text("tzyxc"));
    f.array<std::uint8_t>(test::label_place, {1, 2, 2, 1}, {1, 0, 2, 2});
    f.text_attribute(test::label_place, "blockSlice", {"[3:4,5:7,8:10,0:1]"});
  };
  CHECK(says(refusal_after(change), "which of its axes is which cannot be known"));
  auto const p = with_changed(change, [](auto const& path) {
    return read_training_project(path, {{1, 20, 30, 40, 1}, {7}});
  });
  CHECK(p.lanes.at(0).labels.at(0).where == box<5>{{{0, 0, 3, 5, 8}}, {{1, 1, 4, 7, 10}}});
}

TEST_CASE("labels without a class are refused", "[ilastik]") {
  auto const message = refusal_after([](hdf5_editor& f) {
    f.array<std::uint8_t>(test::label_place, {1, 2, 2, 1}, {1, 0, 2, 7});
    f.text_attribute(test::label_place, "blockSlice", {"[3:4,5:7,8:10,0:1]"});
  });
  CHECK(says(message, "image 1: label 7 is painted, but there are only 2 classes"));
}

TEST_CASE("a project without features cannot be trained", "[ilastik]") {
  auto const message = refusal_after([](hdf5_editor& f) { f.remove("FeatureSelections"); });
  CHECK(says(message, "no features are selected"));
}

TEST_CASE("whether a project was trained can be asked", "[ilastik]") {
  CHECK(holds_after([](hdf5_editor&) {}));
  CHECK_FALSE(holds_after([](hdf5_editor& f) { f.remove(classifier_place); }));
  CHECK_FALSE(holds_after([](hdf5_editor& f) { f.remove("PixelClassification"); }));
  CHECK_FALSE(holds_after([](hdf5_editor& f) { f.remove("PixelClassification/StorageVersion"); }));
  CHECK_FALSE(holds_after([](hdf5_editor& f) {
    f.remove(classifier_place + "/Forest0000");
    f.remove(classifier_place + "/Forest0001");
  }));
  CHECK(holds_after([](hdf5_editor& f) {  // read_project says why not
    f.remove(classifier_place + "/Forest0000");
    f.remove(classifier_place + "/Forest0001");
    f.text(classifier_place + "/pickled_classifier", "pickle");
  }));
  CHECK_THROWS_AS(holds_classifier("/nowhere/none.ilp"), io_error);
  CHECK_THROWS_AS(holds_after([](hdf5_editor& f) { f.remove("ilastikVersion"); }), format_error);
}

TEST_CASE("ilastik's own untrained projects are read", "[ilastik]") {
  auto const golden = test::test_data("ilastik-golden");
  if (!golden) return;
  auto const untrained = (*golden / "PixelClassNoClassifier.ilp").string();
  CHECK_FALSE(holds_classifier(untrained));
  auto const p = read_training_project(untrained);
  CHECK(p.label_names == strings{"Label 1", "Label 2"});
  CHECK(p.factory.trees == 100);
  REQUIRE(p.lanes.size() == 1);
  CHECK(p.lanes[0].files == strings{(*golden / "Data_1channel.png").string()});
  CHECK(p.lanes[0].axes == "yxc");
  CHECK(p.lanes[0].shape == std::vector<index_t>{128, 128, 1});
  CHECK(p.lanes[0].labels.empty());

  auto const empty = (*golden / "PixelClassNoData.ilp").string();
  CHECK_FALSE(holds_classifier(empty));
  CHECK_THROWS_AS(read_training_project(empty), format_error);
  CHECK(holds_classifier((*golden / "PixelClass3D.ilp").string()));
}

}  // namespace
