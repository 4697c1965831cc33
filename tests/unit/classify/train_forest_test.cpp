// SPDX-License-Identifier: BSL-1.0
/// @file Do our trees equal those that the rules make, and those that vigra makes?
#include "voxstitch/classify/train_forest.hpp"

#include <cmath>
#include <limits>

#include <tbb/task_arena.h>

#include "naive_training.hpp"
#include "training_data.hpp"
#include "vigra_oracle.hpp"
#include "voxstitch/classify/out_of_bag.hpp"
#include "voxstitch/classify/random_forest.hpp"

using namespace voxstitch;
using namespace voxstitch::classify;
using test::any_shape;
using test::data_shape;
using test::made_data;
using test::random_source;
using test::same_trees;
using test::training_data;

namespace {

using bag = std::vector<std::uint32_t>;

decision_tree grown(training_data const& data, std::size_t tried, bag const& multiplicities,
                    classify::detail::tree_dice dice) {
  auto const set = data.set();
  classify::detail::ranked_columns const columns(set);
  classify::detail::tree_grower grower(columns, set.classes, set.class_count, tried);
  auto const first = grower.grow(multiplicities, dice);
  auto again = dice;  // what was left by the tree before changes nothing
  auto const second = grower.grow(multiplicities, again);
  CHECK(same_trees(second, grower.grow(multiplicities, dice)));
  return first;
}

decision_tree naively_grown(training_data const& data, std::size_t tried, bag const& multiplicities,
                            classify::detail::tree_dice dice) {
  bag drawn;
  for (std::uint32_t i = 0; i < multiplicities.size(); ++i)
    drawn.insert(drawn.end(), multiplicities[i], i);
  return test::naive_tree(data.set(), tried, dice).grow(drawn);
}

/// Bags with and without repetitions.
bag any_bag(std::size_t samples, random_source& random) {
  bag result(samples, 1);
  if (random.flip()) return result;
  for (auto& times : result) times = std::uint32_t(std::max<index_t>(0, random.between(-2, 3)));
  result[0] = 1;
  return result;
}

/// A column's only split in a tree of two samples or groups of samples.
double threshold_between(float low, float high) {
  training_data const data{1, 2, {high, low, high, low}, {1, 0, 1, 0}};
  auto const tree = grown(data, 1, {1, 1, 1, 1}, {1, 0});
  REQUIRE(tree.nodes.size() == 3);
  return tree.nodes[0].threshold;
}

}  // namespace

TEST_CASE("train_forest: a tree equals the one of the rules written down slowly", "[classify]") {
  random_source random;
  CAPTURE(random);
  for (int round = 0; round < 300; ++round) {
    data_shape const shape = any_shape(random, round % 10 == 0 ? 400 : 40);
    CAPTURE(round, shape);
    auto const data = made_data(shape, random);
    auto const tried = std::size_t(random.between(1, index_t(shape.features)));
    auto const multiplicities = any_bag(shape.samples, random);
    classify::detail::tree_dice const dice(random.bits(), 3);
    auto const expected = naively_grown(data, tried, multiplicities, dice);
    CHECK(same_trees(grown(data, tried, multiplicities, dice), expected));
  }
}

TEST_CASE("train_forest: given our random numbers, vigra grows the same trees, bit by bit",
          "[classify]") {
  random_source random;
  CAPTURE(random);
  for (int round = 0; round < 120; ++round) {
    data_shape const shape =
        round == 0 ? data_shape{5000, 51, 3} : any_shape(random, round % 10 == 0 ? 3000 : 200);
    CAPTURE(round, shape);
    auto const data = made_data(shape, random);
    forest_training how{3, random.bits(), 0};
    if (random.flip())
      how.features_per_split = std::size_t(random.between(1, index_t(shape.features)));
    auto const forest = train_forest(data.set(), how);
    for (std::size_t i = 0; i < how.trees; ++i) {
      auto const expected = test::vigra_tree_with_our_dice(data.rows(), data.labels(), how.seed, i,
                                                           int(how.features_per_split));
      CHECK(same_trees(forest.trees[i], expected.tree));
    }
  }
}

