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

/// Planes and rows whose features are made at once, so that their values stay in the first cache:
/// in 3D a few rows of all planes, in 2D all rows of one plane.
struct row_block {
  index_t z = 0, planes = 1;          ///< in the domain's coordinates
  index_t y = 0, rows_per_plane = 1;  ///< counted from the region's first row
};

/// Planes of some fields, computed one after the other along z; the last ones are kept.
class plane_store {
 public:
  plane_store() = default;
  /// @param first_z first plane; @param kept planes that are kept
  plane_store(index_t first_z, index_t kept, index_t fields, index_t floats, tile_scratch& scratch)
      : first_z_(first_z), kept_(kept), field_stride_(odd_lines(floats)),
        stride_(odd_lines(fields * field_stride_)), memory_(scratch.take(kept * stride_)) {}

  [[nodiscard]] static index_t floats_of(index_t kept, index_t fields, index_t floats) {
    return kept * odd_lines(fields * odd_lines(floats));
  }

  [[nodiscard]] float* at(index_t z, index_t field) const {
    index_t const place = z - first_z_;
    return memory_ + (place < kept_ ? place : place % kept_) * stride_ + field * field_stride_;
  }
  /// Floats between the planes that have not been overwritten yet.
  [[nodiscard]] index_t stride() const { return stride_; }

 private:
  index_t first_z_ = 0;
  index_t kept_ = 1;
  index_t field_stride_ = 0;
  index_t stride_ = 0;
  float* memory_ = nullptr;
};

/// One-dimensional passes along x, y and z, in this order, each shared by all derivatives that
/// begin with it: the full set at one scale takes 3 x, 6 y and 10 z passes. Planes after x and y go
/// through the second cache; the z pass reads and writes what stays in the first one.
class derivative_planes {
 public:
  /// @param first_z first plane whose derivatives are wanted
  /// @param planes  planes of a block of rows at most
  /// @param rows    its rows per plane at most
  derivative_planes(row_passes const& passes, plane_region const& region,
                    short_kernels const& kernels, derivative_set const& wanted, index_t first_z,
                    index_t planes, index_t rows, tile_scratch& scratch)
      : passes_(passes), region_(region), kernels_(kernels), masks_(wanted),
        radius_z_(region.in_2d ? 0 : kernels.radius), next_(first_z - radius_z_),
        along_xy_(next_, planes + 2 * radius_z_, fields, region.floats(), scratch),
        out_stride_(odd_lines(planes * rows * region.width)) {
    for (float*& x : along_x_) x = scratch.take(x_floats());
    if (!region.in_2d) out_ = scratch.take(fields * 3 * out_stride_);
  }

  /// Upper bound of what the constructor takes.
  [[nodiscard]] static index_t scratch_floats(index_t region_rows, index_t width, index_t planes,
                                              index_t rows) {
    return 3 * (region_rows + 4) * width +
           plane_store::floats_of(planes + 4, fields, region_rows * width) +
           fields * 3 * odd_lines(planes * rows * width);
  }

  /// Filters along x and y what the planes before `end` need. Where the structure tensor alone is
  /// wanted, these are none.
  void advance_to(index_t end) {
    if (masks_.x == 0) return;
    for (; next_ < end + radius_z_; ++next_) filter_along_x_and_y(next_);
  }

  /// A plane after the passes along x and y; the last 2 radius + 1 are there.
  [[nodiscard]] float const* plane(index_t z, unsigned x, unsigned y) const {
    return along_xy_.at(z, field_of(x, y));
  }

  /// Filters a block of rows along z.
  void finish(row_block const& block) {
    block_ = block;
    if (region_.in_2d) return;
    for (unsigned x = 0; x < 3; ++x)
      for (unsigned y = 0; x + y < 3; ++y)
        if (masks_.z[x][y] != 0) filter_along_z(x, y);
  }

  /// The finished block of a wanted derivative: rows of region.width floats, one after the other
  /// and plane after plane. Valid until the next call.
  [[nodiscard]] float const* operator[](derivative d) const {
    return region_.in_2d ? row_of_block(d.x, d.y) : out(d.x, d.y, d.z);
  }

 private:
  static constexpr index_t fields = 6;

  /// Place of the fields of orders x, y with x + y <= 2.
  [[nodiscard]] static index_t field_of(unsigned x, unsigned y) {
    return static_cast<index_t>(x == 0 ? y : 2 + x + y + x / 2);
  }
  [[nodiscard]] index_t x_floats() const {
    return (region_.rows + 2 * kernels_.radius) * region_.width;
  }
  [[nodiscard]] float* out(unsigned x, unsigned y, unsigned z) const {
    return out_ + (field_of(x, y) * 3 + static_cast<index_t>(z)) * out_stride_;
  }
  [[nodiscard]] float const* row_of_block(unsigned x, unsigned y) const {
    return plane(block_.z, x, y) + block_.y * region_.width;
  }
  void filter_along_x_and_y(index_t z) const {
    index_t const radius = kernels_.radius;
    line_batch const batch{region_.field->at({z, region_.y - radius, region_.x}),
                           along_x_,
                           region_.rows + 2 * radius,
                           region_.width,
                           region_.field->row_stride(),
                           region_.width};
    passes_.filters_along[radius][masks_.x](batch, kernels_.weights);
    for (unsigned x = 0; x < 3; ++x)
      if (masks_.y[x] != 0) filter_along_y(x, z);
  }

  void filter_along_y(unsigned x, index_t z) const {
    index_t const width = region_.width;
    line_batch batch{along_x_[x] + kernels_.radius * width, {}, region_.rows, width, width, width};
    for (unsigned y = 0; x + y < 3; ++y) batch.out[y] = along_xy_.at(z, field_of(x, y));
    passes_.filters_across[kernels_.radius][masks_.y[x]](batch, kernels_.weights);
  }

  void filter_along_z(unsigned x, unsigned y) const {
    index_t const row = block_.rows_per_plane * region_.width;
    line_batch batch{row_of_block(x, y), {}, block_.planes, row, along_xy_.stride(), row};
    for (unsigned z = 0; z < 3; ++z) batch.out[z] = out(x, y, z);
    passes_.filters_across[kernels_.radius][masks_.z[x][y]](batch, kernels_.weights);
  }

  row_passes const& passes_;
  plane_region region_;
  short_kernels const& kernels_;
  pass_masks masks_;
  index_t radius_z_;
  index_t next_;
  plane_store along_xy_;
  std::array<float*, 3> along_x_{};
  float* out_ = nullptr;
  index_t out_stride_;
  row_block block_;
};

}  // namespace voxstitch::features::detail
