// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What stands in the planes of a volume that are looked at?

#include "voxstitch/pipeline/plane_sampling.hpp"
#include "voxstitch/view/any_view.hpp"
#include "voxstitch/view/dense_array.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::pipeline {

/// Values of all sampled planes, as float, gathered from boxes in any order.
class sampled_planes {
 public:
  sampled_planes(plane_sampling sampling, index_t channels) : sampling_(std::move(sampling)) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      coord<2> const picture = sampling_.picture(axis);
      auto const count = static_cast<index_t>(sampling_.planes[axis].size());
      values_[axis] = dense_array<float, 4>(coord<4>{{count, picture[0], picture[1], channels}});
      fill(values_[axis].view(), 0);
    }
  }

  [[nodiscard]] plane_sampling const& sampling() const { return sampling_; }
  [[nodiscard]] index_t channels() const { return values_[0].shape()[3]; }

  /// Takes what is looked at from a box (z, y, x) of the volume.
  /// @param values c, z, y, x; the first channels() of them are taken
  void add(box<3> const& where, any_view<4> const& values) {
    if (!sampling_.touches(where)) return;
    values.visit([&]<class T>(strided_view<T, 4> const& v) {
      for (std::size_t axis = 0; axis < 3; ++axis)
        for (std::size_t n = 0; n < sampling_.planes[axis].size(); ++n)
          add_plane(axis, static_cast<index_t>(n), where, v);
    });
  }

  /// Plane `n` across `axis`: rows, columns, channels.
  [[nodiscard]] strided_view<float const, 3> picture(std::size_t axis, index_t n) const {
    return values_[axis].view().slice(0, n);
  }

 private:
  /// The samples along an axis that lie in [first, end) of its voxels.
  [[nodiscard]] static box<1> samples_in(index_t first, index_t end, index_t stride) {
    return {{{divide_up(first, stride)}}, {{divide_up(end, stride)}}};
  }

  template <class T>
  void add_plane(std::size_t axis, index_t n, box<3> const& where,
                 strided_view<T, 4> const& values) {
    index_t const at = sampling_.planes[axis][static_cast<std::size_t>(n)];
    coord<3> const& low = where.inclusive_min;
    coord<3> const& high = where.exclusive_max;
    if (at < low[axis] || at >= high[axis]) return;
    auto const axes = plane_sampling::axes_of_plane(axis);
    std::size_t const down = axes[0];
    std::size_t const right = axes[1];
    coord<3> const& stride = sampling_.stride;
    box<1> const rows = samples_in(low[down], high[down], stride[down]);
    box<1> const columns = samples_in(low[right], high[right], stride[right]);
    auto const target = values_[axis].view();
    box<2> const part{{{rows.inclusive_min[0], columns.inclusive_min[0]}},
                      {{rows.exclusive_max[0], columns.exclusive_max[0]}}};
    for_each_voxel(part, [&](coord<2> const& sample) {
      coord<3> voxel;
      voxel[axis] = at;
      voxel[down] = sample[0] * stride[down];
      voxel[right] = sample[1] * stride[right];
      coord<3> const v = voxel - low;
      for (index_t c = 0; c < channels(); ++c)
        target(n, sample[0], sample[1], c) = static_cast<float>(values(c, v[0], v[1], v[2]));
    });
  }

  plane_sampling sampling_;
  std::array<dense_array<float, 4>, 3> values_;
};

}  // namespace voxstitch::pipeline