TEST_CASE("train_forest: the same seed makes the same forest, whatever the threads", "[classify]") {
  random_source random;
  CAPTURE(random);
  auto const data = made_data({700, 9, 4}, random);
  forest_training const how{33, 11};
  forest_description by_one;
  tbb::task_arena(1).execute([&] { by_one = train_forest(data.set(), how); });
  tbb::task_arena(2).execute(
      [&] { CHECK(test::same_forests(train_forest(data.set(), how), by_one)); });
  CHECK_FALSE(test::same_forests(train_forest(data.set(), {33, 12}), by_one));
  CHECK_FALSE(same_trees(by_one.trees[0], by_one.trees[1]));
  // more trees leave the first ones as they are
  auto more = train_forest(data.set(), {40, 11});
  more.trees.resize(33);
  CHECK(test::same_forests(more, by_one));
}

TEST_CASE("train_forest: the features need not lie close together", "[classify]") {
  random_source random;
  CAPTURE(random);
  auto const data = made_data({300, 6, 2}, random);
  std::vector<float> wide(6 * 317, std::nanf(""));
  for (std::size_t f = 0; f < 6; ++f)
    std::copy_n(data.set().column(f), 300, wide.begin() + std::ptrdiff_t(317 * f));
  training_set const spread{{wide.data(), {{6, 300}}, {{317, 1}}}, data.y, 2};
  CHECK(test::same_forests(train_forest(spread, {5, 2}), train_forest(data.set(), {5, 2})));
}

TEST_CASE("train_forest: leaves weigh as much as the bag, and random_forest takes the trees",
          "[classify]") {
  random_source random;
  CAPTURE(random);
  auto const data = made_data({500, 7, 3}, random);
  auto const forest = train_forest(data.set(), {50, 1});
  CHECK(forest.feature_count == 7);
  CHECK(forest.class_count == 3);
  CHECK_FALSE(forest.weighted);
  for (auto const& tree : forest.trees)
    CHECK(std::accumulate(tree.leaf_weights.begin(), tree.leaf_weights.end(), 0.0) == 500);
  std::vector<float> p(3 * 500);
  strided_view<float, 2> const probabilities(p.data(), {{3, 500}});
  random_forest({3, {0, 1, 2}, {forest}}).predict(data.set().features, probabilities);
  int right = 0;
  for (index_t i = 0; i < 500; ++i) {
    bool best = true;
    for (index_t c = 0; c < 3; ++c)
      best = best && probabilities(c, i) <= probabilities(index_t(data.y[std::size_t(i)]), i);
    right += best ? 1 : 0;
  }
  CHECK(right > 490);  // two thirds of the trees know a sample by heart
}

TEST_CASE("train_forest: thresholds lie strictly between neighbours, at the ends of float too",
          "[classify]") {
  using limits = std::numeric_limits<float>;
  for (auto const& [low, high] : {std::pair{-limits::max(), limits::max()},
                                  {std::nextafter(limits::max(), 0.f), limits::max()},
                                  {-limits::max(), std::nextafter(-limits::max(), 0.f)},
                                  {0.f, limits::denorm_min()},
                                  {-limits::denorm_min(), 0.f},
                                  {-limits::denorm_min(), limits::max()},
                                  {1.f, std::nextafter(1.f, 2.f)},
                                  {-1e-30f, 1e30f},
                                  {1e-30f, 1e30f}}) {
    CAPTURE(low, high);
    double const threshold = threshold_between(low, high);
    CHECK(double{low} < threshold);
    CHECK(threshold < double{high});
    CHECK(threshold == (double{low} + double{high}) / 2);
  }
}

TEST_CASE("train_forest: zeros of either sign are one value", "[classify]") {
  training_data const data{1, 2, {0.f, -0.f, 0.f, -0.f}, {0, 1, 0, 1}};
  auto const tree = grown(data, 1, {1, 1, 1, 1}, {1, 0});
  REQUIRE(tree.nodes.size() == 1);
  CHECK(tree.leaf_probabilities == std::vector{0.5, 0.5});
  CHECK(tree.leaf_weights == std::vector{4.0});
}

