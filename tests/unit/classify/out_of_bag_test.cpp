// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/classify/out_of_bag.hpp"

#include <cmath>

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

/// Votes of the trees whose bag does not hold the sample, one sample after the other.
std::vector<double> naive_votes(training_data const& data, forest_description const& forest,
                                std::uint64_t seed, std::vector<std::uint32_t>& judges) {
  std::vector<double> votes(data.samples() * data.class_count);
  judges.assign(data.samples(), 0);
  for (std::size_t t = 0; t < forest.trees.size(); ++t) {
    classify::detail::tree_dice dice(seed, t);
    std::vector<int> times(data.samples());
    for (std::size_t i = 0; i < data.samples(); ++i)
      ++times[dice.below(std::uint32_t(times.size()))];
    for (std::size_t i = 0; i < data.samples(); ++i) {
      if (times[i] != 0) continue;
      ++judges[i];
      auto const& tree = forest.trees[t];
      auto const leaf =
          classify::detail::leaf_of(tree, [&](auto f) { return data.set().column(f)[i]; });
      for (std::size_t c = 0; c < data.class_count; ++c)
        votes[i * data.class_count + c] += tree.leaf_probabilities[leaf * data.class_count + c];
    }
  }
  return votes;
}

/// Mean and standard deviation.
std::pair<double, double> moments(std::vector<double> const& values) {
  double const mean = std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
  double squares = 0;
  for (double v : values) squares += (v - mean) * (v - mean);
  return {mean, std::sqrt(squares / double(values.size() - 1))};
}

}  // namespace

TEST_CASE("out_of_bag: a sample is judged by the trees that did not draw it", "[classify]") {
  random_source random;
  CAPTURE(random);
  for (std::size_t trees : {1u, 7u, 64u, 65u, 150u}) {
    CAPTURE(trees);
    auto const data = made_data(any_shape(random, 150), random);
    forest_training const how{trees, random.bits()};
    auto const forest = train_forest(data.set(), how);
    auto const estimate = out_of_bag(data.set(), forest, how);
    std::vector<std::uint32_t> judges;
    auto const votes = naive_votes(data, forest, how.seed, judges);
    CHECK(estimate.trees == judges);
    std::vector<std::uint64_t> confusion(data.class_count * data.class_count);
    for (std::size_t i = 0; i < data.samples(); ++i) {
      auto const row = votes.begin() + std::ptrdiff_t(i * data.class_count);
      auto const end = row + std::ptrdiff_t(data.class_count);
      double const sum = std::accumulate(row, end, 0.0);
      for (std::size_t c = 0; c < data.class_count; ++c)
        CHECK(estimate.probabilities[i * data.class_count + c] ==
              (judges[i] == 0 ? 0 : row[std::ptrdiff_t(c)] / sum));
      if (judges[i] != 0)
        ++confusion[data.y[i] * data.class_count + std::size_t(std::max_element(row, end) - row)];
    }
    CHECK(estimate.confusion == confusion);
    auto const never = std::count(judges.begin(), judges.end(), 0u);
    CHECK(estimate.in_all_bags == std::size_t(never));
    CHECK(estimate.judged + estimate.in_all_bags == data.samples());
  }
}

TEST_CASE("out_of_bag: the error of a tree is vigra's OOB_Error, exactly", "[classify]") {
  random_source random;
  CAPTURE(random);
  for (int round = 0; round < 20; ++round) {
    auto const data = made_data({std::size_t(random.between(30, 900)), 6, 3}, random);
    forest_training const how{1, random.bits()};
    auto const estimate = out_of_bag(data.set(), train_forest(data.set(), how), how);
    auto const vigra =
        test::vigra_tree_with_our_dice(data.rows(), data.labels(), how.seed, 0, 0).assessment;
    CHECK(estimate.error() == vigra.out_of_bag_error);
  }
}

TEST_CASE("out_of_bag: our forests err as often as vigra's, five seeds each", "[classify]") {
  random_source random;
  CAPTURE(random);
  auto const data = made_data({1500, 10, 3}, random);
  std::vector<double> ours;
  std::vector<double> theirs;
  for (unsigned seed = 1; seed <= 5; ++seed) {
    forest_training const how{60, seed};
    ours.push_back(out_of_bag(data.set(), train_forest(data.set(), how), how).error());
    test::vigra_training const training{10, 3, 60, 1, 1500, false, seed};
    theirs.push_back(test::vigra_assess(training, data.rows(), data.labels()).out_of_bag_error);
  }
  auto const [our_mean, our_deviation] = moments(ours);
  auto const [their_mean, their_deviation] = moments(theirs);
  CAPTURE(our_mean, our_deviation, their_mean, their_deviation);
  CHECK(their_mean > 0.05);  // there is something to be wrong about
  double const deviation = std::max({our_deviation, their_deviation, 0.001});
  CHECK(std::abs(our_mean - their_mean) < 3 * deviation);
  for (double error : ours) CHECK(std::abs(error - their_mean) < 5 * deviation);
}

TEST_CASE("out_of_bag: leaves weigh what they hold where the forest says so", "[classify]") {
  training_data const data{1, 2, {0, 1, 2, 3, 4, 5}, {0, 0, 0, 1, 1, 1}};
  forest_training const how{40, 1};
  auto forest = train_forest(data.set(), how);
  for (auto& tree : forest.trees) {  // trees of one leaf, that say 0 or, twice as loud, 1
    bool const loud = &tree - forest.trees.data() >= 20;
    tree = {
        {tree_node{}}, loud ? std::vector{0.0, 1.0} : std::vector{1.0, 0.0}, {loud ? 2.0 : 1.0}};
  }
  forest.weighted = true;
  auto const estimate = out_of_bag(data.set(), forest, how);
  forest.weighted = false;
  auto const plain = out_of_bag(data.set(), forest, how);
  for (std::size_t i = 0; i < 6; ++i) {
    double const odds = plain.probabilities[2 * i + 1] / plain.probabilities[2 * i];
    double const weighted = estimate.probabilities[2 * i + 1] / estimate.probabilities[2 * i];
    CHECK(weighted == Approx(2 * odds));
  }
}

TEST_CASE("out_of_bag: does not depend on the threads", "[classify]") {
  random_source random;
  CAPTURE(random);
  auto const data = made_data({900, 5, 3}, random);
  forest_training const how{70, 4};
  auto const forest = train_forest(data.set(), how);
  out_of_bag_estimate by_one;
  tbb::task_arena(1).execute([&] { by_one = out_of_bag(data.set(), forest, how); });
  tbb::task_arena(2).execute([&] {
    auto const by_more = out_of_bag(data.set(), forest, how);
    CHECK(by_more.probabilities == by_one.probabilities);
    CHECK(by_more.confusion == by_one.confusion);
  });
}

TEST_CASE("out_of_bag: another forest or training is refused", "[classify]") {
  random_source random;
  auto const data = made_data({50, 4, 2}, random);
  auto const forest = train_forest(data.set(), {10});
  CHECK_THROWS_MATCHES(
      out_of_bag(data.set(), forest, {11}), usage_error,
      Catch::Matchers::Message(
          "out of bag: the forest has 10 trees, but the training makes 11; give the "
          "training it comes from"));
  auto const other = made_data({50, 5, 3}, random);
  CHECK_THROWS_MATCHES(
      out_of_bag(other.set(), forest, {10}), shape_error,
      Catch::Matchers::Message(
          "out of bag: the forest has 4 features and 2 classes, the samples have 5 and "
          "3; give the samples it was trained on"));
  CHECK_THROWS_AS(out_of_bag({}, forest, {10}), usage_error);
}
