// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/models/pixel_classifier.hpp"

#include <random>

#include "support/block_classifier_laws.hpp"
#include "support/catch.hpp"
#include "voxstitch/classify/random_forest.hpp"
#include "voxstitch/features/filter_bank.hpp"
#include "voxstitch/geometry/blocking.hpp"

using namespace voxstitch;

TEST_CASE("packet layout: every voxel of a region has exactly one lane", "[models]") {
  for (box<3> const region :
       {box<3>{{{3, 4, 5}}, {{14, 30, 47}}}, box<3>{{}, {{1, 33, 18}}}, box<3>{{}, {{1, 1, 1}}}}) {
    coord<3> const packet = models::detail::packet_layout::packet_for(region);
    models::detail::packet_layout const layout(
        region, zip(packet, coord<3>{{1, 2, 3}}, [](index_t a, index_t b) { return a * b; }));
    dense_array<float, 4> seen(coord<4>{{region.extent(0), region.extent(1), region.extent(2), 1}});
    fill(seen.view(), -1);
    index_t voxels = 0;
    for (index_t i = 0; i < layout.tile_count(); ++i) {
      box<3> const tile = layout.tile(i);
      voxels += tile.size();
      REQUIRE(layout.lanes_in(tile) <= layout.lanes_per_tile());
      dense_array<float, 2> lanes(coord<2>{{1, layout.lanes_in(tile)}});
      fill(lanes.view(), static_cast<float>(i));
      box<3> const r = relative_to(tile, region);
      layout.scatter(
          lanes.view(), tile,
          seen.view().sub({{{r.inclusive_min[0], r.inclusive_min[1], r.inclusive_min[2], 0}},
                           {{r.exclusive_max[0], r.exclusive_max[1], r.exclusive_max[2], 1}}}));
    }
    CHECK(voxels == region.size());
    for_each_voxel(box<4>::at_origin(seen.shape()),
                   [&](coord<4> const& at) { REQUIRE(seen.view()[at] >= 0); });
  }
}
