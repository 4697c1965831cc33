// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/classify/training_set.hpp"

#include <limits>

#include "training_data.hpp"

using namespace voxstitch;
using classify::check;
using classify::training_set;
using test::training_data;

namespace {

training_data four_samples() { return {2, 3, {1, 2, 3, 4, 5, 6, 7, 8}, {0, 1, 2, 1}}; }

}  // namespace

TEST_CASE("training_set: what can be learned from passes, absent classes too", "[classify]") {
  auto data = four_samples();
  CHECK_NOTHROW(check(data.set()));
  data.class_count = 7;
  CHECK_NOTHROW(check(data.set()));
}

TEST_CASE("training_set: sizes that differ are named", "[classify]") {
  auto data = four_samples();
  auto set = data.set();
  set.classes = set.classes.first(3);
  CHECK_THROWS_MATCHES(check(set), shape_error,
                       Catch::Matchers::Message(
                           "training: the features are of 4 samples, but classes are given for 3"));
}

TEST_CASE("training_set: nothing to learn from is refused", "[classify]") {
  float const nothing = 0;
  CHECK_THROWS_MATCHES(
      check({{&nothing, {{2, 0}}}, {}, 2}), usage_error,
      Catch::Matchers::Message("training: there are no samples; label some voxels of every class"));
  auto data = four_samples();
  CHECK_THROWS_MATCHES(
      check({{data.x.data(), {{0, 4}}}, data.y, 3}), usage_error,
      Catch::Matchers::Message("training: there are no features; select at least one"));
  data.y = {1, 1, 1, 1};
  CHECK_THROWS_MATCHES(
      check(data.set()), usage_error,
      Catch::Matchers::Message("training: all 4 samples are of class 1; label voxels of "
                               "another class, too"));
}

TEST_CASE("training_set: a class out of range is named with its sample", "[classify]") {
  auto data = four_samples();
  data.y[2] = 3;
  CHECK_THROWS_MATCHES(check(data.set()), usage_error,
                       Catch::Matchers::Message(
                           "training: sample 2 has class 3, but there are only 3, counted from 0"));
}

TEST_CASE("training_set: features that are not finite are named with their sample", "[classify]") {
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                    -std::numeric_limits<float>::infinity()}) {
    auto data = four_samples();
    data.at(1, 2) = bad;
    CHECK_THROWS_MATCHES(
        check(data.set()), usage_error,
        Catch::Matchers::Message("training: feature 1 of sample 2 is " + std::to_string(bad) +
                                 ", which is not finite; leave the sample out or mend the "
                                 "image there"));
  }
}

TEST_CASE("training_set: more samples or classes than can be counted are refused", "[classify]") {
  float const nothing = 0;
  auto const samples = index_t{1} << 31;
  std::uint32_t const zero = 0;
  std::span<std::uint32_t const> const classes(&zero, std::size_t(samples));  // never looked at
  CHECK_THROWS_MATCHES(
      check({{&nothing, {{1, samples}}}, classes, 2}), usage_error,
      Catch::Matchers::Message(
          "training: there are 2147483648 samples, at most 2147483647 are allowed; take "
          "a part of them"));
  auto data = four_samples();
  data.class_count = 65537;
  CHECK_THROWS_MATCHES(
      check(data.set()), usage_error,
      Catch::Matchers::Message("training: there are 65537 classes, at most 65536 are allowed"));
}

TEST_CASE("training_set: a matrix [sample, feature] seen the other way round is refused",
          "[classify]") {
  auto const data = four_samples();
  strided_view<float const, 2> const turned(data.x.data(), {{2, 4}}, {{1, 2}});
  CHECK_THROWS_AS(check({turned, data.y, 3}), shape_error);
}
