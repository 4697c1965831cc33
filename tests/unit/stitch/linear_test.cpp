// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/stitch/linear.hpp"

#include "naive_blend.hpp"
#include "support/catch.hpp"
#include "support/stitching_policy_laws.hpp"

using namespace voxstitch;

TEST_CASE("linear keeps the laws of blending policies", "[stitch]") {
  for (coord<3> const& overlap : {coord<3>{}, coord{2, 2, 2}, coord{0, 9, 1}})
    test::check_blending_policy_laws(stitch::linear(overlap));
}

TEST_CASE("linear: blocks fade by their distance from the faces, bit by bit", "[stitch]") {
  test::check_equals_naive<stitch::linear>([](std::vector<test::opinion> const& all) {
    return test::naive_mean(all, [](double ratio) { return ratio; });
  });
}

TEST_CASE("linear: the weights of two blocks along a line are those of the definition",
          "[stitch]") {
  blocking<3> const blocks(box<3>::at_origin({{1, 1, 8}}), {{1, 1, 4}}, {}, {{0, 0, 2}});
  auto const second = [](block<3> const& b, box<3> const&, strided_view<float, 4> const& to) {
    fill(to, b.index == 1 ? 1.0f : 0.0f);
  };
  auto const whole =
      test::blended(stitch::linear(coord{0, 0, 2}), blocks, 1, second, coord{1, 1, 8});
  // second: x >= 2 with weights 1/4, 3/4, 1, 1; first: x < 6 with 1, 1, 3/4, 1/4
  CHECK(whole.p == std::vector<float>{0, 0, 0.2f, float(0.75 / 1.75), float(1 / 1.75), 0.8f, 1, 1});
}

TEST_CASE("linear: blocks that agree are kept as keep_core would keep them", "[stitch]") {
  test::random_source random;
  CAPTURE(random);
  for (int i = 0; i < 20; ++i) {
    coord<3> const overlap = random.shape<3>(6);
    blocking<3> const blocks(test::random_domain(random, 12), random.shape<3>(7), {}, overlap);
    test::block_values const values(blocks.domain(), 3, random.bits());
    auto const local = [&](block<3> b, box<3> const& piece, strided_view<float, 4> const& to) {
      b.index = 0;  // every block says the same
      values(b, piece, to);
    };
    auto const whole = test::blended(stitch::linear(overlap), blocks, 3, local, coord{5, 5, 5});
    test::blended_volume kept(blocks.domain(), 3);
    coord<3> const shape = blocks.domain().shape();
    local({}, blocks.domain(), {kept.p.data(), {{shape[0], shape[1], shape[2], 3}}});
    for (std::size_t v = 0; v < kept.p.size(); ++v)
      CHECK((whole.p[v] == kept.p[v] || whole.p[v] == std::nextafter(kept.p[v], whole.p[v])));
    CHECK(std::count(whole.disagreement.begin(), whole.disagreement.end(), 0.0f) ==
          blocks.domain().size());
  }
}
