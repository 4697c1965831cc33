// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/classify/threshold.hpp"

#include <limits>

#include "support/block_classifier_laws.hpp"

using namespace voxstitch;
using classify::threshold;

namespace {

/// The class whose probability is 1; -1 when the values are no such row.
int class_of(threshold const& classifier, float value) {
  box<3> const one = box<3>::at_origin({{1, 1, 1}});
  std::vector<float> p(classifier.class_count(), -7.0f);
  auto const classes = static_cast<index_t>(p.size());
  classifier.classify({&value, {{1, 1, 1, 1}}}, {0, one, one, one}, one,
                      {p.data(), {{1, 1, 1, classes}}});
  int found = -1;
  for (std::size_t c = 0; c < p.size(); ++c) {
    if (p[c] == 1.0f && found < 0)
      found = static_cast<int>(c);
    else if (p[c] != 0.0f)
      return -1;
  }
  return found;
}

}  // namespace

TEST_CASE("threshold: the class is the number of thresholds that a value reaches", "[classify]") {
  threshold const classifier{{-1.5f, 100, 200}};
  CHECK(classifier.class_count() == 4);
  CHECK(class_of(classifier, -2.0f) == 0);
  CHECK(class_of(classifier, -1.5f) == 1);
  CHECK(class_of(classifier, 99.99999f) == 1);
  CHECK(class_of(classifier, 100.0f) == 2);
  CHECK(class_of(classifier, 200.0f) == 3);
  CHECK(class_of(classifier, std::numeric_limits<float>::infinity()) == 3);
  CHECK(class_of(classifier, std::numeric_limits<float>::quiet_NaN()) == 0);
}

TEST_CASE("threshold: class names say the ranges", "[classify]") {
  CHECK(threshold{{100}}.class_names() == std::vector<std::string>{"below 100", "100 and above"});
  CHECK(threshold{{0.1f, 100}}.class_names() ==
        std::vector<std::string>{"below 0.1", "0.1 to 100", "100 and above"});
}

TEST_CASE("threshold: looks at channel 0 and at no neighbour", "[classify]") {
  std::vector<float> const values{0, 300, 300, 0};  // [channel, x]
  std::vector<float> p(4);
  box<3> const two = box<3>::at_origin({{1, 1, 2}});
  threshold{{100}}.classify({values.data(), {{2, 1, 1, 2}}}, {0, two, two, two}, two,
                            {p.data(), {{1, 1, 2, 2}}});
  CHECK(p == std::vector<float>{1, 0, 0, 1});
}

TEST_CASE("threshold: keeps the laws of block classifiers", "[classify]") {
  test::check_block_classifier_laws(threshold{{50}}, 1);
  test::check_block_classifier_laws(threshold{{0, 50, 120, 250}}, 3);
}

TEST_CASE("threshold: thresholds that do not rise are refused", "[classify]") {
  auto const message = [](std::vector<float> thresholds) -> std::string {
    try {
      threshold{std::move(thresholds)};
    } catch (usage_error const& e) {
      return e.what();
    }
    return "nothing thrown";
  };
  CHECK(message({}) == "threshold: needs at least one threshold");
  CHECK(message({2, 1}) == "threshold: thresholds must rise, but 1 comes after 2");
  CHECK(message({2, 2}) == "threshold: thresholds must rise, but 2 comes after 2");
  CHECK(message({std::numeric_limits<float>::quiet_NaN()}) ==
        "threshold: nan is not a finite number");
}
