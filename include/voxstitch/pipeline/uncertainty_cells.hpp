// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where is the classifier least certain?

#include <algorithm>
#include <cstdint>
#include <vector>

#include "voxstitch/geometry/box.hpp"
#include "voxstitch/pipeline/planes.hpp"
#include "voxstitch/view/dense_array.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::pipeline {

/// A place of high uncertainty.
struct hot_spot {
  box<3> where;     ///< z, y, x
  double mean = 0;  ///< uncertainty of its voxels, 0 to 1
  index_t voxels = 0;
};

/// Mean uncertainty of all cells of a grid. Sums are kept in whole steps of 2^-20, so that they
/// depend on neither threads nor boxes.
class uncertainty_cells {
 public:
  /// A side of cells that is worth a look, but not more cells than `most`.
  [[nodiscard]] static coord<3> cell_for(coord<3> const& shape, index_t most = index_t{1} << 20) {
    index_t const longest = *std::max_element(shape.values.begin(), shape.values.end());
    index_t side = longest <= 256 ? 16 : 32;
    while (product(counts(shape, coord<3>::filled(side))) > most) side *= 2;
    return min(coord<3>::filled(side), shape);
  }

  /// @param shape of the volume, z, y, x
  explicit uncertainty_cells(coord<3> const& shape) : uncertainty_cells(shape, cell_for(shape)) {}
  uncertainty_cells(coord<3> const& shape, coord<3> const& cell)
      : shape_(shape), cell_(cell), sums_(counts(shape, cell)), voxels_(counts(shape, cell)) {
    fill(sums_.view(), 0);
    fill(voxels_.view(), 0);
  }

  /// Takes a box of the volume; rows of cells in parallel.
  /// @param values z, y, x; what is no number is not known and does not count
  void add(box<3> const& where, strided_view<float const, 3> const& values) {
    box<3> const cells = cells_of(where);
    index_t const rows = cells.extent(1);
    for_each_in_parallel(cells.extent(0) * rows, [&](index_t i) {
      coord<3> at{{cells.inclusive_min[0] + i / rows, cells.inclusive_min[1] + i % rows, 0}};
      for (at[2] = cells.inclusive_min[2]; at[2] < cells.exclusive_max[2]; ++at[2]) {
        box<3> const part = relative_to(intersection(box_of(at), where), where);
        add_to(at, values.sub(part));
      }
    });
  }

  /// Cells of the highest means, none beside another; the highest first. Those of which less than
  /// half is known do not count.
  [[nodiscard]] std::vector<hot_spot> hottest(std::size_t count) const {
    std::vector<hot_spot> all;
    for_each_voxel(box<3>::at_origin(sums_.shape()), [&](coord<3> const& at) {
      if (2 * voxels_.view()[at] >= box_of(at).size())
        all.push_back({box_of(at), mean_of(at), voxels_.view()[at]});
    });
    std::ranges::stable_sort(all, std::ranges::greater{}, &hot_spot::mean);
    std::vector<hot_spot> chosen;
    for (auto const& spot : all) {
      if (chosen.size() == count || spot.mean <= 0) break;
      if (std::ranges::none_of(chosen, [&](auto const& c) { return are_beside(c, spot); }))
        chosen.push_back(spot);
    }
    return chosen;
  }

  /// Of all known voxels.
  [[nodiscard]] double mean() const {
    double sum = 0;
    index_t voxels = 0;
    for_each_voxel(box<3>::at_origin(sums_.shape()), [&](coord<3> const& at) {
      sum += double(sums_.view()[at]) / steps;
      voxels += voxels_.view()[at];
    });
    return voxels > 0 ? sum / double(voxels) : 0;
  }

  [[nodiscard]] coord<3> const& cell() const { return cell_; }

 private:
  static constexpr double steps = 1 << 20;

  [[nodiscard]] static coord<3> counts(coord<3> const& shape, coord<3> const& cell) {
    coord<3> n;
    for (std::size_t axis = 0; axis < 3; ++axis) n[axis] = divide_up(shape[axis], cell[axis]);
    return n;
  }

  [[nodiscard]] box<3> box_of(coord<3> const& at) const {
    box<3> b;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      b.inclusive_min[axis] = at[axis] * cell_[axis];
      b.exclusive_max[axis] = std::min(shape_[axis], b.inclusive_min[axis] + cell_[axis]);
    }
    return b;
  }

  [[nodiscard]] box<3> cells_of(box<3> const& where) const {
    box<3> b;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      b.inclusive_min[axis] = where.inclusive_min[axis] / cell_[axis];
      b.exclusive_max[axis] = divide_up(where.exclusive_max[axis], cell_[axis]);
    }
    return b;
  }

  void add_to(coord<3> const& cell, strided_view<float const, 3> const& values) {
    std::int64_t sum = 0;
    index_t known = 0;
    for_each_voxel(box<3>::at_origin(values.shape()), [&](coord<3> const& at) {
      float const u = values[at];
      if (!(u >= 0 && u <= 1)) return;
      sum += static_cast<std::int64_t>(double(u) * steps + 0.5);
      ++known;
    });
    sums_.view()[cell] += sum;
    voxels_.view()[cell] += known;
  }

  [[nodiscard]] double mean_of(coord<3> const& at) const {
    return double(sums_.view()[at]) / steps / double(voxels_.view()[at]);
  }

  /// Cells that touch, at a corner at least.
  [[nodiscard]] static bool are_beside(hot_spot const& a, hot_spot const& b) {
    return !intersection(grown(a.where, coord<3>::filled(1)), b.where).empty();
  }

  coord<3> shape_;
  coord<3> cell_;
  dense_array<std::int64_t, 3> sums_;
  dense_array<index_t, 3> voxels_;
};

}  // namespace voxstitch::pipeline
