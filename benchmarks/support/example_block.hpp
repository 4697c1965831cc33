// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which voxels are measured?

#include <optional>
#include <string>
#include <vector>

#include "voxstitch/features/filter_bank.hpp"
#include "voxstitch/view/dense_array.hpp"

namespace voxstitch::benchmarks {

/// Part of a volume with everything its filters reach.
struct example_block {
  box<3> domain;
  box<3> read;
  box<3> region;                ///< what is classified
  dense_array<float, 4> input;  ///< c, z, y, x of `read`
};

/// A cube of a synthetic brain, among cells and vessels.
[[nodiscard]] example_block phantom_block(index_t side, coord<3> const& halo);

/// Classes of that cube's voxels (z, y, x order): 0 tissue, 1 cells and axons, 2 vessels.
[[nodiscard]] std::vector<int> phantom_classes(index_t side);

/// The folder of the light-sheet brain among the test data, if it is there.
[[nodiscard]] std::optional<std::string> brain_folder();

/// A part of the light-sheet brain.
[[nodiscard]] example_block brain_block(box<3> const& region, coord<3> const& halo);

/// ilastik's full set in 3D, 61 channels: all filters at seven scales; at 0.3 smoothing alone.
[[nodiscard]] features::selection full_selection();

/// Feature vectors [voxel, feature]; voxels in the order in which a forest gets them.
struct feature_rows {
  std::size_t features = 0;
  std::size_t per_tile = 0;  ///< voxels that are classified at once
  std::vector<float> values;

  [[nodiscard]] std::size_t voxels() const { return values.size() / features; }
  [[nodiscard]] float const* row(std::size_t voxel) const {
    return values.data() + voxel * features;
  }
};

/// The features of every `step`-th tile of a block.
/// @pre the region consists of whole tiles
[[nodiscard]] feature_rows rows_of_tiles(features::filter_bank const& bank,
                                         example_block const& block, index_t step);

/// The features of the block's voxels in z, y, x order.
[[nodiscard]] feature_rows rows_of_voxels(features::filter_bank const& bank,
                                          example_block const& block);

}  // namespace voxstitch::benchmarks
