// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where is a block kept that has been smoothed with every scale?

#include <vector>

#include "voxstitch/features/detail/aligned_floats.hpp"
#include "voxstitch/features/detail/plane_window.hpp"
#include "voxstitch/features/detail/vector_loop.hpp"
#include "voxstitch/features/slabs.hpp"
#include "voxstitch/geometry/box.hpp"

namespace voxstitch::features {

/// One channel smoothed with one scale, on a frame that holds the result box and the reach of the
/// filters to come. Where the frame leaves the domain it holds mirrored values, so that these
/// filters need no border of their own. Rows start anywhere and may be read `slack` floats beyond
/// their end, where something finite stands.
class presmoothed_field {
 public:
  static constexpr index_t slack = 128;

  /// Takes a frame; the memory is kept when it suffices, its contents are not.
  void reshape(box<3> const& frame) {
    frame_ = frame;
    row_stride_ = stride_of(frame.extent(2));
    plane_stride_ = detail::odd_lines(row_stride_ * frame.extent(1));
    memory_.reserve(floats_of(frame));
    std::fill_n(memory_.data() + plane_stride_ * frame.extent(0), slack, 0.0f);
  }

  [[nodiscard]] box<3> const& frame() const { return frame_; }
  [[nodiscard]] index_t row_stride() const { return row_stride_; }
  [[nodiscard]] index_t plane_stride() const { return plane_stride_; }

  /// The float of a voxel (z, y, x in the domain's coordinates).
  [[nodiscard]] float* at(coord<3> const& voxel) { return memory_.data() + offset(voxel); }
  [[nodiscard]] float const* at(coord<3> const& voxel) const {
    return memory_.data() + offset(voxel);
  }

  /// Floats of memory that it holds.
  [[nodiscard]] index_t floats() const { return memory_.size(); }

  [[nodiscard]] static index_t floats_of(box<3> const& frame) {
    return frame.extent(0) * detail::odd_lines(frame.extent(1) * stride_of(frame.extent(2))) +
           slack;
  }

 private:
  /// Whole vectors may be written from any column of the frame on.
  [[nodiscard]] static index_t stride_of(index_t columns) {
    return detail::rounded_up(columns) + detail::vector_floats;
  }
  [[nodiscard]] index_t offset(coord<3> const& voxel) const {
    coord<3> const at = voxel - frame_.inclusive_min;
    return at[0] * plane_stride_ + at[1] * row_stride_ + at[2];
  }

  box<3> frame_;
  index_t row_stride_ = 0;
  index_t plane_stride_ = 0;
  detail::aligned_floats memory_;
};

/// A block that is presmoothed slab after slab: all that the filters of the present slab's tiles
/// read, and what the next slab needs of it.
struct presmoothed {
  explicit presmoothed(slabs const& s) : parts(s) {}

  slabs parts;
  index_t present = -1;                       ///< number of the present slab
  box<3> domain;                              ///< z, y, x
  box<3> result;                              ///< the present slab; tiles lie in here
  std::vector<presmoothed_field> fields;      ///< [used scale][input channel], channels fastest
  std::vector<detail::plane_window> windows;  ///< of the fields: planes smoothed along x and y;
                                              ///< one for all where there is only one slab
};

}  // namespace voxstitch::features
