// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a block smoothed with one scale?

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <vector>

#include "voxstitch/features/detail/scale_plan.hpp"
#include "voxstitch/features/detail/turned_plane.hpp"
#include "voxstitch/features/presmoothed.hpp"

namespace voxstitch::features::detail {

/// The boxes of one smoothing. Along each axis the values in `inner` are computed from those in
/// `source`; what `inner` plus the radius has beyond the domain is mirrored.
struct smoothing_boxes {
  box<3> frame;   ///< what is wanted, may leave the domain
  box<3> inner;   ///< the frame within the domain
  box<3> source;  ///< what is read
  index_t width;  ///< floats of a row of intermediate results: inner's columns, rounded up

  smoothing_boxes(scale_plan const& plan, box<3> const& result, box<3> const& domain)
      : frame(grown(result, plan.filter_reach())), inner(intersection(frame, domain)),
        source(grown_within(inner, plan.along_axes(plan.presmoothing.radius()), domain)),
        width(rounded_up(inner.extent(2))) {}

  /// Floats of a plane between the y and the z pass.
  [[nodiscard]] index_t plane() const { return odd_lines(inner.extent(1) * width); }
};

/// One thread's memory between the passes of a plane.
struct smoothing_buffer {
  turned_plane input;
  aligned_floats smoothed;             ///< a bunch of rows after x, [column][row]
  aligned_floats band;                 ///< all rows after x that the y pass reads
  std::vector<float const*> pointers;  ///< the rows that a pass reads
};

/// Smooths a channel with one scale: x, then y, then z, each pass rounded to float (the order
/// decides the last bit). All passes run across rows; for that along x some rows become columns and
/// come back.
class smoothing {
 public:
  /// Planes that `window` has already are not smoothed along x and y again; in 2D it is not used.
  smoothing(row_passes const& passes, scale_plan const& plan, box<3> const& result,
            box<3> const& domain, presmoothed_field& field, plane_window& window)
      : passes_(passes), in_2d_(plan.in_2d), boxes_(plan, result, domain), domain_(domain),
        field_(field), window_(window), weights_(plan.presmoothing.half.data()),
        radius_(plan.presmoothing.radius()), first_z_(boxes_.source.inclusive_min[0]) {
    field.reshape(boxes_.frame);
    if (!in_2d_)
      first_z_ =
          window.move_to(first_z_, end_z(), boxes_.plane(), window_depth(boxes_, radius_, domain));
  }

  /// Planes that are to be smoothed along x and y.
  [[nodiscard]] index_t first_z() const { return first_z_; }
  [[nodiscard]] index_t end_z() const { return boxes_.source.exclusive_max[0]; }

  /// Smooths the plane at z along x and y.
  /// @param b b.input holds that plane
  void smooth_plane(index_t z, smoothing_buffer& b) const {
    box<3> const& inner = boxes_.inner;
    index_t const stride = band_stride(boxes_);
    index_t const first = b.input.bunch_of(boxes_.source.inclusive_min[1]);
    float* const band = b.band.data();
    for (index_t y = first; y < boxes_.source.exclusive_max[1]; y += turned_plane::bunch)
      smooth_along_x(y, b, band + (y - first) * stride);
    find_rows(1, b.pointers, [&](index_t y) { return band + (y - first) * stride; });
    if (in_2d_)
      smooth_across(b.pointers, inner.extent(1), boxes_.width,
                    field_.at({z, inner.inclusive_min[1], inner.inclusive_min[2]}),
                    field_.row_stride());
    else
      smooth_across(b.pointers, inner.extent(1), boxes_.width, window_.plane(z), boxes_.width);
  }

  /// Smooths along z, when all planes are there.
  void finish() const {
    if (!in_2d_) {
      tbb::enumerable_thread_specific<std::vector<float const*>> rows(pointers(boxes_, radius_));
      for_each_of(boxes_.inner.inclusive_min[1], boxes_.inner.exclusive_max[1],
                  [&](index_t y) { smooth_along_z(y, rows.local()); });
    }
    fill_apron();
  }

  /// Planes between the y and the z pass of a slab, at most.
  [[nodiscard]] static index_t window_depth(smoothing_boxes const& boxes, index_t radius,
                                            box<3> const& domain) {
    return std::min(boxes.frame.extent(0) + 2 * radius, domain.extent(0));
  }
  /// What smooth_plane() reads of the input.
  [[nodiscard]] static plane_part part_of(smoothing_boxes const& boxes, index_t radius) {
    return {boxes.source.inclusive_min[1], boxes.source.exclusive_max[1],
            boxes.inner.inclusive_min[2] - radius, boxes.inner.exclusive_max[2] + radius};
  }
  [[nodiscard]] plane_part part() const { return part_of(boxes_, radius_); }
  /// Makes room for this scale.
  void enlarge(smoothing_buffer& b) const {
    b.smoothed.reserve(smoothed_floats(boxes_));
    b.band.reserve(band_floats(boxes_));
    b.pointers.resize(std::max(b.pointers.size(), pointers(boxes_, radius_)));
  }
  /// Upper bound of what one thread needs beside the turned plane.
  [[nodiscard]] static index_t buffer_floats(smoothing_boxes const& boxes, index_t radius) {
    auto const rows = static_cast<index_t>(pointers(boxes, radius));
    return smoothed_floats(boxes) + band_floats(boxes) +
           rows * static_cast<index_t>(divide_up(sizeof(float const*), sizeof(float)));
  }

  template <class Function>
  static void for_each_of(index_t begin, index_t end, Function const& f) {
    tbb::parallel_for(tbb::blocked_range<index_t>(begin, end), [&](auto const& range) {
      for (index_t i = range.begin(); i != range.end(); ++i) f(i);
    });
  }

