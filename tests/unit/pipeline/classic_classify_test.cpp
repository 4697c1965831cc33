// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/classic_classify.hpp"

#include "support/catch.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using Catch::Matchers::Contains;

namespace {

/// Files of a 100 x 8 x 8 volume with cores of 50 slices and that overlap between them.
std::vector<classic_file> two_files(index_t overlap) {
  return {{"a", {{{{0, 0, 0}}, {{50, 8, 8}}}, {}, {{overlap, 0, 0}}}, {}},
          {"b", {{{{50, 0, 0}}, {{100, 8, 8}}}, {{overlap, 0, 0}}, {}}, {}}};
}

}  // namespace

TEST_CASE("class_file_of: the name of the sub-volume is kept", "[pipeline]") {
  CHECK(class_file_of("parts/brain00007.hdf5", "classes") == "classes/subvol_brain00007.h5");
}

TEST_CASE("raw_dataset: the one of the file's name, or the only one", "[pipeline]") {
  classic_file f{"x/brain00007.hdf5", {}, {{"other", {}, {}}}};
  CHECK(raw_dataset(f).name == "other");
  f.datasets.push_back({"brain00007", {}, {}});
  CHECK(raw_dataset(f).name == "brain00007");
  f.datasets.back().name = "third";
  CHECK_THROWS_WITH(raw_dataset(f), Contains("brain00007.hdf5") && Contains("'/other', '/third'"));
}

TEST_CASE("overlap_missing: less overlap than the reach is missing between files only",
          "[pipeline]") {
  CHECK(overlap_missing(two_files(10), {{10, 3, 3}}).files == 0);
  auto const missing = overlap_missing(two_files(10), {{12, 3, 3}});
  CHECK(missing.files == 2);
  CHECK(missing.first == "a");
  CHECK(missing.least == coord<3>{{10, 3, 3}});
}

TEST_CASE("overlap_missing: an overlap that was dropped at the end is missing", "[pipeline]") {
  auto files = two_files(0);
  files[1].place.left = {{0, 0, 0}};
  CHECK(overlap_missing(files, {{1, 0, 0}}).files == 2);
}

TEST_CASE("overlap_missing: a file alone knows its begin; its end only where nothing overlaps",
          "[pipeline]") {
  auto const files = two_files(10);
  CHECK(overlap_missing({files[0]}, {{12, 3, 3}}).files == 1);
  CHECK(overlap_missing({files[1]}, {{12, 3, 3}}).files == 1);
  CHECK(overlap_missing({files[1]}, {{10, 3, 3}}).files == 0);
}

TEST_CASE("class_specs: no class takes the place of an index", "[pipeline]") {
  auto const specs = pipeline::detail::class_specs({"Cell", "left_overlap", "a/b", "Cell"});
  REQUIRE(specs.size() == 4);
  CHECK(specs[0].name == "/Cell");
  CHECK(specs[1].name == "/left_overlap_2");
  CHECK(specs[2].name == "/a_b");
  CHECK(specs[3].name == "/Cell_2");
}
