// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is the structure tensor of a presmoothed tile computed, plane after plane?

#include "voxstitch/features/detail/derivative_planes.hpp"
#include "voxstitch/features/mirror.hpp"

namespace voxstitch::features::detail {

/// Products of the gradient's components, smoothed along x, y and z. They are mirrored at the
/// domain's border as products: a component itself changes its sign there.
class tensor_planes {
 public:
  /// @param region where the tensor is wanted; @param first_z its first plane
  tensor_planes(row_passes const& passes, plane_region const& region, scale_plan const& plan,
                box<3> const& domain, index_t first_z, tile_scratch& scratch)
      : passes_(passes), region_(region), smoothing_(plan.filters), domain_(domain),
        radius_(plan.filters.radius), radius_z_(plan.in_2d ? 0 : radius_),
        entries_(plan.in_2d ? 3 : 6), outer_(grown_region(region, radius_)),
        gradient_(passes, outer_, plan.gradient, gradient_set(plan.in_2d), scratch),
        next_(std::max(first_z - radius_z_, domain.inclusive_min[0])) {
    products_ = scratch.take(entries_ * outer_.floats());
    along_x_ = scratch.take(entries_ * outer_.rows * region.width);
    index_t const planes = 2 * radius_z_ + 1;
    index_t const floats = entries_ * region.floats();
    ring_ = plane_ring(scratch.take(planes * floats), planes, floats);
    out_ = scratch.take(entries_ * region.floats());
  }

  [[nodiscard]] static index_t scratch_floats(index_t rows, index_t width) {
    index_t const outer_width = grown_width(width, largest_filter_radius);
    index_t const outer_rows = rows + 2 * largest_filter_radius;
    return derivative_planes::scratch_floats(outer_rows, outer_width) +
           6 * (outer_rows * (outer_width + width) + (5 + 1) * rows * width);
  }

  /// Computes the planes at z; z grows by one from call to call.
  void advance_to(index_t z) {
    index_t const last = std::min(z + radius_z_, domain_.exclusive_max[0] - 1);
    for (; next_ <= last; ++next_) multiply_and_smooth(next_);
    line_batch batch{{}, {out_, nullptr, nullptr}, 1, entries_ * region_.floats()};
    for (index_t k = -2; k <= 2; ++k) {
      index_t const at = mirrored(z + std::clamp(k, -radius_z_, radius_z_),
                                  domain_.inclusive_min[0], domain_.exclusive_max[0]);
      batch.tap[static_cast<std::size_t>(2 + k)] = ring_.before_newest(next_ - 1 - at);
    }
    passes_.filters[radius_z_][smooth_bit](batch, smoothing_.weights);
  }

  /// The entries' planes, region.floats() apart: in 2D xx, xy, yy, in 3D zz, zy, zx, yy, yx, xx.
  [[nodiscard]] float const* entries() const { return out_; }

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
    gradient_.advance_to(z);
    multiply();
    mirror_products();
    smooth_along_x_and_y(ring_.next());
  }

  void multiply() const {
    product_rows const rows{{gradient_[{1, 0, 0}], gradient_[{0, 1, 0}],
                             region_.in_2d ? nullptr : gradient_[{0, 0, 1}]},
                            products_,
                            outer_.floats(),
                            outer_.floats()};
    (region_.in_2d ? passes_.products_2d : passes_.products_3d)(rows);
  }

  /// Tiles inside the domain have nothing to do here.
  void mirror_products() const {
    index_t const top = domain_.inclusive_min[1] - outer_.y;
    index_t const bottom = domain_.exclusive_max[1] - outer_.y;
    index_t const left = domain_.inclusive_min[2] - outer_.x;
    index_t const right = domain_.exclusive_max[2] - outer_.x;
    if (top <= 0 && left <= 0 && bottom >= outer_.rows && right >= outer_.width) return;
    for (index_t e = 0; e < entries_; ++e) {
      float* const plane = products_ + e * outer_.floats();
      // beyond the border only what the filter reaches: the rest of a row is padding
      index_t const columns = std::min(outer_.width, right + radius_);
      for (index_t y = std::max<index_t>(top, 0); y < std::min(bottom, outer_.rows); ++y)
        mirror_row(plane + y * outer_.width, columns, left, right);
      mirror_rows(plane, std::min(outer_.rows, bottom + radius_), outer_.width, top, bottom);
    }
  }

  void smooth_along_x_and_y(float* to) const {
    auto const smooth = passes_.filters[radius_][smooth_bit];
    smooth({taps_around(products_ + radius_, 1, radius_),
            {along_x_, nullptr, nullptr},
            entries_ * outer_.rows,
            region_.width,
            outer_.width,
            region_.width},
           smoothing_.weights);
    smooth({taps_around(along_x_ + radius_ * region_.width, region_.width, radius_),
            {to, nullptr, nullptr},
            entries_,
            region_.floats(),
            outer_.rows * region_.width,
            region_.floats()},
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
  derivative_planes gradient_;
  index_t next_;
  float* products_ = nullptr;
  float* along_x_ = nullptr;
  plane_ring ring_;
  float* out_ = nullptr;
};

}  // namespace voxstitch::features::detail
