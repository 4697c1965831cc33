// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/natural_order.hpp"

#include "support/catch.hpp"
#include "support/random.hpp"

using namespace voxstitch;

static_assert(io::natural_less("img_2.tif", "img_10.tif"));
static_assert(!io::natural_less("img_10.tif", "img_2.tif"));

TEST_CASE("natural order: numbers count by value, also beyond 64 bits", "[io]") {
  std::vector<std::string> const sorted{
      "a",    "a1",    "a01", "a2", "a2b", "a10", "a99999999999999999999", "a100000000000000000000",
      "b1x2", "b1x10", "b2x1"};
  auto shuffled = sorted;
  std::reverse(shuffled.begin(), shuffled.end());
  io::sort_naturally(shuffled);
  auto expected = sorted;
  std::swap(expected[1], expected[2]);  // a01 before a1: as text, where the values agree
  CHECK(shuffled == expected);
}

TEST_CASE("natural order: names of equal numbers still have one order", "[io]") {
  CHECK(io::natural_less("img_007.tif", "img_07.tif"));
  CHECK_FALSE(io::natural_less("img_07.tif", "img_007.tif"));
  CHECK_FALSE(io::natural_less("img_07.tif", "img_07.tif"));
}

TEST_CASE("natural order: it is a strict total order", "[io]") {
  test::random_source random;
  CAPTURE(random);
  auto const name = [&] {
    std::string text;
    for (index_t i = random.between(0, 6); i > 0; --i)
      text += "012a_\xc3"[static_cast<std::size_t>(random.between(0, 5))];
    return text;
  };
  for (int repeat = 0; repeat < 3000; ++repeat) {
    auto const a = name();
    auto const b = name();
    auto const c = name();
    CAPTURE(a, b, c);
    CHECK(io::natural_less(a, b) + io::natural_less(b, a) == (a == b ? 0 : 1));
    if (io::natural_less(a, b) && io::natural_less(b, c)) CHECK(io::natural_less(a, c));
  }
}
