// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/label_sets.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "refusals.hpp"
#include "support/catch.hpp"
#include "support/project_builder.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_data.hpp"

namespace {

using namespace voxstitch;
using namespace voxstitch::ilastik;
using test::hdf5_editor;
using test::label_place;
using test::raw_place;
using bytes = std::vector<std::uint8_t>;
using test::says;

std::string const sets = "PixelClassification/LabelSets/";

/// The labels of the valid small project after `change`, per lane.
std::vector<std::vector<label_block>>
labels_after(std::function<void(hdf5_editor&)> const& change) {
  test::temporary_folder const folder;
  auto const path = (folder / "small.ilp").string();
  test::write_project(path);
  {
    hdf5_editor file(path, hdf5_editor::mode::change);
    change(file);
  }
  return read_label_sets(path, read_lanes(path));
}

/// The one block of the small project after `change`.
label_block block_after(std::function<void(hdf5_editor&)> const& change) {
  auto const labels = labels_after(change);
  REQUIRE(labels.size() == 1);
  REQUIRE(labels[0].size() == 1);
  return labels[0][0];
}

std::string refusal_after(std::function<void(hdf5_editor&)> const& change) {
  return test::refusal_of_small_project([&] { return labels_after(change); });
}

/// Replaces the block by one of those axes and extents whose values count up, with its slice, and
/// with axistags unless `axes` is empty.
void put_block(hdf5_editor& f, std::vector<hsize_t> const& shape, std::string const& slice,
               std::string const& axes = "") {
  bytes values;
  hsize_t count = 1;
  for (hsize_t extent : shape) count *= extent;
  for (hsize_t i = 0; i < count; ++i) values.push_back(std::uint8_t(i));
  f.array(label_place, shape, values);
  f.text_attribute(label_place, "blockSlice", {slice});
  if (!axes.empty()) f.text_attribute(label_place, "axistags", {test::axistags_text(axes)});
}

void put_image(hdf5_editor& f, std::string const& axes, std::vector<std::int64_t> const& shape) {
  f.text(raw_place + "/axistags", test::axistags_text(axes));
  f.numbers(raw_place + "/shape", shape);
}

TEST_CASE("a label block is a box with a value for each voxel", "[ilastik]") {
  auto const block = block_after([](hdf5_editor&) {});
  CHECK(block.where == box<5>{{{0, 0, 3, 5, 8}}, {{1, 1, 4, 7, 10}}});
  CHECK(block.values == bytes{1, 0, 2, 2});
}

TEST_CASE("the slice may be written with blanks and in any form of string", "[ilastik]") {
  auto const form =
      GENERATE(test::string_form::varying, test::string_form::fixed, test::string_form::opaque);
  auto const block = block_after([&](hdf5_editor& f) {
    f.text_attribute(label_place, "blockSlice", {" [ 3 : 4, 5:7 ,8:10,0:1 ] "}, form);
  });
  CHECK(block.where == box<5>{{{0, 0, 3, 5, 8}}, {{1, 1, 4, 7, 10}}});
}

TEST_CASE("blocks that do not name their axes have ilastik's inner order", "[ilastik]") {
  CHECK(block_after([](hdf5_editor& f) {
          put_block(f, {1, 2, 2, 1}, "[3:4,5:7,8:10,0:1]");
        }).where == box<5>{{{0, 0, 3, 5, 8}}, {{1, 1, 4, 7, 10}}});
  auto const film = block_after([](hdf5_editor& f) {
    put_image(f, "txyzc", {9, 30, 40, 1, 1});
    put_block(f, {1, 2, 3, 1}, "[8:9,5:7,8:11,0:1]");
  });
  CHECK(film.where == box<5>{{{8, 0, 0, 5, 8}}, {{9, 1, 1, 7, 11}}});
  CHECK(film.values == bytes{0, 1, 2, 3, 4, 5});
}

TEST_CASE("blocks in the order of the file are transposed", "[ilastik]") {
  auto const check = [](label_block const& block) {
    CHECK(block.where == box<5>{{{0, 0, 8, 7, 5}}, {{1, 1, 11, 8, 7}}});
    CHECK(block.values == bytes{0, 3, 1, 4, 2, 5});
  };
  check(block_after([](hdf5_editor& f) {
    put_image(f, "xyz", {30, 30, 40});
    put_block(f, {2, 1, 3}, "[5:7,7:8,8:11]", "xyz");
  }));
  check(block_after([](hdf5_editor& f) {  // versions that wrote the file's order, and no axes
    f.text("ilastikVersion", "1.4.0b5");
    put_image(f, "xyz", {30, 30, 40});
    put_block(f, {2, 1, 3, 1}, "[5:7,7:8,8:11,0:1]");
  }));
  check(block_after([](hdf5_editor& f) {
    f.text("ilastikVersion", "1.3.3post1");
    f.text("workflowName", "Object Classification (from pixel classification)");
    put_image(f, "zyx", {40, 30, 30});
    put_block(f, {1, 2, 1, 3, 1}, "[0:1,5:7,7:8,8:11,0:1]");
  }));
  check(block_after([](hdf5_editor& f) {  // five axes where the inner order has fewer
    f.text("ilastikVersion", "1.2.0rc10");
    put_image(f, "txyzc", {1, 30, 30, 40, 1});
    put_block(f, {1, 2, 1, 3, 1}, "[0:1,5:7,7:8,8:11,0:1]");
  }));
}

TEST_CASE("without the image's extents the order is known only where one fits", "[ilastik]") {
  CHECK(block_after([](hdf5_editor& f) {
          f.remove(raw_place + "/shape");
          put_block(f, {1, 2, 2, 1}, "[3:4,5:7,8:10,0:1]");
        }).where == box<5>{{{0, 0, 3, 5, 8}}, {{1, 1, 4, 7, 10}}});
  auto const open = [](hdf5_editor& f) {
    f.remove(raw_place + "/shape");
    f.text(raw_place + "/axistags", test::axistags_text("tzyxc"));
    put_block(f, {1, 2, 2, 1}, "[3:4,5:7,8:10,0:1]");
  };
  CHECK(says(refusal_after(open), "which of its axes is which cannot be known"));

  test::temporary_folder const folder;
  auto const path = (folder / "old.ilp").string();
  test::write_project(path);
  {
    hdf5_editor file(path, hdf5_editor::mode::change);
    open(file);
  }
  auto lanes = read_lanes(path);
  lanes[0].shape = {9, 1, 30, 40, 1};
  CHECK(read_label_sets(path, lanes)[0][0].where == box<5>{{{3, 0, 0, 5, 8}}, {{4, 1, 1, 7, 10}}});
  lanes[0].shape = {9, 30};
  CHECK_THROWS_AS(read_label_sets(path, lanes), shape_error);
}

TEST_CASE("label sets belong to the lanes in the order of their numbers", "[ilastik]") {
  auto const labels = labels_after([](hdf5_editor& f) {
    for (std::string const name : {"lane10", "lane9"}) {
      f.text("Input Data/infos/" + name + "/Raw Data/filePath", name + ".tif");
      f.text("Input Data/infos/" + name + "/Raw Data/axistags", test::axistags_text("yx"));
    }
    f.group(sets + "labels2");
    f.array<std::uint8_t>(sets + "labels10/block0000", {1, 1, 1}, {2});
    f.text_attribute(sets + "labels10/block0000", "blockSlice", {"[1:2,3:4,0:1]"});
  });
  REQUIRE(labels.size() == 3);
  CHECK(labels[0].size() == 1);
  CHECK(labels[1].empty());
  REQUIRE(labels[2].size() == 1);
  CHECK(labels[2][0].where == box<5>{{{0, 0, 0, 1, 3}}, {{1, 1, 1, 2, 4}}});
}

TEST_CASE("images without a label set have no labels", "[ilastik]") {
  CHECK(labels_after([](hdf5_editor& f) { f.remove("PixelClassification/LabelSets"); })
            .at(0)
            .empty());
  CHECK(labels_after([](hdf5_editor& f) { f.remove("PixelClassification"); }).at(0).empty());
}

TEST_CASE("labels without an image are refused", "[ilastik]") {
  CHECK(says(refusal_after([](hdf5_editor& f) { f.remove("Input Data/infos/lane0000"); }),
             "there are labels, but only 0 images"));
}

TEST_CASE("slices that are no slices are refused", "[ilastik]") {
  auto const slice = GENERATE(as<std::string>{}, "", "[", "[]", "3:4,5:7,8:10,0:1",
                              "[3:4,5:7,8:10,0:1", "[3:4,5:7,8:10,0:1] x", "[3:4,5:7,8:,0:1]",
                              "[-3:4,5:7,8:10,0:1]", "[4:3,5:7,8:10,0:1]", "[3:3,5:7,8:10,0:1]",
                              "[3:4:1,5:7,8:10,0:1]", "[99999999999999999999:4,5:7,8:10,0:1]",
                              "[9999999999999999:99999999999999999,5:7,8:10,0:1]");
  auto const message =
      refusal_after([&](hdf5_editor& f) { f.text_attribute(label_place, "blockSlice", {slice}); });
  CHECK(says(message, "block0000: the blockSlice is"));
  CHECK(says(message, "but should be like '[0:10,20:30,0:1]'"));
}

TEST_CASE("slices that do not fit their block are refused", "[ilastik]") {
  auto const with = [](std::string const& slice) {
    return refusal_after(
        [&](hdf5_editor& f) { f.text_attribute(label_place, "blockSlice", {slice}); });
  };
  CHECK(says(with("[3:4,5:7,8:10]"), "has 3 axes, but the block has 4"));
  CHECK(says(with("[3:4,5:7,8:11,0:1]"), "does not have the block's extents (1 x 2 x 2 x 1)"));
  CHECK(says(with("[20:21,5:7,8:10,0:1]"), "the block reaches to 21 along z, but there are 20"));
  CHECK(says(with("[3:4,5:7,39:41,0:1]"), "the block reaches to 41 along x, but there are 40"));
  CHECK(says(with("[3:4,5:7,8:10,1:2]"), "the block reaches to 2 along c, but there are 1"));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.array<std::uint8_t>(label_place, {1, 2, 2, 1}, {1, 0, 2, 2});
             }),
             "it has no blockSlice"));
}

