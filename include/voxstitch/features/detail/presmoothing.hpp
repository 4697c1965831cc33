// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a block smoothed with one scale?

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "voxstitch/features/detail/row_passes.hpp"
#include "voxstitch/features/detail/scale_plan.hpp"
#include "voxstitch/features/mirror.hpp"
#include "voxstitch/features/presmoothed.hpp"
#include "voxstitch/view/strided_view.hpp"

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
  [[nodiscard]] index_t plane() const { return inner.extent(1) * width; }
};

/// Smooths x, then y, then z, each pass rounded to float (the order decides the last bit). Planes
/// are smoothed along x and y by one task each, then rows of strips along z.
class smoothing {
 public:
  /// @param input z, y, x; its first voxel is `read`'s
  smoothing(row_passes const& passes, scale_plan const& plan,
            strided_view<float const, 3> const& input, box<3> const& read,
            smoothing_boxes const& boxes, box<3> const& domain)
      : passes_(passes), plan_(plan), input_(input), read_(read), boxes_(boxes), domain_(domain),
        weights_(plan.presmoothing.half.data()), radius_(plan.presmoothing.radius()) {}

  /// Fills `field`. Planes that `window` has already are not smoothed along x and y again; in 2D
  /// it is not used.
  void run(presmoothed_field& field, plane_window& window) const {
    thread_buffers buffers([this] { return buffer(buffer_floats(boxes_, radius_)); });
    index_t const begin = boxes_.source.inclusive_min[0];
    index_t const end = boxes_.source.exclusive_max[0];
    if (plan_.in_2d) {
      for_each_of(begin, end, [&](index_t z) {
        smooth_plane(z, buffers.local().data(), field_target(z, field));
      });
    } else {
      index_t const first = window.move_to(begin, end, boxes_.plane(), window_depth(boxes_, radius_, domain_));
      for_each_of(first, end, [&](index_t z) {
        smooth_plane(z, buffers.local().data(), {window.plane(z), boxes_.width});
      });
      for_each_of(boxes_.inner.inclusive_min[1], boxes_.inner.exclusive_max[1], [&](index_t y) {
        smooth_along_z(y, buffers.local().data(), window.plane(begin), field);
      });
    }
    fill_apron(field);
  }

  /// Planes between the y and the z pass of a slab, at most.
  [[nodiscard]] static index_t window_depth(smoothing_boxes const& boxes, index_t radius,
                                            box<3> const& domain) {
    return std::min(boxes.frame.extent(0) + 2 * radius, domain.extent(0));
  }

  /// Floats of the buffers of one thread.
  [[nodiscard]] static index_t buffer_floats(smoothing_boxes const& boxes, index_t radius) {
    index_t const deepest = std::max(boxes.inner.extent(0), boxes.inner.extent(1)) + 2 * radius;
    return line_floats(boxes, radius) + boxes.source.extent(1) * boxes.width +
           deepest * strip_columns;
  }

 private:
  using buffer = aligned_floats;
  using thread_buffers = tbb::enumerable_thread_specific<buffer>;
  struct rows_of_floats {
    float* first;
    index_t stride;
  };

  template <class Function>
  static void for_each_of(index_t begin, index_t end, Function const& f) {
    tbb::parallel_for(tbb::blocked_range<index_t>(begin, end), [&](auto const& range) {
      for (index_t i = range.begin(); i != range.end(); ++i) f(i);
    });
  }

  [[nodiscard]] static index_t line_floats(smoothing_boxes const& boxes, index_t radius) {
    return rounded_up(boxes.width + 2 * radius);
  }

  [[nodiscard]] rows_of_floats field_target(index_t z, presmoothed_field& field) const {
    box<3> const& inner = boxes_.inner;
    return {field.at({z, inner.inclusive_min[1], inner.inclusive_min[2]}), field.row_stride()};
  }

