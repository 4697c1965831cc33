// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/core/shortest_number.hpp"

#include <limits>

#include "support/catch.hpp"

using namespace voxstitch;

TEST_CASE("shortest_number: no digit more than its type needs", "[core]") {
  CHECK(shortest_number(0.0) == "0");
  CHECK(shortest_number(0.65) == "0.65");
  CHECK(shortest_number(0.65f) == "0.65");
  CHECK(shortest_number(double(0.65f)) == "0.6499999761581421");
  CHECK(shortest_number(1e-9) == "1e-09");
  CHECK(shortest_number(-std::numeric_limits<double>::denorm_min()) == "-5e-324");
  CHECK(shortest_number(-std::numeric_limits<double>::max()) == "-1.7976931348623157e+308");
}
