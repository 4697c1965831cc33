// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/features/feature_groups.hpp"

#include "support/catch.hpp"

using namespace voxstitch::features;

namespace {

selection some() {
  return {{filter::hessian_of_gaussian_eigenvalues, filter::gaussian_smoothing},
          {{0.7, true}, {1.6, false}, {3.5, false}},
          {{true, true, false}, {false, false, true}}};
}

}  // namespace

TEST_CASE("feature_groups: the chosen entries follow each other with all their channels",
          "[features]") {
  for (std::size_t channels : {1u, 3u}) {
    auto const groups = feature_groups(some(), channels);
    REQUIRE(groups.size() == 3);
    std::size_t next = 0;
    for (auto const& g : groups) {
      CHECK(some().chosen[g.row][g.column]);
      CHECK(g.first == next);
      next += g.count;
    }
    CHECK(groups[0].count == 2 * channels);
    CHECK(groups[1].count == 3 * channels);
    CHECK(groups[2].count == channels);
  }
}

TEST_CASE("feature_groups: a part of them is a selection again", "[features]") {
  auto const groups = feature_groups(some(), 1);
  auto const part = only(some(), {groups[0], groups[2]});
  CHECK(part.chosen == std::vector<std::vector<bool>>{{true, false, false}, {false, false, true}});
  CHECK(feature_groups(part, 1).size() == 2);
}
