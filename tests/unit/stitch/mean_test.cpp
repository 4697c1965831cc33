// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/stitch/mean.hpp"

#include "naive_blend.hpp"
#include "support/catch.hpp"
#include "support/stitching_policy_laws.hpp"

using namespace voxstitch;

TEST_CASE("mean keeps the laws of blending policies", "[stitch]") {
  for (coord<3> const& overlap : {coord<3>{}, coord{2, 2, 2}, coord{0, 9, 1}})
    test::check_blending_policy_laws(stitch::mean(overlap));
}

TEST_CASE("mean: every voxel has the mean of the blocks that saw it, bit by bit", "[stitch]") {
  test::check_equals_naive<stitch::mean>([](std::vector<test::opinion> const& all) {
    std::vector<float> mean;
    for (std::size_t c = 0; c < all[0].p.size(); ++c) {
      double sum = 0;
      for (test::opinion const& o : all) sum += double(o.p[c]);
      mean.push_back(float(sum / double(all.size())));
    }
    return mean;
  });
}

TEST_CASE("mean: a block that knows no class counts as it is", "[stitch]") {
  blocking<3> const blocks(box<3>::at_origin({{1, 1, 4}}), {{1, 1, 2}}, {}, {{0, 0, 1}});
  auto const first_knows = [](block<3> const& b, box<3> const&, strided_view<float, 4> const& to) {
    fill(to, b.index == 0 ? 1.0f : 0.0f);
  };
  auto const whole =
      test::blended(stitch::mean(coord{0, 0, 1}), blocks, 1, first_knows, coord{1, 1, 4});
  CHECK(whole.p == std::vector<float>{1, 0.5f, 0.5f, 0});
  CHECK(whole.disagreement == std::vector<float>{0, 1, 1, 0});
}

TEST_CASE("mean: a negative overlap is a usage_error", "[stitch]") {
  CHECK_THROWS_AS(stitch::mean(coord{0, -1, 0}), usage_error);
  CHECK_THROWS_WITH(stitch::mean(coord{0, -1, 0}),
                    "stitch: overlap 0,-1,0 (z, y, x; voxels) must not be negative along any axis");
}
