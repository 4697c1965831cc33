// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a tile of one presmoothed channel become the features of one scale?

#include <optional>

#include "voxstitch/features/detail/tensor_planes.hpp"

namespace voxstitch::features::detail {

/// Derivatives that the chosen filters are made of, beside the structure tensor's.
[[nodiscard]] inline derivative_set derivatives_for(scale_plan const& plan) {
  derivative_set set;
  unsigned const z = plan.in_2d ? 0 : 1;
  auto const add_3d = [&](derivative d) {
    if (z != 0) set.add(d);
  };
  if (plan.wants(filter::gaussian_smoothing) || plan.wants(filter::difference_of_gaussians))
    set.add({0, 0, 0});
  if (plan.wants(filter::gaussian_gradient_magnitude)) {
    for (derivative d : {derivative{1, 0, 0}, derivative{0, 1, 0}}) set.add(d);
    add_3d({0, 0, 1});
  }
  bool const hessian = plan.wants(filter::hessian_of_gaussian_eigenvalues);
  if (hessian || plan.wants(filter::laplacian_of_gaussian)) {
    for (derivative d : {derivative{2, 0, 0}, derivative{0, 2, 0}}) set.add(d);
    add_3d({0, 0, 2});
  }
  if (hessian) {
    set.add({1, 1, 0});
    for (derivative d : {derivative{1, 0, 1}, derivative{0, 1, 1}}) add_3d(d);
  }
  return set;
}

[[nodiscard]] inline derivative_set only_smoothing() {
  derivative_set set;
  set.add({0, 0, 0});
  return set;
}

/// All filters of one scale on one channel: planes are filtered along x and y, then blocks of rows
/// along z and combined to features.
class scale_sweep {
 public:
  /// @param planes planes of the tile
  scale_sweep(row_passes const& passes, scale_plan const& plan, plane_region const& region,
              box<3> const& domain, index_t first_z, index_t planes, tile_scratch& scratch)
      : passes_(passes), plan_(plan), region_(region), first_z_(first_z),
        planes_(planes), largest_{0, plan.in_2d ? 1 : planes, 0,
                                  plan.in_2d ? region.rows : rows_of_block},
        derivatives_(passes, region, plan.filters, derivatives_for(plan), first_z, largest_.planes,
                     largest_.rows_per_plane, scratch),
        combined_stride_(odd_lines(floats_of(largest_))),
        combined_(scratch.take(3 * combined_stride_)) {
    if (plan.wants(filter::difference_of_gaussians))
      narrow_.emplace(passes, region, plan.narrow, only_smoothing(), first_z, largest_.planes,
                      largest_.rows_per_plane, scratch);
    if (plan.wants_tensor())
      tensor_.emplace(passes, region, plan, domain, first_z, largest_.planes,
                      largest_.rows_per_plane, scratch);
  }

  [[nodiscard]] static index_t scratch_floats(index_t planes, index_t rows, index_t width) {
    auto const with_blocks_of = [&](index_t block_planes, index_t block_rows) {
      return 2 * derivative_planes::scratch_floats(rows, width, block_planes, block_rows) +
             tensor_planes::scratch_floats(rows, width, block_planes, block_rows) +
             3 * odd_lines(block_planes * block_rows * width);
    };
    return std::max(with_blocks_of(1, rows), with_blocks_of(planes, rows_of_block));
  }

  /// Hands over the features block by block: `begin(block)`, then for each feature
  /// `write(filter, component, values)`; rows of values are region.width apart, planes follow one
  /// another.
  template <class Begin, class Write>
  void run(Begin const& begin, Write const& write) {
    if (plan_.in_2d) {
      for (index_t z = first_z_; z < first_z_ + planes_; ++z) {
        advance(z, z + 1);
        make_block({z, 1, 0, region_.rows}, begin, write);
      }
    } else {
      advance(first_z_, first_z_ + planes_);
      for (index_t y = 0; y < region_.rows; y += rows_of_block)
        make_block({first_z_, planes_, y, std::min(rows_of_block, region_.rows - y)}, begin, write);
    }
  }

 private:
  /// In 3D: two rows of a packet of 8 columns fill a cache line.
  static constexpr index_t rows_of_block = 2;

  /// Plane by plane, so that all filters read a plane of the field while it is in the first cache.
  void advance(index_t first_z, index_t end) {
    for (index_t z = first_z + 1; z <= end; ++z) {
      derivatives_.advance_to(z);
      if (narrow_) narrow_->advance_to(z);
      if (tensor_) tensor_->advance_to(z);
    }
    if (tensor_) tensor_->mirror_planes(first_z, end);
  }

