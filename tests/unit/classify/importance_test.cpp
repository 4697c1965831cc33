// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/classify/importance.hpp"

#include <tbb/task_arena.h>

#include "training_data.hpp"
#include "vigra_oracle.hpp"

using namespace voxstitch;
using namespace voxstitch::classify;
using test::any_shape;
using test::made_data;
using test::random_source;
using test::training_data;

namespace {

/// The sample's leaf when the feature's value is that of another sample.
bool is_right(training_data const& data, decision_tree const& tree, std::size_t sample,
              std::size_t permuted, std::size_t donor) {
  auto const leaf = classify::detail::leaf_of(
      tree, [&](std::size_t f) { return data.set().column(f)[f == permuted ? donor : sample]; });
  auto const p = tree.leaf_probabilities.begin() + std::ptrdiff_t(leaf * data.class_count);
  return std::size_t(std::max_element(p, p + std::ptrdiff_t(data.class_count)) - p) ==
         data.y[sample];
}

/// Every sample and every feature, as if all mattered.
std::vector<double> naive_permutation(training_data const& data, forest_description const& forest,
                                      std::uint64_t seed) {
  std::vector<double> sums(data.features);
  for (std::size_t t = 0; t < forest.trees.size(); ++t) {
    std::vector<bool> drawn(data.samples());
    classify::detail::tree_dice dice(seed, t);
    for (std::size_t i = 0; i < data.samples(); ++i)
      drawn[dice.below(std::uint32_t(data.samples()))] = true;
    std::vector<std::size_t> outside;
    for (std::size_t i = 0; i < data.samples(); ++i)
      if (!drawn[i]) outside.push_back(i);
    for (std::size_t f = 0; f < data.features && !outside.empty(); ++f) {
      auto donors = outside;
      classify::detail::tree_dice shuffling(seed, t, f + 1);
      for (std::size_t i = donors.size() - 1; i >= 1; --i)
        std::swap(donors[i], donors[shuffling.below(std::uint32_t(i + 1))]);
      int lost = 0;
      for (std::size_t i = 0; i < outside.size(); ++i)
        lost += int{is_right(data, forest.trees[t], outside[i], f, outside[i])} -
                int{is_right(data, forest.trees[t], outside[i], f, donors[i])};
      sums[f] += double(lost) / double(outside.size());
    }
  }
  for (double& sum : sums) sum /= double(forest.trees.size());
  return sums;
}

}  // namespace

TEST_CASE("importance: permuting only what matters equals permuting everything", "[classify]") {
  random_source random;
  CAPTURE(random);
  for (int round = 0; round < 30; ++round) {
    auto const shape = any_shape(random, 150);
    CAPTURE(round, shape);
    auto const data = made_data(shape, random);
    forest_training const how{std::size_t(random.between(1, 9)), random.bits()};
    auto const forest = train_forest(data.set(), how);
    CHECK(permutation_importance(data.set(), forest, how) ==
          naive_permutation(data, forest, how.seed));
  }
}

TEST_CASE("importance: more than 64 features", "[classify]") {
  random_source random;
  CAPTURE(random);
  auto const data = made_data({200, 150, 2}, random);
  forest_training const how{5, 3};
  auto const forest = train_forest(data.set(), how);
  CHECK(permutation_importance(data.set(), forest, how) ==
        naive_permutation(data, forest, how.seed));
}

TEST_CASE("importance: the gain of a tree is vigra's, as a part of its sum", "[classify]") {
  random_source random;
  CAPTURE(random);
  for (std::size_t classes : {2u, 3u, 5u}) {
    auto const data = made_data({700, 8, classes}, random);
    forest_training const how{1, random.bits()};
    auto const gain = gain_importance(train_forest(data.set(), how));
    auto const vigra =
        test::vigra_tree_with_our_dice(data.rows(), data.labels(), how.seed, 0, 0).assessment.gain;
    double const sum = std::accumulate(vigra.begin(), vigra.end(), 0.0);
    for (std::size_t f = 0; f < gain.size(); ++f) CHECK(gain[f] == Approx(vigra[f] / sum));
    CHECK(std::accumulate(gain.begin(), gain.end(), 0.0) == Approx(1));
  }
}

TEST_CASE("importance: of whole forests comes near to vigra's", "[classify]") {
  random_source random;
  CAPTURE(random);
  auto const data = made_data({1200, 8, 3}, random);
  forest_training const how{100, 1};
  auto const forest = train_forest(data.set(), how);
  auto const gain = gain_importance(forest);
  auto const loss = permutation_importance(data.set(), forest, how);
  test::vigra_training const training{8, 3, 100, 1, 1200, false, 1};
  auto const vigra = test::vigra_assess(training, data.rows(), data.labels());
  double const sum = std::accumulate(vigra.gain.begin(), vigra.gain.end(), 0.0);
  CHECK(loss[1] > 0.05);
  for (std::size_t f = 0; f < 8; ++f) {
    CAPTURE(f);
    CHECK(std::abs(gain[f] - vigra.gain[f] / sum) < 0.03);
    CHECK(std::abs(loss[f] - vigra.permutation[f]) < 0.02);
  }
}

TEST_CASE("importance: what no tree asks for has none, what tells all has most", "[classify]") {
  random_source random;
  CAPTURE(random);
  auto data = made_data({300, 6, 3, 0, 2}, random);  // features 0 and 1 are constant
  for (std::size_t i = 0; i < 300; ++i) data.at(4, i) = float(data.y[i]);
  forest_training const how{30, 8};
  auto const forest = train_forest(data.set(), how);
  for (auto const& importance :
       {gain_importance(forest), permutation_importance(data.set(), forest, how)}) {
    CHECK(importance[0] == 0);
    CHECK(importance[1] == 0);
    CHECK(std::max_element(importance.begin(), importance.end()) - importance.begin() == 4);
  }
}

TEST_CASE("importance: nothing to gain is no importance", "[classify]") {
  training_data const data{2, 2, {1, 1, 1, 1, 2, 2, 2, 2}, {0, 1, 0, 1}};
  forest_training const how{5, 1};
  auto const forest = train_forest(data.set(), how);
  CHECK(gain_importance(forest) == std::vector{0.0, 0.0});
  CHECK(permutation_importance(data.set(), forest, how) == std::vector{0.0, 0.0});
}

TEST_CASE("importance: does not depend on the threads", "[classify]") {
  random_source random;
  CAPTURE(random);
  auto const data = made_data({400, 5, 3}, random);
  forest_training const how{40, 4};
  auto const forest = train_forest(data.set(), how);
  std::vector<double> gain;
  std::vector<double> loss;
  tbb::task_arena(1).execute([&] {
    gain = gain_importance(forest);
    loss = permutation_importance(data.set(), forest, how);
  });
  tbb::task_arena(2).execute([&] {
    CHECK(gain_importance(forest) == gain);
    CHECK(permutation_importance(data.set(), forest, how) == loss);
  });
}

TEST_CASE("importance: another training is refused", "[classify]") {
  random_source random;
  auto const data = made_data({50, 4, 2}, random);
  auto const forest = train_forest(data.set(), {10});
  CHECK_THROWS_MATCHES(
      permutation_importance(data.set(), forest, {9}), usage_error,
      Catch::Matchers::Message(
          "out of bag: the forest has 10 trees, but the training makes 9; give the "
          "training it comes from"));
}
