// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/stitch/detail/exponential.hpp"

#include <cmath>

#include "support/catch.hpp"

using namespace voxstitch;
using stitch::detail::exponential;

TEST_CASE("exponential: within two units of the last place of the C library's", "[stitch]") {
  for (int i = 0; i <= 708 * 256; ++i) {
    double const x = -double(i) / 256;
    double const exact = std::exp(x);
    double const unit = std::nextafter(exact, 2.0) - exact;
    CAPTURE(x);
    CHECK(std::abs(exponential(x) - exact) <= 2 * unit);
  }
}

TEST_CASE("exponential: it never rises as its argument falls, and ends at 0", "[stitch]") {
  double before = exponential(-0.0);
  CHECK(before == 1);
  for (int i = 0; i < 800 * 64; ++i) {
    double const value = exponential(-double(i) / 64);
    CHECK(value <= before);
    before = value;
  }
  CHECK(exponential(-708) > 0);
  CHECK(exponential(-708.1) == 0);
  CHECK(exponential(-1e300) == 0);
}
