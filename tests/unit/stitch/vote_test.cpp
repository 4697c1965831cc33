// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/stitch/vote.hpp"

#include "naive_blend.hpp"
#include "support/catch.hpp"
#include "support/stitching_policy_laws.hpp"

using namespace voxstitch;

TEST_CASE("vote keeps the laws of blending policies", "[stitch]") {
  for (coord<3> const& overlap : {coord<3>{}, coord{2, 2, 2}, coord{0, 9, 1}})
    test::check_blending_policy_laws(stitch::vote(overlap));
}

TEST_CASE("vote: shares of the blocks' most probable classes, bit by bit", "[stitch]") {
  test::check_equals_naive<stitch::vote>([](std::vector<test::opinion> const& all) {
    std::vector<int> votes(all[0].p.size());
    int cast = 0;
    for (test::opinion const& o : all) {
      auto const best = std::max_element(o.p.begin(), o.p.end());  // the first of equals
      if (*best == 0) continue;
      ++votes[std::size_t(best - o.p.begin())];
      ++cast;
    }
    std::vector<float> shares;
    for (int n : votes) shares.push_back(cast > 0 ? float(double(n) / cast) : 0);
    return shares;
  });
}

TEST_CASE("vote: ties go to the lowest class; who knows no class does not vote", "[stitch]") {
  blocking<3> const blocks(box<3>::at_origin({{1, 1, 3}}), {{1, 1, 1}}, {}, {{0, 0, 3}});
  std::vector<std::vector<float>> const said{{0.4f, 0.2f, 0.4f}, {0, 0, 0}, {0.1f, 0.2f, 0.7f}};
  auto const say = [&](block<3> const& b, box<3> const&, strided_view<float, 4> const& to) {
    for (index_t c = 0; c < 3; ++c)
      fill(to.slice(3, c), said[std::size_t(b.index)][std::size_t(c)]);
  };
  auto const whole = test::blended(stitch::vote(coord{0, 0, 3}), blocks, 3, say, coord{1, 1, 1});
  CHECK(whole.p == std::vector<float>{0.5f, 0, 0.5f, 0.5f, 0, 0.5f, 0.5f, 0, 0.5f});
}
