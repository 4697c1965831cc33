// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/uncertainty_cells.hpp"

#include <cmath>

#include "support/random.hpp"
#include "voxstitch/geometry/blocking.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

dense_array<float, 3> filled(coord<3> const& shape, float value) {
  dense_array<float, 3> values(shape);
  fill(values.view(), value);
  return values;
}

uncertainty_cells cells_of(dense_array<float, 3>& values, coord<3> const& cell,
                           coord<3> const& block) {
  uncertainty_cells cells(values.shape(), cell);
  for (auto const& b : blocking<3>(box<3>::at_origin(values.shape()), block, {}))
    cells.add(b.core, values.view().sub(b.core));
  return cells;
}

}  // namespace

TEST_CASE("uncertainty cells: the same hot spots whatever the boxes", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  coord<3> const shape{{13, 22, 31}};
  auto values = filled(shape, 0);
  for_each_voxel(box<3>::at_origin(shape),
                 [&](coord<3> const& at) { values.view()[at] = random.unit(); });
  auto const whole = cells_of(values, {{4, 4, 4}}, shape);
  auto const spots = whole.hottest(6);
  REQUIRE(spots.size() == 6);
  for (int round = 0; round < 10; ++round) {
    auto const parts = cells_of(values, {{4, 4, 4}}, random.shape<3>(17));
    CHECK(parts.mean() == whole.mean());
    auto const same = parts.hottest(6);
    REQUIRE(same.size() == spots.size());
    for (std::size_t i = 0; i < spots.size(); ++i) {
      CHECK(same[i].where == spots[i].where);
      CHECK(same[i].mean == spots[i].mean);
    }
  }
}

TEST_CASE("uncertainty cells: the hottest come first, none beside another", "[pipeline]") {
  coord<3> const shape{{8, 40, 40}};
  auto values = filled(shape, 0.125F);
  auto const heat = [&](box<3> const& b, float value) { fill(values.view().sub(b), value); };
  heat({{{0, 8, 8}}, {{8, 16, 16}}}, 0.75F);
  heat({{{0, 16, 16}}, {{8, 24, 24}}}, 0.5F);  // touches the first at a corner
  heat({{{0, 32, 0}}, {{8, 40, 8}}}, 0.25F);
  auto const spots = cells_of(values, {{8, 8, 8}}, shape).hottest(3);
  REQUIRE(spots.size() == 3);
  CHECK(spots[0].where == box<3>{{{0, 8, 8}}, {{8, 16, 16}}});
  CHECK(spots[0].mean == 0.75);
  CHECK(spots[0].voxels == 512);
  CHECK(spots[1].where == box<3>{{{0, 32, 0}}, {{8, 40, 8}}});
  CHECK(spots[2].mean == 0.125);
}

TEST_CASE("uncertainty cells: what is not known does not count", "[pipeline]") {
  coord<3> const shape{{4, 4, 12}};
  auto values = filled(shape, 0.5F);
  fill(values.view().sub({{{0, 0, 0}}, {{4, 4, 3}}}), std::nanf(""));  // three quarters of a cell
  fill(values.view().sub({{{0, 0, 3}}, {{4, 4, 4}}}), 1.0F);
  auto const cells = cells_of(values, {{4, 4, 4}}, shape);
  auto const spots = cells.hottest(9);
  REQUIRE(spots.size() == 1);
  CHECK(spots[0].mean == 0.5);
  CHECK(cells.mean() == Approx((16 * 1.0 + 128 * 0.5) / 144));
  auto certain = filled(shape, 0);
  CHECK(cells_of(certain, {{4, 4, 4}}, shape).hottest(9).empty());
}

TEST_CASE("uncertainty cells: a thin cell at the border counts by its own size", "[pipeline]") {
  coord<3> const shape{{10, 8, 8}};
  auto values = filled(shape, 0);
  fill(values.view().sub({{{8, 0, 0}}, {{10, 8, 8}}}), 1.0F);
  auto const spots = cells_of(values, {{8, 8, 8}}, shape).hottest(1);
  REQUIRE(spots.size() == 1);
  CHECK(spots[0].where == box<3>{{{8, 0, 0}}, {{10, 8, 8}}});
}

TEST_CASE("uncertainty cells: of a huge volume there are not more than memory can hold",
          "[pipeline]") {
  coord<3> const shape{{10000, 20000, 30000}};
  auto const cell = uncertainty_cells::cell_for(shape);
  index_t cells = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) cells *= divide_up(shape[axis], cell[axis]);
  CHECK(cells <= index_t{1} << 20);
  CHECK(uncertainty_cells::cell_for({{1, 300, 400}}) == coord<3>{{1, 32, 32}});
  CHECK(uncertainty_cells::cell_for({{5, 50, 50}}) == coord<3>{{5, 16, 16}});
}
