// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/reduce/quantized.hpp"

#include <cmath>

#include "reduce_row.hpp"
#include "support/catch.hpp"
#include "support/reducer_laws.hpp"

using namespace voxstitch;
using test::reduced;

TEST_CASE("quantized keeps the laws of reducers", "[reduce]") {
  test::check_reducer_laws<float>(reduce::quantized{});
  test::check_reducer_laws<std::uint16_t>(reduce::quantized{});
}

TEST_CASE("quantised probabilities are those that ilastik exports", "[reduce]") {
  CHECK(reduced(reduce::quantized{}, {0.0f, 0.5f, 0.1f, 0.999f, 1.0f}) ==
        std::vector<std::uint8_t>{0, 128, 26, 255, 255});
}

TEST_CASE("half a step is rounded to even", "[reduce]") {
  for (int n = 0; n < 255; ++n) {
    float const p = (static_cast<float>(n) + 0.5f) / 255.0f;
    float volatile const product = p * 255.0f;
    auto const expected = static_cast<int>(std::nearbyint(product));
    CAPTURE(n);
    CHECK(reduced(reduce::quantized{}, {p})[0] == expected);
  }
  CHECK(reduced(reduce::quantized{}, {0.5f / 255.0f})[0] == 0);
  CHECK(reduced(reduce::quantized{}, {1.5f / 255.0f})[0] == 2);
}

TEST_CASE("quantised probabilities equal numpy's rint(255 p) everywhere", "[reduce]") {
  test::random_source random;
  CAPTURE(random);
  for (int i = 0; i < 20'000; ++i) {
    float const p = random.unit();
    float volatile const product = p * 255.0f;
    if (reduced(reduce::quantized{}, {p})[0] != static_cast<int>(std::nearbyint(product)))
      FAIL_CHECK(p);
  }
}