  template <class Begin, class Write>
  void make_block(row_block const& block, Begin const& begin, Write const& write) {
    count_ = floats_of(block);
    begin(block);
    derivatives_.finish(block);
    if (plan_.wants(filter::gaussian_smoothing))
      write(filter::gaussian_smoothing, 0, derivatives_[{0, 0, 0}]);
    write_one(filter::laplacian_of_gaussian, write, [&] { laplacian(); });
    write_one(filter::gaussian_gradient_magnitude, write, [&] { gradient_magnitude(); });
    write_one(filter::difference_of_gaussians, write, [&] { difference(block); });
    write_values(filter::structure_tensor_eigenvalues, write, [&] { tensor_eigenvalues(block); });
    write_values(filter::hessian_of_gaussian_eigenvalues, write, [&] { hessian_eigenvalues(); });
  }

  [[nodiscard]] index_t floats_of(row_block const& block) const {
    return block.planes * block.rows_per_plane * region_.width;
  }
  template <class Write, class Compute>
  void write_one(filter f, Write const& write, Compute const& compute) {
    if (!plan_.wants(f)) return;
    compute();
    write(f, 0, combined_);
  }
  template <class Write, class Compute>
  void write_values(filter f, Write const& write, Compute const& compute) {
    if (!plan_.wants(f)) return;
    compute();
    for (std::size_t i = 0; i < plan_.rank(); ++i)
      write(f, i, combined_ + static_cast<index_t>(i) * combined_stride_);
  }

  [[nodiscard]] row_set of(derivative a, derivative b, derivative c) const {
    row_set rows;
    rows.in[0] = derivatives_[a];
    rows.in[1] = derivatives_[b];
    if (!plan_.in_2d) rows.in[2] = derivatives_[c];
    rows.out[0] = combined_;
    rows.count = count_;
    return rows;
  }

  void laplacian() const {
    auto const add = plan_.in_2d ? passes_.sum_2d : passes_.sum_3d;
    add(of({2, 0, 0}, {0, 2, 0}, {0, 0, 2}));
  }
  void gradient_magnitude() const {
    auto const magnitude = plan_.in_2d ? passes_.magnitude_2d : passes_.magnitude_3d;
    magnitude(of({1, 0, 0}, {0, 1, 0}, {0, 0, 1}));
  }
  void difference(row_block const& block) {
    narrow_->finish(block);
    row_set rows;
    rows.in[0] = derivatives_[{0, 0, 0}];
    rows.in[1] = (*narrow_)[{0, 0, 0}];
    rows.out[0] = combined_;
    rows.count = count_;
    passes_.difference(rows);
  }
  void tensor_eigenvalues(row_block const& block) {
    tensor_->finish(block);
    tensor_planes const& t = *tensor_;
    if (plan_.in_2d)
      eigenvalues_2d(t[0], t[1], t[2]);
    else
      eigenvalues_3d({t[0], t[1], t[2], t[3], t[4], t[5]});
  }
  void hessian_eigenvalues() const {
    derivative_planes const& d = derivatives_;
    if (plan_.in_2d)
      eigenvalues_2d(d[{2, 0, 0}], d[{1, 1, 0}], d[{0, 2, 0}]);
    else
      eigenvalues_3d(
          {d[{0, 0, 2}], d[{0, 1, 1}], d[{1, 0, 1}], d[{0, 2, 0}], d[{1, 1, 0}], d[{2, 0, 0}]});
  }
  void eigenvalues_2d(float const* xx, float const* xy, float const* yy) const {
    passes_.eigenvalues_2d({{xx, xy, yy}, {combined_, combined_ + combined_stride_}, count_});
  }
  void eigenvalues_3d(std::array<float const*, 6> const& entries) const {
    passes_.eigenvalues_3d({entries, combined_, combined_stride_, count_});
  }

  row_passes const& passes_;
  scale_plan const& plan_;
  plane_region region_;
  index_t first_z_;
  index_t planes_;
  row_block largest_;
  derivative_planes derivatives_;
  std::optional<derivative_planes> narrow_;
  std::optional<tensor_planes> tensor_;
  index_t combined_stride_;
  float* combined_;
  index_t count_ = 0;  ///< floats of the present block
};

}  // namespace voxstitch::features::detail
