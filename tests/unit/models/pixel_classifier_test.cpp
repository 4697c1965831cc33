// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/models/pixel_classifier.hpp"

#include <random>

#include "support/block_classifier_laws.hpp"
#include "support/catch.hpp"
#include "voxstitch/classify/random_forest.hpp"
#include "voxstitch/features/filter_bank.hpp"
#include "voxstitch/geometry/blocking.hpp"

using namespace voxstitch;

namespace {

using model = models::pixel_classifier<features::filter_bank, classify::random_forest>;
static_assert(classify::block_classifier<model>);

/// Every filter at a 3D and at a 2D scale.
features::filter_bank bank_of(std::size_t channels) {
  features::selection chosen;
  chosen.filters.assign(features::all_filters.begin(), features::all_filters.end());
  chosen.scales = {{0.7, false}, {1.6, true}};
  chosen.chosen.assign(chosen.filters.size(), {true, true});
  return {chosen, channels};
}

/// A tree of that depth that asks for one feature after the other.
classify::decision_tree tree_of(std::size_t features, int depth, std::mt19937& random) {
  classify::decision_tree tree;
  std::normal_distribution<double> thresholds(0, 40);
  auto const inner = (std::size_t{1} << depth) - 1;
  for (std::size_t i = 0; i < 2 * inner + 1; ++i) {
    classify::tree_node node;
    if (i < inner)
      node = {thresholds(random), static_cast<std::int32_t>(random() % features),
              static_cast<std::int32_t>(2 * i + 1), static_cast<std::int32_t>(2 * i + 2)};
    else
      node.left = static_cast<std::int32_t>(i - inner);
    tree.nodes.push_back(node);
    if (i < inner) continue;
    double const share = i % 5 == 0 ? 0.25 : double(i % 2);
    tree.leaf_probabilities.insert(tree.leaf_probabilities.end(), {share, 1 - share});
    tree.leaf_weights.push_back(1);
  }
  return tree;
}

classify::random_forest forest_of(std::size_t features) {
  std::mt19937 random(4);
  classify::forest_description forest{features, 2, false, {}};
  for (int i = 0; i < 12; ++i) forest.trees.push_back(tree_of(features, 6, random));
  return classify::random_forest({2, {0, 1}, {forest}});
}

model classifier_of(std::size_t channels) {
  auto const bank = bank_of(channels);
  return {bank, forest_of(bank.feature_count()), {"dark", "bright"}};
}

}  // namespace

TEST_CASE("pixel_classifier: keeps the laws of block classifiers", "[models]") {
  test::check_block_classifier_laws(classifier_of(1), 1, {{7, 7, 7}});
  test::check_block_classifier_laws(classifier_of(2), 2, {{7, 7, 7}});
}

TEST_CASE("pixel_classifier: parts that do not fit are refused", "[models]") {
  auto const bank = bank_of(1);
  CHECK_THROWS_WITH(model(bank, forest_of(3), {"dark", "bright"}),
                    Catch::Contains("features, but the classifier takes 3"));
  CHECK_THROWS_WITH(model(bank, forest_of(bank.feature_count()), {"dark"}),
                    Catch::Contains("1 class names for 2 classes"));
}

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
