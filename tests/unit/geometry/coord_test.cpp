// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/geometry/coord.hpp"

#include "support/catch.hpp"

using namespace voxstitch;

TEST_CASE("coordinates add, subtract and compare axis by axis", "[geometry]") {
  coord<3> const a{{1, 2, 3}};
  coord<3> const b{{10, -20, 30}};
  CHECK(a + b == coord<3>{{11, -18, 33}});
  CHECK(a - b == coord<3>{{-9, 22, -27}});
  CHECK(min(a, b) == coord<3>{{1, -20, 3}});
  CHECK(max(a, b) == coord<3>{{10, 2, 30}});
  CHECK(coord<2>::filled(7) == coord<2>{{7, 7}});
}

TEST_CASE("coordinates order as voxels in memory, slowest axis first", "[geometry]") {
  CHECK(coord<3>{{0, 9, 9}} < coord<3>{{1, 0, 0}});
  CHECK(coord<3>{{1, 0, 8}} < coord<3>{{1, 0, 9}});
}

TEST_CASE("the product of a shape is its number of voxels, beyond 32 bits too", "[geometry]") {
  CHECK(product(coord<3>{{3, 4, 5}}) == 60);
  CHECK(product(coord<3>{{10'000, 10'000, 10'000}}) == 1'000'000'000'000);
}

TEST_CASE("divide_up rounds up", "[geometry]") {
  CHECK(divide_up(64, 64) == 1);
  CHECK(divide_up(65, 64) == 2);
  CHECK(divide_up(1, 64) == 1);
}

TEST_CASE("coordinates print as the command line takes them", "[geometry]") {
  CHECK(to_string(coord<3>{{64, 128, -1}}) == "64,128,-1");
  CHECK(to_string(coord<2>{{5, 6}}, " x ") == "5 x 6");
}

TEST_CASE("coord: things are shared out in order, the first parts having one more", "[geometry]") {
  for (index_t count : {0, 1, 5, 12, 13})
    for (index_t parts : {1, 2, 5, 7}) {
      CHECK(begin_of_part(0, parts, count) == 0);
      CHECK(begin_of_part(parts, parts, count) == count);
      for (index_t n = 0; n < parts; ++n) {
        index_t const share = begin_of_part(n + 1, parts, count) - begin_of_part(n, parts, count);
        CHECK(share == count / parts + (n < count % parts ? 1 : 0));
      }
    }
}
