// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/reduce/probabilities.hpp"

#include "reduce_row.hpp"
#include "support/catch.hpp"
#include "support/reducer_laws.hpp"

using namespace voxstitch;

TEST_CASE("probabilities keep the laws of reducers", "[reduce]") {
  test::check_reducer_laws<float>(reduce::probabilities{});
  test::check_reducer_laws<std::uint16_t>(reduce::probabilities{});
}

TEST_CASE("probabilities are written as they are", "[reduce]") {
  std::vector<float> const p{0.1f, 0.7f, 0.2f};
  CHECK(test::reduced(reduce::probabilities{}, p) == p);
}
