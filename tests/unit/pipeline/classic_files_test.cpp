// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/classic_files.hpp"

#include "support/catch.hpp"
#include "support/hdf5_editor.hpp"
#include "support/temporary_folder.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using Catch::Matchers::Contains;

namespace {

using test::hdf5_editor;

/// A file of the dataset "/Cell" of those extents, with the indices as given.
struct sub_volume {
  std::vector<hsize_t> extents{4, 5, 6};
  std::vector<std::uint64_t> core{10, 13, 0, 4, 20, 24};
  std::vector<std::uint8_t> left{1, 0, 2};
  std::vector<std::uint8_t> right{0, 1, 0};
};

std::string written(test::temporary_folder const& folder, sub_volume const& s,
                    std::string const& name = "s.h5") {
  auto const path = folder / name;
  hdf5_editor file(path, hdf5_editor::mode::create);
  std::size_t count = 1;
  for (auto extent : s.extents) count *= extent;
  file.array("Cell", s.extents, std::vector<std::uint16_t>(count, 7));
  file.numbers("orig_indices", s.core);
  file.numbers("left_overlap", s.left);
  file.numbers("right_overlap", s.right);
  return path.string();
}

classic_file only(std::vector<classic_file> files) {
  REQUIRE(files.size() == 1);
  return std::move(files.front());
}

std::string complaint(std::string const& path) {
  try {
    static_cast<void>(read_classic_files({path}));
  } catch (format_error const& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("classic_name: five digits, more when the last number needs them", "[pipeline]") {
  CHECK(classic_name("brain", 7, 64) == "brain00007");
  CHECK(classic_name("brain", 0, 100000) == "brain00000");
  CHECK(classic_name("brain", 7, 100001) == "brain000007");
  CHECK(classic_name("brain", 100000, 100001) == "brain100000");
}

TEST_CASE("classic_files: begin and end per axis, and the overlaps, are where a file lies",
          "[pipeline]") {
  test::temporary_folder const folder;
  auto const f = only(read_classic_files({written(folder, {})}));
  CHECK(f.place.core == box<3>{{{10, 0, 20}}, {{13, 4, 24}}});
  CHECK(f.place.whole() == box<3>{{{9, 0, 18}}, {{13, 5, 24}}});
  REQUIRE(f.datasets.size() == 1);
  CHECK(f.datasets[0].name == "Cell");
  CHECK(f.datasets[0].description.type == element_type::uint16);
  CHECK(f.datasets[0].description.shape == coord<5>{{1, 1, 4, 5, 6}});
}

TEST_CASE("classic_files: all begins before all ends are told apart by the extents", "[pipeline]") {
  test::temporary_folder const folder;
  sub_volume s;
  s.core = {10, 0, 20, 13, 4, 24};
  CHECK(only(read_classic_files({written(folder, s)})).place.core ==
        box<3>{{{10, 0, 20}}, {{13, 4, 24}}});
}

TEST_CASE("classic_files: one meaning for all files, and the file without it is named",
          "[pipeline]") {
  test::temporary_folder const folder;
  sub_volume other;
  other.core = {10, 0, 20, 13, 4, 24};
  auto const usual = written(folder, {}, "a.h5");
  auto const unusual = written(folder, other, "b.h5");
  CHECK_THROWS_WITH(read_classic_files({usual, unusual}),
                    Contains("b.h5") && Contains("do not fit"));
}

TEST_CASE("classic_files: indices that do not fit the dataset are an error with all numbers",
          "[pipeline]") {
  test::temporary_folder const folder;
  sub_volume s;
  s.extents = {4, 5, 7};
  auto const text = complaint(written(folder, s));
  CHECK_THAT(text,
             Contains("s.h5") && Contains("[10:13, 0:4, 20:24]") && Contains("'/Cell' is 4,5,7"));
  s = {};
  s.left = {11, 0, 2};  // before the volume
  s.extents = {14, 5, 6};
  CHECK_THAT(complaint(written(folder, s)), Contains("do not fit"));
}

TEST_CASE("classic_files: what is no sub-volume is said so", "[pipeline]") {
  test::temporary_folder const folder;
  auto const path = written(folder, {});
  SECTION("no indices") {
    hdf5_editor(path, hdf5_editor::mode::change).remove("orig_indices");
    CHECK_THAT(complaint(path), Contains("s.h5") && Contains("/orig_indices"));
  }
  SECTION("too few numbers") {
    hdf5_editor file(path, hdf5_editor::mode::change);
    file.remove("left_overlap");
    file.numbers<std::uint8_t>("left_overlap", {1, 2});
    CHECK_THAT(complaint(path), Contains("/left_overlap") && Contains("2 numbers"));
  }
  SECTION("numbers beyond any volume") {
    hdf5_editor file(path, hdf5_editor::mode::change);
    file.remove("orig_indices");
    file.numbers<std::uint64_t>("orig_indices", {0, std::uint64_t{1} << 63, 0, 1, 0, 1});
    CHECK_THAT(complaint(path), Contains("beyond any volume"));
  }
  SECTION("no dataset") {
    hdf5_editor(path, hdf5_editor::mode::change).remove("Cell");
    CHECK_THAT(complaint(path), Contains("no dataset of the axes"));
  }
  SECTION("four axes") {
    hdf5_editor(path, hdf5_editor::mode::change)
        .array("Four", {1, 2, 2, 2}, std::vector<std::uint8_t>(8));
    CHECK_THAT(complaint(path), Contains("'/Four'") && Contains("4 axes"));
  }
}

TEST_CASE("classic_files: lists and single numbers beside the volumes are left alone",
          "[pipeline]") {
  test::temporary_folder const folder;
  auto const path = written(folder, {});
  hdf5_editor(path, hdf5_editor::mode::change).numbers<double>("note", {1, 2, 3});
  CHECK(only(read_classic_files({path})).datasets.size() == 1);
}

TEST_CASE("classic_files: files come in natural order, each once", "[pipeline]") {
  test::temporary_folder const folder;
  auto const ten = written(folder, {}, "s10.h5");
  auto const two = written(folder, {}, "s2.h5");
  auto const files = read_classic_files({ten, two, ten});
  REQUIRE(files.size() == 2);
  CHECK(files[0].path == two);
  CHECK(files[1].path == ten);
}
