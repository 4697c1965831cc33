// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/features/detail/trigonometry.hpp"

#include <cmath>

#include "support/catch.hpp"

using namespace voxstitch;
using namespace voxstitch::features::detail;

namespace {

/// Units of the last place between a float and the true value.
double units_off(float value, double truth) {
  auto const near = static_cast<float>(truth);
  double const unit = double(std::nextafter(std::abs(near), INFINITY)) - double(std::abs(near));
  return std::abs(double(value) - truth) / unit;
}

}  // namespace

TEST_CASE("trigonometry: sines and cosines up to pi / 3 within 1.3 units of the last place",
          "[features]") {
  for (int i = 1; i <= 100000; ++i) {
    float const x = 1.0471976f * static_cast<float>(i) / 100000;
    REQUIRE(units_off(sine<simd::baseline>(x), std::sin(double(x))) < 1.3);
    REQUIRE(units_off(cosine<simd::baseline>(x), std::cos(double(x))) < 1.3);
  }
}

TEST_CASE("trigonometry: angles of the upper half plane within 2 units of the last place",
          "[features]") {
  for (int i = 0; i <= 100000; ++i) {
    double const truth = 3.14159 * i / 100000;
    auto const y = static_cast<float>(std::sin(truth) * 3);
    auto const x = static_cast<float>(std::cos(truth) * 3);
    REQUIRE(units_off(angle_of<simd::baseline>(y, x), std::atan2(double(y), double(x))) < 2);
  }
  CHECK(angle_of<simd::baseline>(0, 0) == 0);
  CHECK(angle_of<simd::baseline>(0, 1) == 0);
  CHECK(units_off(angle_of<simd::baseline>(0, -1), std::acos(-1.0)) < 1);
  CHECK(units_off(angle_of<simd::baseline>(1, 0), std::acos(0.0)) < 1);
}
