// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/seam_statistic.hpp"

#include "support/random.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

/// Planes that differ as much everywhere, but for what chance does.
difference_profile even(test::random_source& random, std::size_t extent, double scatter = 0.05) {
  difference_profile profile;
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (std::size_t i = 0; i < extent; ++i) {
      double const chance = 1 + scatter * double(random.unit() + random.unit() - 1);
      profile.sizes[axis].push_back(i == 0 ? 0 : 0.1 * chance);
      profile.steps[axis].push_back(i < 2 || i + 1 == extent ? 0 : 0.02 * chance);
    }
  return profile;
}

std::vector<index_t> seams_of(axis_seams const& a) {
  std::vector<index_t> at;
  for (auto const& face : a.faces)
    if (face.is_seam) at.push_back(face.at);
  return at;
}

}  // namespace

TEST_CASE("seam statistic: chance makes no seams", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  for (int i = 0; i < 200; ++i) {
    auto const report = find_seams(even(random, 300), {{64, 50, 10}});
    CHECK_FALSE(report.has_seams());
    CHECK(report.along[0].faces.size() == 4);
    CHECK(report.along[1].faces.size() == 5);
    CHECK(report.along[0].is_judged);
    CHECK(report.along[0].ratio() == Approx(1).margin(0.05));
  }
}

TEST_CASE("seam statistic: high steps at faces are seams, elsewhere not", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  auto profile = even(random, 300);
  for (std::size_t const at : {128U, 192U}) profile.steps[1][at] *= 2, profile.sizes[1][at] *= 1.5;
  profile.steps[2][130] *= 2;
  auto const report = find_seams(profile, {{64, 64, 64}});
  CHECK_FALSE(report.along[0].has_seams);
  CHECK(seams_of(report.along[1]) == std::vector<index_t>{128, 192});
  CHECK(report.along[1].ratio() > 1.1);
  CHECK(report.along[1].faces[1].across == profile.sizes[1][128]);
  CHECK(report.along[1].faces[1].inside ==
        Approx((profile.sizes[1][127] + profile.sizes[1][129]) / 2));
  CHECK_FALSE(report.along[2].has_seams);
}

TEST_CASE("seam statistic: faint seams are seen where there are many", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  auto profile = even(random, 3000, 0.1);
  for (std::size_t at = 64; at < 3000; at += 64) profile.steps[0][at] *= 1.12;
  auto const report = find_seams(profile, {{64, 64, 64}});
  CHECK(report.along[0].has_seams);
  CHECK(report.along[0].z_score >= seams_z_score);
  CHECK_FALSE(report.along[1].has_seams);
}

TEST_CASE("seam statistic: one odd plane at one of few faces stands alone", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  auto profile = even(random, 300);
  profile.steps[0][192] *= 3;
  auto const report = find_seams(profile, {{64, 64, 64}});
  CHECK(seams_of(report.along[0]) == std::vector<index_t>{192});
}

TEST_CASE("seam statistic: where slices differ anyway, as much is no seam", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  auto profile = even(random, 300);
  for (std::size_t at = 7; at < 300; at += 7) profile.steps[0][at] *= 2;  // a flickering lamp
  profile.steps[0][128] *= profile.steps[0][128] > 0.03 ? 1 : 2;
  CHECK_FALSE(find_seams(profile, {{64, 64, 64}}).has_seams());
}

TEST_CASE("seam statistic: where nothing differs, anything is a seam", "[pipeline]") {
  difference_profile profile;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    profile.sizes[axis].assign(100, 0);
    profile.steps[axis].assign(100, 0);
  }
  auto const empty = find_seams(profile, {{25, 25, 25}});
  CHECK_FALSE(empty.has_seams());
  CHECK(empty.along[0].is_judged);
  CHECK(empty.along[0].ratio() == 1);
  profile.steps[2][50] = profile.sizes[2][50] = 1e-6;
  auto const report = find_seams(profile, {{25, 25, 25}});
  CHECK(seams_of(report.along[2]) == std::vector<index_t>{50});
  CHECK(report.along[2].ratio() > 1e9);
}

TEST_CASE("seam statistic: one block has no faces, thin blocks have no verdict", "[pipeline]") {
  test::random_source random(1);
  auto profile = even(random, 30);
  auto const report = find_seams(profile, {{30, 400, 4}});
  CHECK(report.along[0].faces.empty());
  CHECK(report.along[1].faces.empty());
  CHECK(report.along[2].faces.size() == 7);
  CHECK_FALSE(report.along[2].is_judged);
  CHECK_FALSE(report.has_seams());
  for (index_t width : {1, 2, 3, 29})
    CHECK_FALSE(find_seams(profile, coord<3>::filled(width)).has_seams());
}

TEST_CASE("find_seams: blocks have extents", "[pipeline]") {
  CHECK_THROWS_AS(find_seams(difference_profile{}, coord<3>{{8, 0, 8}}), shape_error);
}
