// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/feature_names.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

namespace {

using namespace voxstitch;
using namespace voxstitch::ilastik;
using features::filter;
using strings = std::vector<std::string>;

TEST_CASE("every filter has an id, and unknown ids have no filter", "[ilastik]") {
  CHECK(filter_names.size() == features::all_filters.size());
  for (auto const& entry : filter_names) CHECK(filter_of_id(entry.id) == entry.filter);
  CHECK_FALSE(filter_of_id("GaussianSmoothin").has_value());
  CHECK_FALSE(filter_of_id("").has_value());
}

TEST_CASE("names follow filter, scale, channel and eigenvalue", "[ilastik]") {
  features::selection const selection{
      {filter::hessian_of_gaussian_eigenvalues, filter::gaussian_smoothing},
      {{0.7, true}, {1.6, false}},
      {{true, true}, {false, true}}};
  CHECK(expected_feature_names(selection, 1) ==
        strings{"Hessian of Gaussian Eigenvalues (σ=0.7) in 2D [0]",
                "Hessian of Gaussian Eigenvalues (σ=0.7) in 2D [1]",
                "Hessian of Gaussian Eigenvalues (σ=1.6) [0]",
                "Hessian of Gaussian Eigenvalues (σ=1.6) [1]",
                "Hessian of Gaussian Eigenvalues (σ=1.6) [2]", "Gaussian Smoothing (σ=1.6)"});
  CHECK(features_per_channel(selection) == 6);
  auto const two_channels = expected_feature_names(selection, 2);
  REQUIRE(two_channels.size() == 12);
  CHECK(two_channels[3] == "Hessian of Gaussian Eigenvalues (σ=0.7) in 2D [3]");
  CHECK(two_channels.back() == "Gaussian Smoothing (σ=1.6) [1]");
}

TEST_CASE("names that differ are told, in 2D or not is no difference", "[ilastik]") {
  CHECK_FALSE(difference_of_names({"A (σ=1.0) in 2D [0]"}, {"A (σ=1.0) [0]"}).has_value());
  auto const difference = difference_of_names({"A", "B"}, {"A", "C"});
  REQUIRE(difference.has_value());
  CHECK(*difference == "feature 1 was trained as \"B\", but the selection makes \"C\" of it");
}

TEST_CASE("another number of names is an error", "[ilastik]") {
  CHECK_THROWS_WITH(difference_of_names({"A"}, {"A", "B"}),
                    "the classifier knows 1 feature names, but the selection makes 2 features");
}

}  // namespace
