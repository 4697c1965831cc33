// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are sparse labels held?

#include <cstddef>
#include <cstdint>
#include <span>

#include "voxstitch/geometry/box.hpp"
#include "voxstitch/view/dense_array.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::models {

/// The labels of a box of voxels: 1 is the first class, 0 means that nobody said what is there.
struct label_block {
  index_t time = 0;
  box<3> where;  ///< z, y, x
  dense_array<std::uint8_t, 3> values;
};

/// Calls `f(voxel, label)` for the labelled voxels of a block, in z, y, x order; voxels count from
/// the volume's origin.
template <class Function>
void for_each_label(label_block const& b, Function&& f) {
  auto const values = b.values.view();
  for_each_voxel(box<3>::at_origin(b.where.shape()), [&](coord<3> const& at) {
    if (values[at] != 0) f(b.where.inclusive_min + at, values[at]);
  });
}

/// Labelled voxels in a block.
[[nodiscard]] inline index_t label_count(label_block const& b) {
  index_t count = 0;
  for_each_label(b, [&](coord<3> const&, std::uint8_t) { ++count; });
  return count;
}

/// Labelled voxels in all blocks.
[[nodiscard]] inline index_t label_count(std::span<label_block const> blocks) {
  index_t count = 0;
  for (auto const& b : blocks) count += label_count(b);
  return count;
}

}  // namespace voxstitch::models
