// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How far apart are two volumes, and where?

#include <cmath>
#include <limits>
#include <optional>
#include <tuple>
#include <vector>

#include "voxstitch/pipeline/typed_block.hpp"

namespace voxstitch::pipeline {

/// One value that is not what it should be.
struct value_difference {
  index_t time = 0;
  coord<3> at{};        ///< z, y, x
  index_t channel = 0;  ///< from 0
  double expected = 0;  ///< as stored
  double found = 0;
  double size = 0;  ///< |expected - found|, in the measure's unit; infinite for what is no number
};

/// What a comparison found.
struct difference_report {
  index_t voxels = 0;     ///< compared
  index_t differing = 0;  ///< of these, those with a channel that is more than the tolerance off
  std::optional<value_difference> first;    ///< of these: first in t, z, y, x, channel
  std::optional<value_difference> largest;  ///< tolerated or not; the first of equals

  /// Of the compared voxels.
  [[nodiscard]] double share() const {
    return voxels == 0 ? 0 : double(differing) / double(voxels);
  }
};

/// When values count as equal.
struct difference_measure {
  double unit = 1;       ///< stored values are multiples of it: 1 / 255 for probabilities in bytes
  double tolerance = 0;  ///< in that unit's measure

  /// Infinite where one of them is no number.
  [[nodiscard]] double operator()(double expected, double found) const {
    double const size = std::fabs(expected - found) * unit;
    return size <= std::numeric_limits<double>::max() ? size
                                                      : std::numeric_limits<double>::infinity();
  }
};

namespace detail {

[[nodiscard]] inline bool lies_before(value_difference const& a, value_difference const& b) {
  return std::tie(a.time, a.at, a.channel) < std::tie(b.time, b.at, b.channel);
}

inline void note(difference_report& r, value_difference const& d, double tolerance) {
  if (d.size > tolerance && (!r.first || lies_before(d, *r.first))) r.first = d;
  if (!r.largest || d.size > r.largest->size ||
      (d.size == r.largest->size && lies_before(d, *r.largest)))
    r.largest = d;
}

/// Plane z of two [channel, z, y, x] views that begin at `frame`.
[[nodiscard]] inline difference_report compare_plane(strided_view<double const, 4> const& expected,
                                                     strided_view<double const, 4> const& found,
                                                     index_t z, index_t time, box<3> const& frame,
                                                     difference_measure const& measure) {
  difference_report report;
  for_each_voxel(box<2>{{}, {{frame.extent(1), frame.extent(2)}}}, [&](coord<2> const& at) {
    bool differs = false;
    for (index_t c = 0; c < expected.extent(0); ++c) {
      double const e = expected(c, z, at[0], at[1]);
      double const f = found(c, z, at[0], at[1]);
      double const size = measure(e, f);
      if (size == 0) continue;
      differs = differs || size > measure.tolerance;
      coord<3> const place = frame.inclusive_min + coord<3>{{z, at[0], at[1]}};
      note(report, {time, place, c, e, f, size}, measure.tolerance);
    }
    report.differing += differs ? 1 : 0;
  });
  report.voxels = frame.extent(1) * frame.extent(2);
  return report;
}

/// The same numbers as double, planes in parallel.
[[nodiscard]] inline dense_array<double, 4> as_doubles(any_view<4> const& from) {
  dense_array<double, 4> to(from.shape());
  for_each_plane(from.shape(), [&](coord<2> const& at) {
    auto const target = to.view().sub(
        box<4>{{{at[0], at[1], 0, 0}}, {{at[0] + 1, at[1] + 1, from.extent(2), from.extent(3)}}});
    plane_of(from, at).visit([&](auto const& source) { copy(source, target); });
  });
  return to;
}

}  // namespace detail

/// What two reports say together.
[[nodiscard]] inline difference_report merged(difference_report a, difference_report const& b,
                                              double tolerance) {
  a.voxels += b.voxels;
  a.differing += b.differing;
  if (b.first) detail::note(a, *b.first, tolerance);
  if (b.largest) detail::note(a, *b.largest, tolerance);
  return a;
}

/// Compares two [channel, z, y, x] views of one shape, of any types; planes in parallel.
/// @param frame the box (z, y, x) that the views show: what places count from
[[nodiscard]] inline difference_report compare(any_view<4> const& expected,
                                               any_view<4> const& found, index_t time,
                                               box<3> const& frame,
                                               difference_measure const& measure) {
  auto const e = detail::as_doubles(expected);
  auto const f = detail::as_doubles(found);
  std::vector<difference_report> planes(static_cast<std::size_t>(frame.extent(0)));
  for_each_in_parallel(frame.extent(0), [&](index_t z) {
    planes[static_cast<std::size_t>(z)] =
        detail::compare_plane(e.view(), f.view(), z, time, frame, measure);
  });
  difference_report all;
  for (auto const& plane : planes) all = merged(all, plane, measure.tolerance);
  return all;
}

}  // namespace voxstitch::pipeline
