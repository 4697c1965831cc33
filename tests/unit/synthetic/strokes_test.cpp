// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/synthetic/strokes.hpp"

#include <array>

#include "support/catch.hpp"

using namespace voxstitch;
using namespace voxstitch::synthetic;

TEST_CASE("strokes label voxels of every class with the truth, each once", "[synthetic]") {
  phantom const brain({{20, 150, 160}}, 3);
  auto const painted = paint(brain, {15, 12, 1});
  std::array<int, 6> voxels{};
  for (std::size_t i = 0; i < painted.size(); ++i) {
    auto const& [at, label] = painted[i];
    if (i > 0) REQUIRE(painted[i - 1].at.values < at.values);
    dense_array<std::uint8_t, 3> truth(coord<3>::filled(1));
    brain.truth({at, at + coord<3>::filled(1)}, truth.view());
    REQUIRE(int{truth.view()[{{0, 0, 0}}]} == int{label});
    ++voxels[label];
  }
  for (std::size_t c = 1; c <= 5; ++c) CHECK(voxels[c] > 15);
  CHECK(painted.size() < 5u * 15 * 12 * 9);
}

TEST_CASE("strokes depend on their seed alone", "[synthetic]") {
  phantom const brain(coord<3>{{4, 90, 90}});
  CHECK(paint(brain, {3, 12, 5}) == paint(brain, {3, 12, 5}));
  CHECK(paint(brain, {3, 12, 5}) != paint(brain, {3, 12, 6}));
}

TEST_CASE("strokes can be painted into volumes of terabytes", "[synthetic]") {
  phantom const brain(coord<3>{{5000, 20000, 20000}});
  CHECK(paint(brain, {1, 12, 1}).size() > 40);
}

TEST_CASE("strokes stay inside the smallest phantoms", "[synthetic]") {
  phantom const brain(coord<3>{{1, 2, 3}});
  for (auto const& voxel : paint(brain, {4, 12, 1}))
    CHECK(contains(box<3>::at_origin(brain.shape()), voxel.at));
}

TEST_CASE("a brush that does not paint is refused", "[synthetic]") {
  phantom const brain(coord<3>{{4, 9, 9}});
  CHECK_THROWS_AS(paint(brain, {0, 12, 1}), usage_error);
  CHECK_THROWS_AS(paint(brain, {4, 0, 1}), usage_error);
}
