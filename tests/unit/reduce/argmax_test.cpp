// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/reduce/argmax.hpp"

#include "reduce_row.hpp"
#include "support/catch.hpp"
#include "support/reducer_laws.hpp"

using namespace voxstitch;
using test::reduced;

namespace {

/// An unsigned integer, but not the type of its own labels.
template <class R>
concept argmax_of = requires {
  typename reduce::argmax<R>;
};

}  // namespace

static_assert(argmax_of<std::uint32_t>);
static_assert(!argmax_of<int>);
static_assert(!argmax_of<float>);

TEST_CASE("argmax keeps the laws of reducers", "[reduce]") {
  test::check_reducer_laws<float>(reduce::argmax<std::uint8_t>{});
  test::check_reducer_laws<std::uint16_t>(reduce::argmax<std::uint16_t>{});
}

TEST_CASE("labels count from 1 and the first of equal classes wins", "[reduce]") {
  reduce::argmax<> const r;
  CHECK(reduced(r, {0.2f, 0.7f, 0.1f})[0] == 2);
  CHECK(reduced(r, {0.4f, 0.2f, 0.4f})[0] == 1);
  CHECK(reduced(r, {0.2f, 0.4f, 0.4f})[0] == 2);
  CHECK(reduced(r, {1.0f})[0] == 1);
}

TEST_CASE("a voxel of no class, outside a mask, has label 0", "[reduce]") {
  CHECK(reduced(reduce::argmax<>{}, {0.0f, 0.0f})[0] == 0);
}

TEST_CASE("labels do not depend on the raw value", "[reduce]") {
  for (float raw : {0.0f, 1.0f, -5.0f})
    CHECK(reduced(reduce::argmax<>{}, {0.2f, 0.8f}, raw)[0] == 2);
}

TEST_CASE("255 classes fit into uint8, 256 do not", "[reduce]") {
  std::vector<float> p(255);
  p.back() = 1;
  CHECK(reduced(reduce::argmax<>{}, p)[0] == 255);
  CHECK_THROWS_WITH(
      reduce::argmax<>{}.output_count(256),
      "argmax: 256 classes, but labels of 8 bits number at most 255; use wider labels");
  p.resize(300);
  p[254] = 0;
  p[299] = 1;
  CHECK(reduced(reduce::argmax<std::uint16_t>{}, p)[0] == 300);
  CHECK_THROWS_AS(reduce::argmax<std::uint16_t>{}.output_count(65536), usage_error);
}
