// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/geometry/box.hpp"

#include <algorithm>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"

using namespace voxstitch;

TEST_CASE("a box is half-open", "[geometry]") {
  box<3> const b{{{1, 2, 3}}, {{4, 6, 8}}};
  CHECK(b.shape() == coord<3>{{3, 4, 5}});
  CHECK(b.size() == 60);
  CHECK(contains(b, coord<3>{{1, 2, 3}}));
  CHECK(contains(b, coord<3>{{3, 5, 7}}));
  CHECK(!contains(b, coord<3>{{4, 5, 7}}));
  CHECK(!contains(b, coord<3>{{3, 1, 7}}));
}

TEST_CASE("a box without extent along one axis is empty", "[geometry]") {
  CHECK(box<3>{{{0, 0, 0}}, {{5, 0, 5}}}.empty());
  CHECK(box<2>{{{3, 3}}, {{2, 9}}}.empty());
  CHECK(box<2>{{{3, 3}}, {{2, 2}}}.size() == 0);  // not (-1) * (-1)
  CHECK(!box<2>::at_origin({{1, 1}}).empty());
}

TEST_CASE("an empty box lies in every box", "[geometry]") {
  box<2> const empty{{{90, 90}}, {{90, 95}}};
  CHECK(contains(box<2>::at_origin({{5, 5}}), empty));
}

TEST_CASE("boxes that do not meet have an empty intersection", "[geometry]") {
  box<2> const left{{{0, 0}}, {{4, 4}}};
  box<2> const right{{{0, 4}}, {{4, 8}}};
  CHECK(intersection(left, right).empty());
  CHECK(intersection(left, box<2>{{{2, 3}}, {{9, 9}}}) == box<2>{{{2, 3}}, {{4, 4}}});
}

TEST_CASE("a grown box is clipped at the domain only", "[geometry]") {
  box<3> const domain = box<3>::at_origin({{30, 40, 50}});
  box<3> const b{{{2, 10, 45}}, {{5, 20, 50}}};
  CHECK(grown(b, coord<3>{{3, 4, 5}}) == box<3>{{{-1, 6, 40}}, {{8, 24, 55}}});
  CHECK(grown_within(b, coord<3>{{3, 4, 5}}, domain) == box<3>{{{0, 6, 40}}, {{8, 24, 50}}});
}

TEST_CASE("relative_to undoes shifted", "[geometry]") {
  test::random_source random;
  CAPTURE(random);
  box<3> const domain{{{-50, -50, -50}}, {{50, 50, 50}}};
  for (int i = 0; i < 100; ++i) {
    auto const frame = random.box_within(domain);
    auto const b = random.box_within(domain);
    CHECK(shifted(relative_to(b, frame), frame.inclusive_min) == b);
    CHECK(relative_to(frame, frame) == box<3>::at_origin(frame.shape()));
  }
}

TEST_CASE("containment of boxes is containment of all their voxels", "[geometry]") {
  test::random_source random;
  CAPTURE(random);
  auto const domain = box<2>::at_origin({{5, 5}});
  for (int i = 0; i < 500; ++i) {
    auto const outer = random.box_within(domain);
    auto const inner = random.box_within(domain);
    bool all = true;
    for (index_t y = inner.inclusive_min[0]; y < inner.exclusive_max[0]; ++y)
      for (index_t x = inner.inclusive_min[1]; x < inner.exclusive_max[1]; ++x)
        all = all && contains(outer, coord<2>{{y, x}});
    CAPTURE(outer, inner);
    CHECK(contains(outer, inner) == all);
    CHECK(contains(outer, inner) == (intersection(outer, inner) == inner));
  }
}

TEST_CASE("boxes print as half-open ranges", "[geometry]") {
  CHECK(to_string(box<2>{{{0, 120}}, {{30, 376}}}) == "[0:30, 120:376]");
}

TEST_CASE("box: its voxels can be counted off, first axis slowest", "[geometry]") {
  box<3> const b{{{1, -2, 5}}, {{3, 1, 9}}};
  std::vector<coord<3>> seen;
  for (index_t n = 0; n < b.size(); ++n) seen.push_back(nth_position(b, n));
  CHECK(seen.front() == b.inclusive_min);
  CHECK(seen[1] == coord<3>{{1, -2, 6}});
  CHECK(seen.back() == b.exclusive_max - coord<3>::filled(1));
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  CHECK(std::all_of(seen.begin(), seen.end(), [&](coord<3> const& v) { return contains(b, v); }));
}