  void smooth_plane(index_t z, float* memory, rows_of_floats const& target) const {
    float* const line = memory;
    float* const band = line + line_floats(boxes_, radius_);
    float* const strip = band + boxes_.source.extent(1) * boxes_.width;
    index_t const first = boxes_.source.inclusive_min[1];
    for (index_t y = first; y < boxes_.source.exclusive_max[1]; ++y) {
      load_line(z, y, line);
      passes_.smooth_row({line + radius_, band + (y - first) * boxes_.width, 1, 0, boxes_.width,
                          weights_, radius_});
    }
    for (index_t x = 0; x < boxes_.width; x += strip_columns)
      smooth_strip(1, x, {band + x, boxes_.width}, strip, {target.first + x, target.stride});
  }

  void smooth_along_z(index_t y, float* strip, float const* between,
                      presmoothed_field& field) const {
    box<3> const& inner = boxes_.inner;
    index_t const row = y - inner.inclusive_min[1];
    index_t const plane = boxes_.plane();
    float* const out = field.at({inner.inclusive_min[0], y, inner.inclusive_min[2]});
    for (index_t x = 0; x < boxes_.width; x += strip_columns)
      smooth_strip(0, x, {const_cast<float*>(between) + row * boxes_.width + x, plane}, strip,
                   {out + x, field.plane_stride()});
  }

  /// The input's row from `radius` columns before inner to `radius` columns after, mirrored at the
  /// domain's border; then zeros to the end of the line.
  void load_line(index_t z, index_t y, float* line) const {
    index_t const begin = boxes_.inner.inclusive_min[2] - radius_;
    index_t const end = boxes_.inner.exclusive_max[2] + radius_;
    index_t const inside = boxes_.source.inclusive_min[2] - begin;
    index_t const step = input_.stride(2);
    coord<3> const first = {z, y, boxes_.source.inclusive_min[2]};
    float const* const from = input_.pointer_to(first - read_.inclusive_min);
    if (step == 1)
      std::copy_n(from, boxes_.source.extent(2), line + inside);
    else
      for (index_t i = 0; i < boxes_.source.extent(2); ++i) line[inside + i] = from[i * step];
    mirror_row(line, end - begin, domain_.inclusive_min[2] - begin,
               domain_.exclusive_max[2] - begin);
    std::fill(line + (end - begin), line + line_floats(boxes_, radius_), 0.0f);
  }

  static void copy_columns(float const* from, index_t count, float* to) {
    if (count == strip_columns)
      std::memcpy(to, from, sizeof(float) * strip_columns);  // a known size needs no call
    else
      std::copy_n(from, count, to);
  }

  /// Gathers the columns from x on of the rows (axis 1) or planes (axis 0) that the outputs need
  /// into `strip`, one after the other, and smooths across them.
  void smooth_strip(std::size_t axis, index_t x, rows_of_floats const& from, float* strip,
                    rows_of_floats const& to) const {
    index_t const count = std::min(strip_columns, boxes_.width - x);
    index_t const begin = boxes_.inner.inclusive_min[axis] - radius_;
    index_t const end = boxes_.inner.exclusive_max[axis] + radius_;
    for (index_t i = begin; i < end; ++i) {
      index_t const source = mirrored(i, domain_.inclusive_min[axis], domain_.exclusive_max[axis]) -
                             boxes_.source.inclusive_min[axis];
      copy_columns(from.first + source * from.stride, count, strip + (i - begin) * strip_columns);
    }
    passes_.smooth_strip({strip + radius_ * strip_columns, to.first, boxes_.inner.extent(axis),
                          to.stride, count, weights_, radius_});
  }

  /// Mirrors what the frame has beyond the domain, and makes the rows' ends finite.
  void fill_apron(presmoothed_field& field) const {
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
  scale_plan const& plan_;
  strided_view<float const, 3> input_;
  box<3> read_;
  smoothing_boxes const& boxes_;
  box<3> domain_;
  float const* weights_;
  index_t radius_;
};

}  // namespace voxstitch::features::detail
