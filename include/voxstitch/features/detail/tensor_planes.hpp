// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is the structure tensor of a presmoothed tile computed, plane after plane?

#include "voxstitch/features/detail/derivative_planes.hpp"
#include "voxstitch/features/detail/mirrored_rows.hpp"

namespace voxstitch::features::detail {

/// Products of the gradient's components, smoothed along x, y and z. They are mirrored at the
/// domain's border as products: a component itself changes its sign there.
class tensor_planes {
 public:
  /// @param region where the tensor is wanted; @param first_z its first plane
  /// @param planes planes of a block of rows at most; @param rows its rows per plane at most
  tensor_planes(row_passes const& passes, plane_region const& region, scale_plan const& plan,
                box<3> const& domain, index_t first_z, index_t planes, index_t rows,
                tile_scratch& scratch)
      : passes_(passes), region_(region), smoothing_(plan.filters), domain_(domain),
        radius_(plan.filters.radius), radius_z_(plan.in_2d ? 0 : radius_),
        entries_(plan.in_2d ? 3 : 6), outer_(grown_region(region, radius_)),
        next_(std::max(first_z - radius_z_, domain.inclusive_min[0])),
        gradient_radius_(plan.gradient.radius), gradient_weights_(plan.gradient.weights),
        gradient_(passes, outer_, plan.gradient, gradient_set(plan.in_2d), next_, 1, 0, scratch),
        smoothed_(first_z - radius_z_, planes + 2 * radius_z_, entries_, region.floats(), scratch),
        out_stride_(odd_lines(planes * rows * region.width)) {
    products_ = scratch.take(entries_ * odd_lines(outer_.floats()));
    along_x_ = scratch.take(outer_.rows * region.width);
    if (!plan.in_2d) out_ = scratch.take(entries_ * out_stride_);
  }

  [[nodiscard]] static index_t scratch_floats(index_t region_rows, index_t width, index_t planes,
                                              index_t rows) {
    index_t const outer_width = grown_width(width, largest_filter_radius);
    index_t const outer_rows = region_rows + 2 * largest_filter_radius;
    return derivative_planes::scratch_floats(outer_rows, outer_width, 1, 0) +
           plane_store::floats_of(planes + 4, 6, region_rows * width) +
           6 * odd_lines(outer_rows * outer_width) + outer_rows * width +
           6 * odd_lines(planes * rows * width);
  }

  /// Smooths along x and y what the planes before `end` need.
  void advance_to(index_t end) {
    index_t const last = std::min(end + radius_z_, domain_.exclusive_max[0]);
    for (; next_ < last; ++next_) multiply_and_smooth(next_);
  }
  /// Fills what the planes [first_z, end) need beyond the domain; all others are there.
  void mirror_planes(index_t first_z, index_t end) const {
    for (index_t z = first_z - radius_z_; z < end + radius_z_; ++z) {
      index_t const from = mirrored(z, domain_.inclusive_min[0], domain_.exclusive_max[0]);
      if (from != z) std::copy_n(smoothed_.at(from, 0), smoothed_.stride(), smoothed_.at(z, 0));
    }
  }

  /// Smooths a block of rows along z.
  void finish(row_block const& block) {
    block_ = block;
    if (region_.in_2d) return;
    index_t const row = block.rows_per_plane * region_.width;
    for (index_t e = 0; e < entries_; ++e)
      passes_.filters_across[radius_][smooth_bit](
          {smoothed_.at(block.z, e) + block.y * region_.width,
           {out_ + e * out_stride_, nullptr, nullptr},
           block.planes,
           row,
           smoothed_.stride(),
           row},
          smoothing_.weights);
  }

  /// The finished block of an entry, as derivative_planes gives it. Entries: in 2D xx, xy, yy, in
  /// 3D zz, zy, zx, yy, yx, xx.
  [[nodiscard]] float const* operator[](index_t entry) const {
    return region_.in_2d ? smoothed_.at(block_.z, entry) + block_.y * region_.width
                         : out_ + entry * out_stride_;
  }

