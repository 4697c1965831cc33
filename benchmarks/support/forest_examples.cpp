// SPDX-License-Identifier: BSL-1.0
#include "support/forest_examples.hpp"

#include <cstring>
#include <numeric>
#include <random>
#include <stdexcept>

#include "voxstitch/ilastik/project.hpp"

namespace voxstitch::benchmarks {

namespace {

constexpr index_t phantom_side = 64;
constexpr index_t every_fourth_tile = 4;
constexpr index_t every_eighth_tile = 8;

/// Features of a part of the voxels that the forests are trained on.
[[nodiscard]] feature_rows const& phantom_voxels() {
  static feature_rows const made = [] {
    features::filter_bank const bank(full_selection(), 1);
    return rows_of_tiles(bank, phantom_block(phantom_side, bank.halo()), every_eighth_tile);
  }();
  return made;
}

[[nodiscard]] classify::ensemble_description trained(labels const& chosen) {
  return {3, {0, 1, 2}, {phantom_forest(full_selection(), chosen)}};
}

[[nodiscard]] feature_rows shuffled(feature_rows const& rows) {
  std::vector<std::size_t> order(rows.voxels());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937(3));
  feature_rows result{rows.features, rows.per_tile, {}};
  for (std::size_t voxel : order)
    result.values.insert(result.values.end(), rows.row(voxel), rows.row(voxel + 1));
  return result;
}

[[nodiscard]] forest_example brain_example(box<3> const& region) {
  auto const project = ilastik::read_project(brain_folder().value() + "/brain-cells.ilp");
  features::filter_bank const bank(project.selection_for(2), 1);
  auto const rows = rows_of_tiles(bank, brain_block(region, bank.halo()), every_fourth_tile);
  return {project.classifier, rows};
}

/// Inner nodes on the way of one feature vector.
[[nodiscard]] std::size_t depth_of(classify::decision_tree const& tree, float const* row) {
  std::size_t depth = 0;
  for (auto const* node = tree.nodes.data(); !node->is_leaf(); ++depth) {
    bool const left = static_cast<double>(row[node->feature]) < node->threshold;
    node = tree.nodes.data() + (left ? node->left : node->right);
  }
  return depth;
}

[[nodiscard]] double mean_comparisons(classify::ensemble_description const& description,
                                      feature_rows const& rows) {
  constexpr std::size_t step = 7;  // some voxels will do; packets' extents are no multiples of it
  std::size_t sum = 0;
  std::size_t voxels = 0;
  for (std::size_t voxel = 0; voxel < rows.voxels(); voxel += step, ++voxels)
    for (auto const& forest : description.forests)
      for (auto const& tree : forest.trees) sum += depth_of(tree, rows.row(voxel));
  return static_cast<double>(sum) / static_cast<double>(voxels);
}

void check_equal(forest_example const& e) {
  auto const lanes = static_cast<index_t>(e.rows.per_tile);
  auto const classes = static_cast<index_t>(e.ours.class_count());
  dense_array<float, 2> x(coord<2>{{static_cast<index_t>(e.rows.features), lanes}});
  dense_array<float, 2> p(coord<2>{{classes, lanes}});
  std::vector<float> expected(static_cast<std::size_t>(p.view().size()));
  load_tile(e.rows, 0, x.view());
  e.ours.predict(x.view(), p.view());
  e.theirs.predict(e.rows.row(0), e.rows.per_tile, expected.data());
  strided_view<float, 2> const by_class(expected.data(), {{classes, lanes}}, {{1, classes}});
  for_each_voxel(box<2>::at_origin(p.shape()), [&](coord<2> const& at) {
    if (std::memcmp(p.view().pointer_to(at), by_class.pointer_to(at), sizeof(float)) != 0)
      throw std::logic_error("forest: voxstitch and vigra disagree");
  });
}

}  // namespace

classify::forest_description phantom_forest(features::selection const& selection,
                                            labels const& chosen) {
  features::filter_bank const bank(selection, 1);
  auto const rows = rows_of_voxels(bank, phantom_block(phantom_side, bank.halo()));
  return trained_forest(chosen, rows, phantom_classes(phantom_side));
}

labelled_rows phantom_labels(features::selection const& selection, labels const& chosen) {
  features::filter_bank const bank(selection, 1);
  auto const rows = rows_of_voxels(bank, phantom_block(phantom_side, bank.halo()));
  return drawn_labels(chosen, rows, phantom_classes(phantom_side));
}

forest_example::forest_example(classify::ensemble_description const& description,
                               feature_rows voxels)
    : nodes(node_count(description)), comparisons(mean_comparisons(description, voxels)),
      rows(std::move(voxels)), ours(description), theirs(description) {
  check_equal(*this);
}

forest_example const& small_forest() {
  static forest_example const made(trained(few_labels), phantom_voxels());
  return made;
}
forest_example const& middle_forest() {
  static forest_example const made(trained(some_labels), phantom_voxels());
  return made;
}
forest_example const& large_forest() {
  static forest_example const made(trained(many_labels), phantom_voxels());
  return made;
}
forest_example const& shuffled_voxels() {
  static forest_example const made(trained(some_labels), shuffled(phantom_voxels()));
  return made;
}

forest_example const& brain_cells() {
  static forest_example const made = brain_example({{{7, 200, 200}}, {{23, 264, 328}}});
  return made;
}
forest_example const& brain_tissue() {
  static forest_example const made = brain_example({{{7, 300, 400}}, {{23, 364, 528}}});
  return made;
}

void load_tile(feature_rows const& rows, std::size_t tile, strided_view<float, 2> const& features) {
  for (index_t lane = 0; lane < features.extent(1); ++lane) {
    float const* const row = rows.row(tile * rows.per_tile + static_cast<std::size_t>(lane));
    for (index_t f = 0; f < features.extent(0); ++f) features(f, lane) = row[f];
  }
}

}  // namespace voxstitch::benchmarks
