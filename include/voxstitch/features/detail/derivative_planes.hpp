// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are many derivatives of a presmoothed tile computed, plane after plane?

#include <array>

#include "voxstitch/features/detail/row_passes.hpp"
#include "voxstitch/features/detail/scale_plan.hpp"
#include "voxstitch/features/presmoothed.hpp"
#include "voxstitch/features/tile_scratch.hpp"

namespace voxstitch::features::detail {

/// Orders of derivative along x, y and z.
struct derivative {
  unsigned x = 0, y = 0, z = 0;
};

/// A set of derivatives of a total order up to 2.
class derivative_set {
 public:
  void add(derivative d) { wanted_[d.x][d.y][d.z] = true; }
  /// Orders along z that are wanted with these along x and y, as a mask of order_bits.
  [[nodiscard]] unsigned z_mask(unsigned x, unsigned y) const {
    return mask_of([&](unsigned z) { return wanted_[x][y][z]; });
  }
  [[nodiscard]] unsigned y_mask(unsigned x) const {
    return mask_of([&](unsigned y) { return z_mask(x, y) != 0; });
  }
  [[nodiscard]] unsigned x_mask() const {
    return mask_of([&](unsigned x) { return y_mask(x) != 0; });
  }

 private:
  template <class Predicate>
  [[nodiscard]] static unsigned mask_of(Predicate const& wanted) {
    return (wanted(0) ? smooth_bit : 0u) | (wanted(1) ? first_bit : 0u) |
           (wanted(2) ? second_bit : 0u);
  }
  bool wanted_[3][3][3] = {};
};

/// The passes that a set of derivatives needs, as masks of order_bits.
struct pass_masks {
  unsigned x = 0;
  unsigned y[3] = {};     ///< by order along x
  unsigned z[3][3] = {};  ///< by orders along x and y

  explicit pass_masks(derivative_set const& set) : x(set.x_mask()) {
    for (unsigned i = 0; i < 3; ++i) {
      y[i] = set.y_mask(i);
      for (unsigned j = 0; j < 3; ++j) z[i][j] = set.z_mask(i, j);
    }
  }
};

/// The part of a presmoothed field that planes are computed on.
struct plane_region {
  presmoothed_field const* field = nullptr;
  index_t y = 0, x = 0;  ///< first row and column, in the domain's coordinates
  index_t rows = 0;
  index_t width = 0;  ///< columns, a multiple of vector_floats
  bool in_2d = false;

  [[nodiscard]] index_t floats() const { return rows * width; }
};

/// Pointers to the last planes that were computed. The oldest one is overwritten by the next.
class plane_ring {
 public:
  plane_ring() = default;
  /// @param count planes, odd and at most 5; `floats` apart
  plane_ring(float* memory, index_t count, index_t floats) : count_(count) {
    for (index_t i = 0; i < count; ++i) planes_[static_cast<std::size_t>(i)] = memory + i * floats;
  }
  /// The plane to be computed next; from now on it is the newest.
  [[nodiscard]] float* next() {
    std::rotate(planes_.begin(), planes_.begin() + 1, planes_.begin() + count_);
    return newest();
  }
  [[nodiscard]] float* newest() const { return before_newest(0); }
  [[nodiscard]] float* before_newest(index_t age) const {
    return planes_[static_cast<std::size_t>(count_ - 1 - age)];
  }

 private:
  std::array<float*, 5> planes_{};
  index_t count_ = 1;
};

/// One-dimensional passes along x, y and z, in this order, each shared by all derivatives that
/// begin with it: the full set at one scale takes 3 x, 6 y and 10 z passes. The last planes after x
/// and y are kept in a ring, so that everything stays in the first cache.
class derivative_planes {
 public:
  derivative_planes(row_passes const& passes, plane_region const& region,
                    short_kernels const& kernels, derivative_set const& wanted,
                    tile_scratch& scratch)
      : passes_(passes), region_(region), kernels_(kernels), masks_(wanted),
        radius_z_(region.in_2d ? 0 : kernels.radius) {
    for (float*& rows : along_x_) rows = scratch.take(x_floats());
    index_t const planes = 2 * radius_z_ + 1;
    index_t const floats = ring_fields * region.floats();
    ring_ = plane_ring(scratch.take(planes * floats), planes, floats);
    if (!region.in_2d) out_ = scratch.take(ring_fields * 3 * region.floats());
  }

