// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/view/rows.hpp"

#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"

using namespace voxstitch;

TEST_CASE("every row of a box is visited once, in index order", "[view]") {
  std::vector<coord<3>> rows;
  for_each_row(box<3>{{{1, 2, 3}}, {{3, 4, 9}}}, [&](coord<3> const& at) { rows.push_back(at); });
  CHECK(rows == std::vector<coord<3>>{{{1, 2, 3}}, {{1, 3, 3}}, {{2, 2, 3}}, {{2, 3, 3}}});
}

TEST_CASE("a line has one row", "[view]") {
  int rows = 0;
  for_each_row(box<1>{{{5}}, {{9}}}, [&](coord<1> const& at) {
    CHECK(at == coord<1>{{5}});
    ++rows;
  });
  CHECK(rows == 1);
}

TEST_CASE("an empty box has neither rows nor voxels", "[view]") {
  auto const never = [](auto const&) { FAIL("visited"); };
  for_each_row(box<3>{{{0, 0, 0}}, {{4, 0, 4}}}, never);
  for_each_row(box<2>{{{0, 4}}, {{4, 4}}}, never);
  for_each_voxel(box<1>{}, never);
}

TEMPLATE_TEST_CASE_SIG("voxels are visited once, each after its predecessor", "[view]",
                       ((std::size_t N), N), 1, 2, 3, 5) {
  test::random_source random;
  CAPTURE(random);
  for (int i = 0; i < 50; ++i) {
    auto const b = random.box_within(box<N>::at_origin(coord<N>::filled(5)));
    std::vector<coord<N>> voxels;
    for_each_voxel(b, [&](coord<N> const& v) { voxels.push_back(v); });
    CHECK(static_cast<index_t>(voxels.size()) == b.size());
    CHECK(std::is_sorted(voxels.begin(), voxels.end()));
    CHECK(std::adjacent_find(voxels.begin(), voxels.end()) == voxels.end());
    CHECK(std::all_of(voxels.begin(), voxels.end(), [&](auto const& v) { return contains(b, v); }));
  }
}

TEST_CASE("copy converts and follows the strides of both sides", "[view]") {
  std::vector<float> from(24);
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<float>(i) + 0.75f;
  std::vector<std::uint16_t> to(24);
  strided_view<float const, 3> const source(from.data(), {{2, 3, 4}});
  strided_view<std::uint16_t, 3> const target(to.data(), {{4, 3, 2}});
  copy(source, target.permuted({2, 1, 0}));
  CHECK(target(3, 2, 1) == 23);  // a plain cast: 23.75 becomes 23
  CHECK(target(1, 0, 0) == 1);
  CHECK(target(0, 0, 1) == 12);
}

TEST_CASE("fill writes the view and nothing beside it", "[view]") {
  std::vector<int> memory(36);
  strided_view<int, 2> const whole(memory.data(), {{6, 6}});
  fill(whole.sub({{{1, 2}}, {{4, 5}}}), 7);
  for_each_voxel(box<2>::at_origin({{6, 6}}), [&](coord<2> const& v) {
    CHECK(whole[v] == (contains(box<2>{{{1, 2}}, {{4, 5}}}, v) ? 7 : 0));
  });
}
