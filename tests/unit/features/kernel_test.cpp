// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/features/kernel.hpp"

#include "naive_features.hpp"
#include "support/catch.hpp"

using namespace voxstitch::features;

namespace {

void check_values(kernel const& k, std::vector<float> const& expected) {
  REQUIRE(k.half.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(k.half[i] == Approx(expected[i]).epsilon(1e-6).margin(1e-12));
}

}  // namespace

TEST_CASE("kernel: weights are those of ilastik's filters", "[features]") {
  check_values(make_kernel(0, 1.0, 2), {0.40262f, 0.2442013f, 0.05448868f});
  check_values(make_kernel(1, 1.0, 2), {0, 0.2641979f, 0.117901f});
  check_values(make_kernel(2, 1.0, 2), {-0.5311237f, 0.02074913f, 0.2448127f});
  check_values(make_kernel(0, 0.7, 2), {0.5810928f, 0.2094536f});
  check_values(make_kernel(1, 0.7, 2), {0, 0.5f});
  check_values(make_kernel(2, 0.7, 2), {-2, 1});
  check_values(make_kernel(0, 0.66, 2), {0.6117549f, 0.1941226f});
  check_values(make_kernel(0, 0.3, 2), {0.9923275f, 0.003836259f});
}

TEST_CASE("kernel: radii round half up and reach 35 voxels at sigma 10", "[features]") {
  CHECK(make_kernel(0, std::sqrt(99.0), 3.5).radius() == 35);
  CHECK(make_kernel(0, 1.0, 3.5).radius() == 4);
  CHECK(make_kernel(0, 0.3, 3.5).radius() == 1);
  CHECK(make_kernel(0, 0.75, 2).radius() == 2);
  CHECK(make_kernel(0, 0.25, 2).radius() == 1);
}

TEST_CASE("kernel: radius 0 copies, derivatives too", "[features]") {
  for (int order : {0, 1, 2}) CHECK(make_kernel(order, 0.15, 2).half == std::vector<float>{1.0f});
}

TEST_CASE("kernel: weights equal the direct evaluation of the formulas", "[features]") {
  for (double sigma = 0.25; sigma < 12; sigma *= 1.07)
    for (int order : {0, 1, 2})
      for (double window : {2.0, 3.5}) {
        CAPTURE(sigma, order, window);
        auto const expected = naive::half_kernel(order, sigma, window);
        auto const half = make_kernel(order, sigma, window).half;
        REQUIRE(half.size() == expected.size());
        for (std::size_t i = 0; i < half.size(); ++i)
          CHECK(half[i] == Approx(expected[i]).epsilon(3e-7).margin(1e-9));
      }
}
