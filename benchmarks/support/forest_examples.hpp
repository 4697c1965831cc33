// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which forests meet which voxels?

#include <memory>

#include "baselines/vigra_forest.hpp"
#include "support/trained_forest.hpp"
#include "voxstitch/classify/random_forest.hpp"

namespace voxstitch::benchmarks {

/// Chosen so that forests of 61 features have about 11, 60 and 360 thousand nodes.
inline constexpr labels few_labels{1'000, 10};
inline constexpr labels some_labels{6'000, 30};
inline constexpr labels many_labels{40'000, 40};

/// A forest trained on a synthetic brain.
[[nodiscard]] classify::forest_description phantom_forest(features::selection const& selection,
                                                          labels const& chosen);

/// What such a forest is trained on.
[[nodiscard]] labelled_rows phantom_labels(features::selection const& selection,
                                           labels const& chosen);

/// A forest in both engines and the voxels that it classifies.
struct forest_example {
  std::size_t nodes = 0;
  double comparisons = 0;  ///< on a voxel's way through all trees, on average
  feature_rows rows;
  classify::random_forest ours;
  vigra_forest theirs;

  /// @throws std::logic_error when the engines do not say the same, bit by bit.
  forest_example(classify::ensemble_description const& description, feature_rows voxels);
};

/// What is made when it is first needed, and kept: forest_example of a synthetic brain.
[[nodiscard]] forest_example const& small_forest();     ///< about 11 000 nodes
[[nodiscard]] forest_example const& middle_forest();    ///< about 60 000 nodes
[[nodiscard]] forest_example const& large_forest();     ///< about 360 000 nodes
[[nodiscard]] forest_example const& shuffled_voxels();  ///< middle_forest, voxels in random order

/// ilastik's project of the light-sheet brain, on voxels among cells and in plain tissue.
/// @pre brain_folder()
[[nodiscard]] forest_example const& brain_cells();
[[nodiscard]] forest_example const& brain_tissue();

/// Features [feature, lane] of one tile, as the filters leave them to the forest.
void load_tile(feature_rows const& rows, std::size_t tile, strided_view<float, 2> const& features);

}  // namespace voxstitch::benchmarks
