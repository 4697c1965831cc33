// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/classify/eliminate_features.hpp"

#include <cmath>

#include "support/random.hpp"

using namespace voxstitch;
using namespace voxstitch::classify;

namespace {

constexpr index_t samples = 600;

/// Feature 4 tells the classes apart but for some slips, feature 1 helps a little; the others are
/// noise.
struct one_good_feature {
  dense_array<float, 2> features{coord<2>{{6, samples}}};
  std::vector<std::uint32_t> classes;
  explicit one_good_feature(test::random_source& random) {
    for (index_t i = 0; i < samples; ++i) {
      auto const truth = static_cast<std::uint32_t>(random.between(0, 1));
      for (index_t f = 0; f < 6; ++f) features.view()[{{f, i}}] = random.unit();
      features.view()[{{4, i}}] += static_cast<float>(truth);
      features.view()[{{1, i}}] += 0.2F * static_cast<float>(truth);
      classes.push_back(random.between(0, 19) == 0 ? 1 - truth : truth);
    }
  }
  [[nodiscard]] training_set set() const { return {features.view(), classes, 2}; }
};

std::vector<feature_range> const ranges{{0, 1}, {1, 1}, {2, 2}, {4, 1}, {5, 1}};

}  // namespace

TEST_CASE("eliminate_features: noise goes first, what tells the classes apart stays",
          "[classify]") {
  test::random_source random;
  CAPTURE(random);
  one_good_feature const data(random);
  auto const steps = eliminate_features(data.set(), ranges, {50, 1, 0});
  REQUIRE(steps.size() == 5);
  CHECK(steps[0].kept == std::vector<std::size_t>{0, 1, 2, 3, 4});
  CHECK(steps[1].kept.size() == 4);
  CHECK(steps[2].kept.size() == 3);
  CHECK(steps[3].kept.size() == 2);
  CHECK(steps[4].kept.size() == 1);
  for (auto const& step : steps) {
    CHECK(std::count(step.kept.begin(), step.kept.end(), std::size_t{3}) == 1);
    std::size_t features = 0;
    for (std::size_t i : step.kept) features += ranges[i].count;
    CHECK(step.forest.feature_count == features);
    CHECK(step.forest.trees.size() == 50);
  }
}

TEST_CASE("eliminate_features: with all ranges the forest is the one that is trained on all",
          "[classify]") {
  test::random_source random;
  one_good_feature const data(random);
  forest_training const how{20, 3, 0};
  auto const steps = eliminate_features(data.set(), ranges, how);
  auto const whole = train_forest(data.set(), how);
  CHECK(steps[0].error == out_of_bag(data.set(), whole, how).error());
  REQUIRE(steps[0].forest.trees.size() == whole.trees.size());
  for (std::size_t i = 0; i < whole.trees.size(); ++i)
    CHECK(steps[0].forest.trees[i].leaf_probabilities == whole.trees[i].leaf_probabilities);
}

TEST_CASE("eliminate_features: the smallest good part is within one standard error", "[classify]") {
  std::vector<reduced_forest> steps(4);
  steps[0].error = 0.10;
  steps[1].error = 0.09;
  steps[2].error = 0.1029;  // one standard error of 0.1 at 10000 samples is 0.003
  steps[3].error = 0.1031;
  CHECK(&smallest_good(steps, 10'000) == &steps[2]);
  steps[3].error = 0.05;
  CHECK(&smallest_good(steps, 10'000) == &steps[3]);
  for (std::size_t i = 1; i < 4; ++i) steps[i].error = 0.5;
  CHECK(&smallest_good(steps, 10'000) == &steps[0]);
  for (auto& step : steps) step.error = std::nan("");  // every sample was in every tree
  CHECK(&smallest_good(steps, 10) == &steps[0]);
}
