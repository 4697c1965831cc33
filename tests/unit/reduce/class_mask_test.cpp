// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/reduce/class_mask.hpp"

#include "reduce_row.hpp"
#include "support/catch.hpp"
#include "support/reducer_laws.hpp"

using namespace voxstitch;
using test::reduced;
using bytes = std::vector<std::uint8_t>;

TEST_CASE("class_mask keeps the laws of reducers", "[reduce]") {
  test::check_reducer_laws<float>(reduce::class_mask<>{});
  test::check_reducer_laws<std::uint16_t>(reduce::class_mask<std::uint16_t>{});
}

TEST_CASE("class maps are 1 where the class wins, and only one wins", "[reduce]") {
  reduce::class_mask<> const r;
  CHECK(r.output_count(3) == 3);
  CHECK(reduced(r, {0.2f, 0.5f, 0.3f}) == bytes{0, 1, 0});
  CHECK(reduced(r, {0.4f, 0.2f, 0.4f}) == bytes{1, 0, 0});
}

TEST_CASE("no class wins outside a mask", "[reduce]") {
  CHECK(reduced(reduce::class_mask<>{}, {0.0f, 0.0f}) == bytes{0, 0});
}

TEST_CASE("class maps do not lose voxels whose raw value is 0", "[reduce]") {
  CHECK(reduced(reduce::class_mask<>{}, {0.1f, 0.9f}, 0.0f) == bytes{0, 1});
}
