// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/stitch/bump.hpp"

#include "naive_blend.hpp"
#include "support/catch.hpp"
#include "support/stitching_policy_laws.hpp"

using namespace voxstitch;

TEST_CASE("bump keeps the laws of blending policies", "[stitch]") {
  for (coord<3> const& overlap : {coord<3>{}, coord{2, 2, 2}, coord{0, 9, 1}})
    test::check_blending_policy_laws(stitch::bump(overlap));
}

namespace {

/// The definition, with the C library's exp.
double bump_of(double ratio) {
  double const u = 1 - ratio;
  return std::exp(1 - 1 / (1 - u * u));
}

}  // namespace

TEST_CASE("bump: the factors are those of the definition within some units of the last place",
          "[stitch]") {
  for (index_t overlap = 1; overlap <= 300; ++overlap)
    for (index_t distance = 0; distance < overlap; ++distance) {
      double const ratio = (double(distance) + 0.5) / double(overlap);
      double const exact = bump_of(ratio);
      // 1 - u^2 is rounded where it is small, and the exponent with it
      double const allowed = exact * (4 + 1 / (ratio * ratio)) * 0x1p-52;
      CAPTURE(overlap, distance);
      CHECK(std::abs(stitch::bump().factor(ratio) - exact) <= allowed);
    }
  CHECK(stitch::bump().factor(1) == 1);
  CHECK(stitch::bump().factor(0.5) == Approx(std::exp(-1.0 / 3)));
}

TEST_CASE("bump: blocks are combined with its factors, bit by bit", "[stitch]") {
  test::check_equals_naive<stitch::bump>([](std::vector<test::opinion> const& all) {
    return test::naive_mean(all, [](double ratio) { return stitch::bump().factor(ratio); });
  });
}

TEST_CASE("bump: blocks are combined as by the definition within rounding", "[stitch]") {
  auto const blend = [](std::vector<test::opinion> const& all) {
    return test::naive_mean(all, bump_of);
  };
  test::compare_with_naive<stitch::bump>(blend, [](auto const& combined, auto const& expected) {
    REQUIRE(combined.p.size() == expected.p.size());
    for (std::size_t i = 0; i < combined.p.size(); ++i)
      CHECK(std::abs(combined.p[i] - expected.p[i]) <= 0x1p-23f * expected.p[i]);
  });
}

TEST_CASE("bump: an overlap too wide for a double's weights leaves the owner's values",
          "[stitch]") {
  index_t const wide = 2000;
  blocking<3> const blocks(box<3>::at_origin({{1, 1, 6000}}), {{1, 1, 3000}}, {}, {{0, 0, wide}});
  auto const index = [](block<3> const& b, box<3> const&, strided_view<float, 4> const& to) {
    fill(to, float(b.index));
  };
  auto const whole =
      test::blended(stitch::bump(coord{0, 0, wide}), blocks, 1, index, coord{1, 1, 6000});
  CHECK(whole.p[1000] == 0.0f);
  CHECK(whole.p[2999] == Approx(0.5).margin(1e-3));
  CHECK(whole.p[4999] == 1.0f);
  CHECK(std::is_sorted(whole.p.begin(), whole.p.end()));
}
