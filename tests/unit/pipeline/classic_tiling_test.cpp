// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/classic_tiling.hpp"

#include "support/catch.hpp"
#include "voxstitch/geometry/blocking.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using Catch::Matchers::Contains;

namespace {

/// Files of the blocks of a volume, overlap 2.
std::vector<classic_file> files_of(coord<3> const& shape, coord<3> const& block) {
  std::vector<classic_file> files;
  for (auto const& b : blocking<3>(box<3>::at_origin(shape), block, {}, {{2, 2, 2}}))
    files.push_back({"f" + std::to_string(b.index),
                     {b.core, b.core.inclusive_min - b.result.inclusive_min,
                      b.result.exclusive_max - b.core.exclusive_max},
                     {}});
  return files;
}

std::string complaint(std::vector<classic_file> const& files) {
  try {
    static_cast<void>(tiled_shape(files));
  } catch (format_error const& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("classic_tiling: blocks of a volume make it up, in any order", "[pipeline]") {
  auto files = files_of({{7, 11, 23}}, {{3, 4, 5}});
  std::reverse(files.begin(), files.end());
  CHECK(tiled_shape(files) == coord<3>{{7, 11, 23}});
}

TEST_CASE("classic_tiling: cores need not lie in a grid", "[pipeline]") {
  std::vector<classic_file> const bricks{{"a", {{{{0, 0, 0}}, {{2, 5, 3}}}, {}, {}}, {}},
                                         {"b", {{{{0, 0, 3}}, {{2, 2, 9}}}, {}, {}}, {}},
                                         {"c", {{{{0, 2, 3}}, {{2, 5, 9}}}, {}, {}}, {}}};
  CHECK(tiled_shape(bricks) == coord<3>{{2, 5, 9}});
}

TEST_CASE("classic_tiling: whichever file is missing, the first voxel without one is named",
          "[pipeline]") {
  auto const all = files_of({{7, 11, 23}}, {{3, 4, 5}});
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    auto files = all;
    files.erase(files.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK_THAT(complaint(files),
               Contains("voxel " + to_string(all[i].place.core.inclusive_min) + " ") &&
                   Contains("missing"));
  }
}

TEST_CASE("classic_tiling: an overlap that leaves all cores says that files are missing behind it",
          "[pipeline]") {
  auto files = files_of({{6, 4, 4}}, {{3, 4, 4}});
  files.pop_back();
  CHECK_THAT(complaint(files), Contains("'f0'") && Contains("along z") && Contains("missing"));
}

TEST_CASE("classic_tiling: the file that is missing is named where the numbers tell it",
          "[pipeline]") {
  auto all = files_of({{6, 8, 8}}, {{3, 4, 4}});
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i].path = "d.1/subvol_b" + std::string("0000") + std::to_string(i) + ".h5";
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto files = all;
    files.erase(files.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK_THAT(complaint(files), Contains("'d.1/subvol_b0000" + std::to_string(i) + ".h5' is not"));
  }
  auto files = all;
  files.erase(files.begin() + 2);
  files[4].path = "another.h5";
  CHECK_THAT(complaint(files), Contains("missing") && !Contains("by the numbers"));
}

TEST_CASE("classic_tiling: two owners of a voxel are named", "[pipeline]") {
  auto files = files_of({{6, 8, 8}}, {{3, 4, 4}});
  files[3].place.core.inclusive_min[2] -= 1;
  files[3].place.left[2] -= 1;
  CHECK_THAT(complaint(files), Contains("'f2'") && Contains("'f3'") && Contains("[0:3, 4:8, 3:4]"));
  files = files_of({{6, 8, 8}}, {{3, 4, 4}});
  files.push_back(files[5]);
  files.back().path = "copy";
  CHECK_THAT(complaint(files), Contains("'f5'") && Contains("'copy'"));
}

TEST_CASE("classic_tiling: positions beyond any volume are an error, not an overflow",
          "[pipeline]") {
  constexpr index_t far = index_t{1} << 60;
  std::vector<classic_file> const files{
      {"a", {{{{far, far, far}}, {{far + 1, far + 1, far + 1}}}, {}, {}}, {}}};
  CHECK_THAT(complaint(files), Contains("beyond any volume"));
}

TEST_CASE("classic_tiling: no files are a wrong use", "[pipeline]") {
  CHECK_THROWS_AS(tiled_shape({}), usage_error);
}
