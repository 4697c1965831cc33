// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/plane_sampling.hpp"

#include "support/random.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

TEST_CASE("plane sampling: keeps to its limits for volumes of every shape", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  for (int round = 0; round < 300; ++round) {
    coord<3> shape;
    for (index_t& extent : shape.values)
      extent = random.between(1, index_t{1} << random.between(0, 17));
    sampling_limits limits;
    limits.pixels = random.between(100'000, 4'000'000);
    auto const s = sample_planes(shape, limits);
    CAPTURE(shape, s.stride, limits.pixels);
    CHECK(s.shape == shape);
    CHECK(s.pixels() <= limits.pixels);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      CHECK(s.stride[axis] >= 1);
      CHECK(s.samples()[axis] <= limits.side);
      auto const& planes = s.planes[axis];
      CHECK(!planes.empty());
      CHECK(static_cast<index_t>(planes.size()) <= std::min(limits.most_planes, shape[axis]));
      CHECK(std::ranges::is_sorted(planes, std::ranges::less_equal{}));
      CHECK((planes.front() >= 0 && planes.back() < shape[axis]));
    }
  }
}

TEST_CASE("plane sampling: a small volume is shown whole, a large one thinned out", "[pipeline]") {
  auto const small = sample_planes({{10, 50, 60}});
  CHECK(small.stride == coord<3>{{1, 1, 1}});
  CHECK(small.planes[0] == std::vector<index_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(small.picture(0) == coord<2>{{50, 60}});
  CHECK(small.picture(1) == coord<2>{{10, 60}});
  CHECK(small.picture(2) == coord<2>{{50, 10}});
  auto const large = sample_planes({{30, 4000, 4000}});
  CHECK(large.stride[0] == 1);  // 30 planes keep their detail
  CHECK(large.stride[1] >= 10);
  CHECK(large.planes[1].size() >= 8);
  auto const flat = sample_planes({{1, 100, 100}});
  CHECK(flat.planes[0] == std::vector<index_t>{0});
}

TEST_CASE("plane sampling: says which boxes a plane passes", "[pipeline]") {
  plane_sampling s{{{10, 10, 10}}, {{1, 1, 1}}, {{{5}, {2, 8}, {3}}}};
  CHECK(s.touches({{{5, 0, 0}}, {{6, 1, 1}}}));
  CHECK(s.touches({{{0, 8, 0}}, {{1, 9, 1}}}));
  CHECK_FALSE(s.touches({{{0, 3, 4}}, {{5, 8, 9}}}));
  CHECK_FALSE(s.touches({{{6, 9, 4}}, {{10, 10, 10}}}));
}
