// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/selection_text.hpp"

#include "support/catch.hpp"

using namespace voxstitch;
using namespace voxstitch::ilastik;
using Catch::Matchers::Contains;
using features::filter;

namespace {

std::size_t chosen_count(features::selection const& s) {
  std::size_t count = 0;
  for (auto const& row : s.chosen)
    count += static_cast<std::size_t>(std::count(row.begin(), row.end(), true));
  return count;
}

}  // namespace

TEST_CASE("all features are the 37 that ilastik offers", "[ilastik]") {
  auto const s = parse_selection("all", {}, false);
  CHECK(chosen_count(s) == 37);
  CHECK(features_per_channel(s) == 61);
  CHECK(s.scales.size() == 7);
  for (std::size_t row = 0; row < s.filters.size(); ++row)
    CHECK(s.chosen[row][0] == (s.filters[row] == filter::gaussian_smoothing));
}

TEST_CASE("the default leaves out the largest scale", "[ilastik]") {
  auto const s = parse_selection("default", {}, true);
  CHECK(chosen_count(s) == 31);
  CHECK(s.scales.back().sigma == 5.0);
  for (auto const& scale : s.scales) CHECK(scale.in_2d);
}

TEST_CASE("scales of one's own replace ilastik's", "[ilastik]") {
  auto const s = parse_selection("all", {12.5, 0.5, 0.7, 0.5}, false);
  REQUIRE(s.scales.size() == 3);
  CHECK(s.scales[0].sigma == 0.5);
  CHECK(s.scales[2].sigma == 12.5);
  CHECK(chosen_count(s) == 13);
}

TEST_CASE("filters are named with their scales, in any order", "[ilastik]") {
  auto const s = parse_selection(
      "HessianOfGaussianEigenvalues:1.6;GaussianSmoothing:1.0,0.3;GaussianSmoothing:5", {}, false);
  CHECK(chosen_count(s) == 4);
  CHECK(to_text(s) == "GaussianSmoothing:0.3,1.0,5.0;HessianOfGaussianEigenvalues:1.6");
  CHECK(s.filters.front() == filter::gaussian_smoothing);
}

TEST_CASE("what is written can be read again", "[ilastik]") {
  for (char const* text : {"all", "default"}) {
    auto const s = parse_selection(text, {}, false);
    auto const again = parse_selection(to_text(s), {}, false);
    CHECK(again.filters == s.filters);
    CHECK(again.chosen == s.chosen);
  }
}

TEST_CASE("wrong filters and scales are named, with what is known", "[ilastik]") {
  auto const refused = [](char const* text, char const* why) {
    CAPTURE(text);
    CHECK_THROWS_WITH(parse_selection(text, {}, false), Contains(why));
    CHECK_THROWS_AS(parse_selection(text, {}, false), usage_error);
  };
  refused("", "'' is no filter");
  refused("Gauss:1.0", "'Gauss' is no filter; known are GaussianSmoothing, LaplacianOfGaussian");
  refused("GaussianSmoothing", "GaussianSmoothing:1.0,1.6");
  refused("GaussianSmoothing:", "'' is no scale");
  refused("GaussianSmoothing:1.0;", "'' is no filter");
  refused("GaussianSmoothing:0", "'0' is no scale");
  refused("GaussianSmoothing:-1", "'-1' is no scale");
  refused("GaussianSmoothing:nan", "'nan' is no scale");
  refused("GaussianSmoothing:1.0x", "'1.0x' is no scale");
  refused("GaussianSmoothing:1e9", "at most 1000");
  CHECK_THROWS_WITH(parse_selection("GaussianSmoothing:1.0", {1.6}, false),
                    Contains("names its scales itself"));
  CHECK_THROWS_WITH(parse_sigmas("0.7,,1"), Contains("'' is no scale"));
}

TEST_CASE("sigmas are sorted, each once", "[ilastik]") {
  CHECK(parse_sigmas("1.6,0.7,1.6") == std::vector<double>{0.7, 1.6});
}
