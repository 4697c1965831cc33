// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/reduce/uncertainty.hpp"

#include "reduce_row.hpp"
#include "support/catch.hpp"
#include "support/reducer_laws.hpp"

using namespace voxstitch;
using test::reduced;

TEST_CASE("uncertainty keeps the laws of reducers", "[reduce]") {
  test::check_reducer_laws<float>(reduce::uncertainty{});
  test::check_reducer_laws<std::uint8_t>(reduce::uncertainty{});
}

TEST_CASE("uncertainty is 1 less the lead of the best class, in float32", "[reduce]") {
  reduce::uncertainty const r;
  CHECK(reduced(r, {0.7f, 0.1f, 0.2f})[0] == 1.0f - (0.7f - 0.2f));
  CHECK(reduced(r, {0.1f, 0.2f, 0.7f})[0] == 1.0f - (0.7f - 0.2f));
  CHECK(reduced(r, {0.0f, 1.0f})[0] == 0.0f);
  CHECK(reduced(r, {0.5f, 0.5f})[0] == 1.0f);
}

TEST_CASE("a single class is never uncertain", "[reduce]") {
  CHECK(reduced(reduce::uncertainty{}, {1.0f})[0] == 0.0f);
  CHECK(reduced(reduce::uncertainty{}, {0.0f})[0] == 0.0f);
}

TEST_CASE("a voxel outside a mask is not uncertain: nothing was classified", "[reduce]") {
  CHECK(reduced(reduce::uncertainty{}, {0.0f, 0.0f, 0.0f})[0] == 0.0f);
}