TEST_CASE("train_forest: a deep tree of one feature, class after class", "[classify]") {
  training_data data{1, 2, {}, {}};
  for (int i = 0; i < 4000; ++i) {
    data.x.push_back(float(i * i));
    data.y.push_back(std::uint32_t(i % 2));
  }
  auto const tree = grown(data, 1, bag(4000, 1), {1, 0});
  CHECK(tree.leaf_weights == std::vector<double>(4000, 1.0));
}

TEST_CASE("train_forest: many classes", "[classify]") {
  random_source random;
  CAPTURE(random);
  auto const data = made_data({900, 3, 300}, random);
  classify::detail::tree_dice const dice(5, 1);
  CHECK(same_trees(grown(data, 2, bag(900, 1), dice), naively_grown(data, 2, bag(900, 1), dice)));
}

TEST_CASE("train_forest: the features of a split are the rounded root of all", "[classify]") {
  for (auto const& [all, drawn] : {std::pair{1u, 1u},
                                   {2u, 1u},
                                   {3u, 2u},
                                   {6u, 2u},
                                   {7u, 3u},
                                   {51u, 7u},
                                   {61u, 8u},
                                   {1000u, 32u}})
    CHECK(features_per_split({}, all) == drawn);
  CHECK(features_per_split({100, 0, 5}, 9) == 5);
}

TEST_CASE("train_forest: contradictory wishes are refused", "[classify]") {
  random_source random;
  auto const data = made_data({50, 4, 2}, random);
  CHECK_THROWS_MATCHES(
      train_forest(data.set(), {10, 0, 5}), usage_error,
      Catch::Matchers::Message("training: 5 features per split are wished, but there are "
                               "only 4"));
  CHECK_THROWS_MATCHES(
      train_forest(data.set(), {0}), usage_error,
      Catch::Matchers::Message("training: a forest without trees is wished; at least 1"));
  auto one_class = data;
  one_class.y.assign(50, 1);
  CHECK_THROWS_AS(train_forest(one_class.set(), {}), usage_error);
}

TEST_CASE("train_forest: stops on request", "[classify]") {
  random_source random;
  auto const data = made_data({50, 4, 2}, random);
  std::stop_source stop;
  stop.request_stop();
  CHECK_THROWS_AS(train_forest(data.set(), {}, stop.get_token()), cancelled);
}

TEST_CASE("tree_dice: every number below a limit comes equally often", "[classify]") {
  classify::detail::tree_dice dice(1, 2);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts.at(dice.below(7));
  for (int count : counts) CHECK(std::abs(count - 10000) < 500);
  std::uint32_t const large = 0xc0000000;  // a quarter of all draws is drawn again
  int high = 0;
  for (int i = 0; i < 10000; ++i) high += dice.below(large) >= large / 2 ? 1 : 0;
  CHECK(std::abs(high - 5000) < 300);
}

TEST_CASE("gini: two classes have half the impurity of vigra's formula for many", "[classify]") {
  std::vector<std::uint32_t> const two{3, 5};
  std::vector<std::uint32_t> const three{3, 5, 0};
  CHECK(classify::detail::gini(two, 8) == 15.0 / 8);
  CHECK(classify::detail::gini(three, 8) == 30.0 / 8);
  CHECK(classify::detail::gini(std::vector<std::uint32_t>{0, 7, 0}, 7) == 0);
}

TEST_CASE("gini: impurities are equal up to two ulps of 1, as vigra's closeAtTolerance",
          "[classify]") {
  using classify::detail::as_good_as_equal;
  CHECK(as_good_as_equal(1, 1));
  CHECK(as_good_as_equal(1, 1 + 0x1p-51));
  CHECK_FALSE(as_good_as_equal(1, 1 + 0x1p-50));
  CHECK_FALSE(as_good_as_equal(1, 1 - 0x1p-50));
  CHECK_FALSE(as_good_as_equal(0, 0.5));
  CHECK_FALSE(as_good_as_equal(0.5, 0));
  CHECK(as_good_as_equal(0, 0));
}