  /// Upper bound of what the constructor takes.
  [[nodiscard]] static index_t scratch_floats(index_t rows, index_t width) {
    return 3 * (rows + 4) * width + (5 + 3) * ring_fields * rows * width;
  }

  /// Computes the planes at z, in the domain's coordinates; z grows by one from call to call.
  void advance_to(index_t z) {
    if (!started_) next_ = z - radius_z_;
    started_ = true;
    for (; next_ <= z + radius_z_; ++next_) filter_along_x_and_y(next_, ring_.next());
    if (!region_.in_2d) filter_along_z();
  }

  /// The plane of a wanted derivative; rows are region.width apart. Valid until the next advance.
  [[nodiscard]] float const* operator[](derivative d) const {
    return region_.in_2d ? ring_.newest() + offset_of(d.x, d.y) : out_plane(d.x, d.y, d.z);
  }

 private:
  static constexpr index_t ring_fields = 6;

  /// Place of the fields of orders x, y with x + y <= 2.
  [[nodiscard]] static index_t field_of(unsigned x, unsigned y) {
    return static_cast<index_t>(x == 0 ? y : 2 + x + y + x / 2);
  }
  [[nodiscard]] index_t x_floats() const {
    return (region_.rows + 2 * kernels_.radius) * region_.width;
  }
  [[nodiscard]] index_t offset_of(unsigned x, unsigned y) const {
    return field_of(x, y) * region_.floats();
  }
  [[nodiscard]] float* out_plane(unsigned x, unsigned y, unsigned z) const {
    return out_ + (field_of(x, y) * 3 + static_cast<index_t>(z)) * region_.floats();
  }
  void filter(unsigned orders, line_batch const& batch) const {
    if (orders != 0) passes_.filters[kernels_.radius][orders](batch, kernels_.weights);
  }

  void filter_along_x_and_y(index_t z, float* fields) const {
    index_t const radius = kernels_.radius;
    float const* const first = region_.field->at({z, region_.y - radius, region_.x});
    filter(masks_.x, {taps_around(first, 1, radius),
                      {along_x_[0], along_x_[1], along_x_[2]},
                      region_.rows + 2 * radius,
                      region_.width,
                      region_.field->row_stride(),
                      region_.width});
    for (unsigned x = 0; x < 3; ++x)
      if (masks_.y[x] != 0) filter_along_y(x, fields);
  }

  void filter_along_y(unsigned x, float* fields) const {
    float const* const first = along_x_[x] + kernels_.radius * region_.width;
    line_batch batch{taps_around(first, region_.width, kernels_.radius), {}, 1, region_.floats()};
    for (unsigned y = 0; x + y < 3; ++y) batch.out[y] = fields + offset_of(x, y);
    filter(masks_.y[x], batch);
  }

  void filter_along_z() const {
    for (unsigned x = 0; x < 3; ++x)
      for (unsigned y = 0; x + y < 3; ++y)
        if (masks_.z[x][y] != 0) filter_along_z(x, y);
  }

  void filter_along_z(unsigned x, unsigned y) const {
    line_batch batch{{}, {}, 1, region_.floats()};
    for (index_t k = -2; k <= 2; ++k) {
      index_t const age = radius_z_ - std::clamp(k, -radius_z_, radius_z_);
      batch.tap[static_cast<std::size_t>(2 + k)] = ring_.before_newest(age) + offset_of(x, y);
    }
    for (unsigned z = 0; z < 3; ++z) batch.out[z] = out_plane(x, y, z);
    filter(masks_.z[x][y], batch);
  }

  row_passes const& passes_;
  plane_region region_;
  short_kernels const& kernels_;
  pass_masks masks_;
  index_t radius_z_;
  std::array<float*, 3> along_x_{};
  plane_ring ring_;
  float* out_ = nullptr;
  index_t next_ = 0;
  bool started_ = false;
};

}  // namespace voxstitch::features::detail
