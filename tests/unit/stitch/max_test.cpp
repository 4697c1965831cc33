// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/stitch/max.hpp"

#include "naive_blend.hpp"
#include "support/catch.hpp"
#include "support/stitching_policy_laws.hpp"

using namespace voxstitch;

TEST_CASE("max keeps the laws of blending policies", "[stitch]") {
  for (coord<3> const& overlap : {coord<3>{}, coord{2, 2, 2}, coord{0, 9, 1}})
    test::check_blending_policy_laws(stitch::max(overlap));
}

TEST_CASE("max: the largest value of every class, scaled to sum to 1, bit by bit", "[stitch]") {
  test::check_equals_naive<stitch::max>([](std::vector<test::opinion> const& all) {
    std::vector<float> largest(all[0].p.size());
    for (test::opinion const& o : all)
      for (std::size_t c = 0; c < largest.size(); ++c) largest[c] = std::max(largest[c], o.p[c]);
    double sum = 0;
    for (float value : largest) sum += double(value);
    for (float& value : largest) value = sum > 0 ? float(double(value) / sum) : 0;
    return largest;
  });
}

TEST_CASE("max: what one block found is not averaged away", "[stitch]") {
  blocking<3> const blocks(box<3>::at_origin({{1, 1, 2}}), {{1, 1, 1}}, {}, {{0, 0, 1}});
  auto const each_its_own = [](block<3> const& b, box<3> const&, strided_view<float, 4> const& to) {
    fill(to, 0.0f);
    fill(to.slice(3, b.index), b.index == 0 ? 1.0f : 0.5f);
  };
  auto const whole =
      test::blended(stitch::max(coord{0, 0, 1}), blocks, 2, each_its_own, coord{1, 1, 2});
  CHECK(whole.p ==
        std::vector<float>{float(1 / 1.5), float(0.5 / 1.5), float(1 / 1.5), float(0.5 / 1.5)});
}