TEST_CASE("blocks of impossible axes are refused", "[ilastik]") {
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.text_attribute(label_place, "axistags", {test::axistags_text("yxc")});
             }),
             "the block has 4 axes, but they are called 'yxc'"));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               put_block(f, {1, 2}, "[0:1,0:2]");
             }),
             "the block has 2 axes, but they are called 'zyxc'"));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.array<std::uint8_t>(label_place, {}, {1});
               f.text_attribute(label_place, "blockSlice", {"[0:1]"});
             }),
             "has 1 axes, but the block has 0"));
}

TEST_CASE("blocks with masks, of strings, or larger than the file are refused", "[ilastik]") {
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.remove(label_place);
               f.group(label_place + "/data");
             }),
             "labels with masks are not supported"));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               f.texts(label_place, {"a", "b"});
               f.text_attribute(label_place, "blockSlice", {"[0:2]"});
               f.text_attribute(label_place, "axistags", {test::axistags_text("y")});
             }),
             "should hold numbers"));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               put_image(f, "x", {});
               f.remove(raw_place + "/shape");
               f.claim(label_place, hsize_t{1} << 39);
               f.text_attribute(label_place, "blockSlice", {"[0:549755813888]"});
               f.text_attribute(label_place, "axistags", {test::axistags_text("x")});
             }),
             "have more than 4294967296 voxels"));
  CHECK(says(refusal_after([](hdf5_editor& f) {
               put_image(f, "x", {});
               f.remove(raw_place + "/shape");
               f.claim(label_place, hsize_t{1} << 30);
               f.text_attribute(label_place, "blockSlice", {"[0:1073741824]"});
               f.text_attribute(label_place, "axistags", {test::axistags_text("x")});
             }),
             "claims more values than the file can hold"));
}

TEST_CASE("the labels of ilastik's own projects are read", "[ilastik]") {
  auto const golden = test::test_data("ilastik-golden");
  if (!golden) return;
  auto const count = [&](char const* name, std::size_t blocks, std::vector<std::size_t> expected) {
    auto const path = (*golden / name).string();
    auto const labels = read_label_sets(path, read_lanes(path)).at(0);
    CHECK(labels.size() == blocks);
    std::vector<std::size_t> found(expected.size());
    for (auto const& block : labels)
      for (std::uint8_t label : block.values)
        if (label > 0) ++found.at(label - 1u);
    CHECK(found == expected);
  };
  // Numbers of painted pixels: counted by numpy.
  count("PixelClass.ilp", 1, {79, 78});
  count("PixelClass3D.ilp", 3, {38, 22});
  count("PixelClassNoClassifier.ilp", 0, {});
}

}  // namespace