 private:
  [[nodiscard]] static index_t band_stride(smoothing_boxes const& boxes) {
    return odd_lines(boxes.width);
  }
  [[nodiscard]] static index_t band_floats(smoothing_boxes const& boxes) {
    return rounded_up(boxes.source.extent(1) + turned_plane::bunch) * band_stride(boxes);
  }
  [[nodiscard]] static index_t smoothed_floats(smoothing_boxes const& boxes) {
    return turned_plane::bunch * boxes.width;
  }
  /// Rows that any pass reads, at most.
  [[nodiscard]] static std::size_t pointers(smoothing_boxes const& boxes, index_t radius) {
    index_t const outputs = std::max({boxes.inner.extent(0), boxes.inner.extent(1), boxes.width});
    return static_cast<std::size_t>(outputs + 2 * radius);
  }

  /// The bunch of rows that begins at y.
  void smooth_along_x(index_t y, smoothing_buffer& b, float* band) const {
    float const* const first = b.input.column(y, boxes_.inner.inclusive_min[2] - radius_);
    for (index_t x = 0; x < boxes_.width + 2 * radius_; ++x)
      b.pointers[static_cast<std::size_t>(x)] = first + x * turned_plane::bunch;
    smooth_across(b.pointers, boxes_.width, turned_plane::bunch, b.smoothed.data(),
                  turned_plane::bunch);
    passes_.transpose({b.smoothed.data(), turned_plane::bunch, band, band_stride(boxes_),
                       boxes_.width, turned_plane::bunch});
  }

  void smooth_along_z(index_t y, std::vector<float const*>& rows) const {
    box<3> const& inner = boxes_.inner;
    index_t const row = (y - inner.inclusive_min[1]) * boxes_.width;
    find_rows(0, rows, [&](index_t z) { return window_.plane(z) + row; });
    smooth_across(rows, inner.extent(0), boxes_.width,
                  field_.at({inner.inclusive_min[0], y, inner.inclusive_min[2]}),
                  field_.plane_stride(), boxes_.width);
  }

  /// Sets the pointers to the rows that the outputs in `inner` read along an axis.
  template <class Place>
  void find_rows(std::size_t axis, std::vector<float const*>& rows, Place const& place) const {
    index_t const begin = boxes_.inner.inclusive_min[axis] - radius_;
    index_t const end = boxes_.inner.exclusive_max[axis] + radius_;
    for (index_t i = begin; i < end; ++i)
      rows[static_cast<std::size_t>(i - begin)] =
          place(mirrored(i, domain_.inclusive_min[axis], domain_.exclusive_max[axis]));
  }

  /// @param from the rows from the radius before the first output on
  void smooth_across(std::vector<float const*> const& from, index_t rows, index_t count, float* to,
                     index_t to_stride, index_t ahead = 0) const {
    passes_.smooth_across(
        {from.data() + radius_, to, rows, to_stride, count, weights_, radius_, ahead});
  }

  /// Mirrors what the frame has beyond the domain, and makes the rows' ends finite.
  void fill_apron() const {
    presmoothed_field& field = field_;
    box<3> const& frame = boxes_.frame;
    box<3> const domain = relative_to(domain_, frame);
    box<3> const inner = relative_to(boxes_.inner, frame);
    for_each_of(inner.inclusive_min[0], inner.exclusive_max[0], [&](index_t z) {
      float* const plane = field.at(frame.inclusive_min) + z * field.plane_stride();
      for (index_t y = inner.inclusive_min[1]; y < inner.exclusive_max[1]; ++y) {
        float* const row = plane + y * field.row_stride();
        mirror_row(row, frame.extent(2), domain.inclusive_min[2], domain.exclusive_max[2]);
        std::fill(row + frame.extent(2), row + field.row_stride(), 0.0f);
      }
      mirror_rows(plane, frame.extent(1), field.row_stride(), domain.inclusive_min[1],
                  domain.exclusive_max[1]);
    });
    mirror_rows(field.at(frame.inclusive_min), frame.extent(0), field.plane_stride(),
                domain.inclusive_min[0], domain.exclusive_max[0]);
  }

  row_passes const& passes_;
  bool in_2d_;
  smoothing_boxes boxes_;
  box<3> domain_;
  presmoothed_field& field_;
  plane_window& window_;
  float const* weights_;
  index_t radius_;
  index_t first_z_;
};

/// Smooths a channel with several scales. Each plane of the input is read and turned once for all
/// of them; planes are smoothed along x and y by one task each, then rows along z.
inline void smooth(row_passes const& passes, channel_input const& input,
                   std::vector<smoothing> const& scales) {
  plane_part part = scales.front().part();
  index_t first = scales.front().first_z();
  index_t end = first;
  for (smoothing const& s : scales) {
    part = part.with(s.part());
    first = std::min(first, s.first_z());
    end = std::max(end, s.end_z());
  }
  tbb::enumerable_thread_specific<smoothing_buffer> buffers([&] {
    smoothing_buffer b{turned_plane(part), {}, {}, {}};
    for (smoothing const& s : scales) s.enlarge(b);
    return b;
  });
  smoothing::for_each_of(first, end, [&](index_t z) {
    smoothing_buffer& b = buffers.local();
    b.input.load(passes, input, z);
    for (smoothing const& s : scales)
      if (s.first_z() <= z && z < s.end_z()) s.smooth_plane(z, b);
  });
  for (smoothing const& s : scales) s.finish();
}

}  // namespace voxstitch::features::detail
