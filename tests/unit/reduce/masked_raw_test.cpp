// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/reduce/masked_raw.hpp"

#include "reduce_row.hpp"
#include "support/catch.hpp"
#include "support/reducer_laws.hpp"

using namespace voxstitch;
using test::reduced;

static_assert(!reduce::reducer<reduce::masked_raw<std::uint8_t>, std::uint16_t>);

TEST_CASE("masked_raw keeps the laws of reducers", "[reduce]") {
  test::check_reducer_laws<std::uint8_t>(reduce::masked_raw<std::uint8_t>{});
  test::check_reducer_laws<float>(reduce::masked_raw<float>{});
}

TEST_CASE("class maps of raw values keep the image's type: nothing saturates", "[reduce]") {
  CHECK(reduced<std::uint16_t>(reduce::masked_raw<std::uint16_t>{}, {0.1f, 0.9f}, 60000) ==
        std::vector<std::uint16_t>{0, 60000});
  CHECK(reduced<float>(reduce::masked_raw<float>{}, {0.9f, 0.1f}, -0.25f) ==
        std::vector<float>{-0.25f, 0.0f});
}

TEST_CASE("no class has a raw value outside a mask", "[reduce]") {
  CHECK(reduced<std::uint8_t>(reduce::masked_raw<std::uint8_t>{}, {0.0f, 0.0f}, 200) ==
        std::vector<std::uint8_t>{0, 0});
}