 private:
  [[nodiscard]] static index_t grown_width(index_t width, index_t radius) {
    return rounded_up(width + 2 * radius);
  }
  [[nodiscard]] static plane_region grown_region(plane_region region, index_t radius) {
    region.y -= radius;
    region.x -= radius;
    region.rows += 2 * radius;
    region.width = grown_width(region.width, radius);
    return region;
  }
  [[nodiscard]] static derivative_set gradient_set(bool in_2d) {
    derivative_set set;
    set.add({1, 0, 0});
    set.add({0, 1, 0});
    if (!in_2d) set.add({0, 0, 1});
    return set;
  }
  void multiply_and_smooth(index_t z) {
    gradient_.advance_to(z + 1);
    region_.in_2d ? multiply_2d(z) : multiply_3d(z);
    for (index_t e = 0; e < entries_; ++e) {
      mirror_product(product(e));
      smooth_along_x_and_y(product(e), smoothed_.at(z, e));
    }
  }
  [[nodiscard]] float* product(index_t entry) const {
    return products_ + entry * odd_lines(outer_.floats());
  }

  void multiply_2d(index_t z) const {
    passes_.products_2d({{gradient_.plane(z, 1, 0), gradient_.plane(z, 0, 1), nullptr},
                         {product(0), product(1), product(2)},
                         outer_.floats()});
  }
  void multiply_3d(index_t z) const {
    index_t const radius = gradient_radius_;
    auto const around = [&](unsigned x, unsigned y) -> gradient_rows::three_planes {
      return {gradient_.plane(z - radius, x, y), gradient_.plane(z, x, y),
              gradient_.plane(z + radius, x, y)};
    };
    passes_.products_3d[radius](
        {around(1, 0),
         around(0, 1),
         around(0, 0),
         {product(0), product(1), product(2), product(3), product(4), product(5)},
         outer_.floats()},
        gradient_weights_);
  }

  /// Tiles inside the domain have nothing to do here.
  void mirror_product(float* plane) const {
    index_t const top = domain_.inclusive_min[1] - outer_.y;
    index_t const bottom = domain_.exclusive_max[1] - outer_.y;
    index_t const left = domain_.inclusive_min[2] - outer_.x;
    index_t const right = domain_.exclusive_max[2] - outer_.x;
    if (top <= 0 && left <= 0 && bottom >= outer_.rows && right >= outer_.width) return;
    // beyond the border only what the filter reaches: the rest of a row is padding
    index_t const columns = std::min(outer_.width, right + radius_);
    for (index_t y = std::max<index_t>(top, 0); y < std::min(bottom, outer_.rows); ++y)
      mirror_row(plane + y * outer_.width, columns, left, right);
    mirror_rows(plane, std::min(outer_.rows, bottom + radius_), outer_.width, top, bottom);
  }

  void smooth_along_x_and_y(float const* from, float* to) const {
    index_t const width = region_.width;
    passes_.filters_along[radius_][smooth_bit](
        {from + radius_, {along_x_, nullptr, nullptr}, outer_.rows, width, outer_.width, width},
        smoothing_.weights);
    passes_.filters_across[radius_][smooth_bit](
        {along_x_ + radius_ * width, {to, nullptr, nullptr}, region_.rows, width, width, width},
        smoothing_.weights);
  }

  row_passes const& passes_;
  plane_region region_;
  short_kernels const& smoothing_;
  box<3> domain_;
  index_t radius_;
  index_t radius_z_;
  index_t entries_;
  plane_region outer_;
  index_t next_;
  index_t gradient_radius_;
  filter_weights const& gradient_weights_;
  derivative_planes gradient_;
  plane_store smoothed_;
  float* products_ = nullptr;
  float* along_x_ = nullptr;
  float* out_ = nullptr;
  index_t out_stride_;
  row_block block_;
};

}  // namespace voxstitch::features::detail
