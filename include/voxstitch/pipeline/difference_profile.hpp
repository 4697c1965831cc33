// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How much do neighbouring planes of a volume differ, all along each axis?

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "voxstitch/core/cancel.hpp"
#include "voxstitch/io/unit_reader.hpp"
#include "voxstitch/pipeline/finished_result.hpp"
#include "voxstitch/pipeline/plan.hpp"
#include "voxstitch/pipeline/reading_order.hpp"
#include "voxstitch/pipeline/run.hpp"
#include "voxstitch/pipeline/typed_block.hpp"

namespace voxstitch::pipeline {

/// Entry p of an axis (z, y, x) tells of two neighbours, one in plane p - 1 and one in plane p:
/// means over all voxels of the planes, channels and time steps. The size of a difference is |a -
/// b| for probabilities, 1 for labels that are not equal.
struct difference_profile {
  /// Mean size; 0 at entry 0.
  std::array<std::vector<double>, 3> sizes;
  /// Mean of what the size has more than those of the same line one voxel before and one behind,
  /// whichever is larger, where it has more: how high the steps are that values take just there. 0
  /// at entries 0, 1 and the last.
  std::array<std::vector<double>, 3> steps;
  index_t not_finite = 0;  ///< values that are no number or infinite; their differences count as 0
};

/// Planes that an entry of a profile is made of lie so far from it.
inline constexpr index_t profile_reach = 2;

namespace detail {

/// |a - b|; 0 where that is no number.
struct size_of_difference {
  template <class T>
  [[nodiscard]] double operator()(T a, T b) const {
    double const size = std::fabs(double(a) - double(b));
    return size <= std::numeric_limits<double>::max() ? size : 0;
  }
};

/// 1 where they are not equal.
struct are_different {
  template <class T>
  [[nodiscard]] double operator()(T a, T b) const {
    return a == b ? 0 : 1;
  }
};

/// Sums over one plane z of a tile.
struct plane_sums {
  struct pair {
    double size = 0;
    double step = 0;
  };
  pair z;               ///< to the plane before it
  std::vector<pair> y;  ///< per row: to the row before it
  std::vector<pair> x;  ///< per voxel of a row: to the one before it
  index_t not_finite = 0;
};

/// f(0) + ... + f(n - 1). (Eight sums side by side, so that they need not wait for each other.)
template <class Function>
[[nodiscard]] double sum_of(index_t n, Function const& f) {
  std::array<double, 8> sums{};
  index_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (std::size_t lane = 0; lane < 8; ++lane) sums[lane] += f(i + static_cast<index_t>(lane));
  for (; i < n; ++i) sums[0] += f(i);
  double sum = 0;
  for (double const s : sums) sum += s;
  return sum;
}

/// What the difference to the voxel before has more than those beside it.
/// @param v points to a voxel that has two before it and one behind, `stride` elements apart
template <class T, class Difference>
[[nodiscard]] double step_at(T const* v, index_t stride, Difference const& difference) {
  double const before = difference(v[-stride], v[-2 * stride]);
  double const behind = difference(v[stride], v[0]);
  return std::max(0.0, difference(v[0], v[-stride]) - std::max(before, behind));
}

template <class T>
[[nodiscard]] index_t count_not_finite(T const* row, index_t n) {
  index_t count = 0;
  if constexpr (std::is_floating_point_v<T>)
    for (index_t i = 0; i < n; ++i)
      count += std::fabs(row[i]) <= std::numeric_limits<T>::max() ? 0 : 1;
  return count;
}

/// Adds a row of `n` voxels, compared with the row `stride` elements before it.
/// @param at  place of the row along the axis of the stride
/// @param end extent of that axis
template <class T, class Difference>
void add_row(T const* row, index_t n, index_t stride, index_t at, index_t end,
             Difference const& difference, plane_sums::pair& sums) {
  if (at < 1) return;
  sums.size += sum_of(n, [&](index_t i) { return difference(row[i], row[i - stride]); });
  if (at < profile_reach || at + 1 >= end) return;
  sums.step += sum_of(n, [&](index_t i) { return step_at(row + i, stride, difference); });
}

/// Adds the differences of `n` voxels of a row to those before them, to one sum per voxel.
/// @param first place of the first of them in a row of `end` voxels
template <class T, class Difference>
void add_within_row(T const* row, index_t n, index_t first, index_t end,
                    Difference const& difference, std::vector<plane_sums::pair>& sums) {
  for (index_t i = first < 1 ? 1 : 0; i < n; ++i)
    sums[static_cast<std::size_t>(i)].size += difference(row[i], row[i - 1]);
  index_t const last = std::min(n, end - 1 - first);
  for (index_t i = std::max(index_t{0}, profile_reach - first); i < last; ++i)
    sums[static_cast<std::size_t>(i)].step += step_at(row + i, 1, difference);
}

/// Adds plane z of `core` to `sums`.
/// @param values [channel, z, y, x], dense: `core` and, where the volume has them, profile_reach
/// voxels more on all sides
/// @param core   in the view's coordinates
template <class T, class Difference>
void add_plane(strided_view<T const, 4> const& values, box<3> const& core, index_t z,
               Difference const& difference, plane_sums& sums) {
  auto const& low = core.inclusive_min;
  index_t const n = core.extent(2);
  for (index_t c = 0; c < values.extent(0); ++c)
    for (index_t y = low[1]; y < core.exclusive_max[1]; ++y) {
      T const* const row = values.pointer_to({{c, z, y, low[2]}});
      add_row(row, n, values.stride(1), z, values.extent(1), difference, sums.z);
      add_row(row, n, values.stride(2), y, values.extent(2), difference,
              sums.y[static_cast<std::size_t>(y - low[1])]);
      add_within_row(row, n, low[2], values.extent(3), difference, sums.x);
      sums.not_finite += count_not_finite(row, n);
    }
}

}  // namespace detail

/// Reads a volume once, tile after tile, each with the voxels around it, and compares neighbours.
template <io::volume_source Source>
class profile_walk {
 public:
  /// @param p plan of the walk that request_for() asks for
  profile_walk(Source const& source, result_kind kind, plan const& p)
      : source_(source), reader_(source, p.cache_bytes), kind_(kind),
        order_(grid_of(source.description()), p.block_shape, source.description().shape[0]) {}

  /// What to plan for: see make_plan(). The caller adds memory, threads and wishes.
  [[nodiscard]] static plan_request request_for(Source const& source) {
    plan_request r;
    r.input = source.description();
    r.decode_unit = io::piece_shape(r.input, source.decode_unit());
    r.region = box<3>::at_origin(spatial(r.input.shape));
    r.halo = coord<3>::filled(profile_reach);
    return r;
  }

  /// @throws cancelled when stopped, and what reading throws.
  [[nodiscard]] difference_profile operator()(run_control const& control) const {
    tbb::global_control const limit(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(control.threads));
    tbb::task_arena arena(control.threads);
    coord<3> const shape = spatial(source_.description().shape);
    difference_profile profile;
    for (auto* means : {&profile.sizes, &profile.steps})
      for (std::size_t axis = 0; axis < 3; ++axis)
        (*means)[axis].assign(static_cast<std::size_t>(shape[axis]), 0);
    for (index_t step = 0; step < order_.size(); ++step) {
      throw_if_stopped(control.stop);
      arena.execute([&] { add_tile(step, profile); });
      if (control.voxels_done != nullptr) control.voxels_done->advance(order_.at(step).core.size());
    }
    make_means(profile, shape);
    return profile;
  }

 private:
  [[nodiscard]] static block_grid grid_of(volume_description const& d) {
    auto const all = box<3>::at_origin(spatial(d.shape));
    return {all, all, coord<3>::filled(profile_reach), {}};
  }

  void add_tile(index_t step, difference_profile& profile) const {
    auto const& d = source_.description();
    block<3> const b = order_.at(step);
    coord<3> const s = b.read.shape();
    detail::typed_block values(d.type, {{d.shape[1], s[0], s[1], s[2]}});
    reader_.read(step, detail::at_time(order_.time(step), d.shape[1], b.read),
                 values.view_at_one_time(),
                 [&](box<5> const& voxels) { return order_.next_use(voxels, step); });
    box<3> const core = relative_to(b.core, b.read);
    std::vector<detail::plane_sums> planes(static_cast<std::size_t>(core.extent(0)));
    for_each_in_parallel(core.extent(0), [&](index_t z) {
      auto& sums = planes[static_cast<std::size_t>(z)];
      sums.y.resize(static_cast<std::size_t>(core.extent(1)));
      sums.x.resize(static_cast<std::size_t>(core.extent(2)));
      add_plane(values.view(), core, z + core.inclusive_min[0], sums);
    });
    for (std::size_t z = 0; z < planes.size(); ++z) add(planes[z], z, b.core, profile);
  }

  void add_plane(any_view<4> const& values, box<3> const& core, index_t z,
                 detail::plane_sums& sums) const {
    values.visit([&]<class T>(strided_view<T, 4> const& v) {
      strided_view<T const, 4> const read_only(v);
      if (kind_ == result_kind::labels)
        detail::add_plane(read_only, core, z, detail::are_different{}, sums);
      else
        detail::add_plane(read_only, core, z, detail::size_of_difference{}, sums);
    });
  }

  static void add(detail::plane_sums const& sums, std::size_t z, box<3> const& core,
                  difference_profile& profile) {
    auto const add_to = [&](std::size_t axis, std::size_t i, detail::plane_sums::pair const& sum) {
      auto const at = static_cast<std::size_t>(core.inclusive_min[axis]) + i;
      profile.sizes[axis][at] += sum.size;
      profile.steps[axis][at] += sum.step;
    };
    add_to(0, z, sums.z);
    for (std::size_t y = 0; y < sums.y.size(); ++y) add_to(1, y, sums.y[y]);
    for (std::size_t x = 0; x < sums.x.size(); ++x) add_to(2, x, sums.x[x]);
    profile.not_finite += sums.not_finite;
  }

  void make_means(difference_profile& profile, coord<3> const& shape) const {
    auto const& d = source_.description();
    for (std::size_t axis = 0; axis < 3; ++axis) {
      double const pairs = double(product(shape) / shape[axis] * d.shape[0] * d.shape[1]);
      for (double& sum : profile.sizes[axis]) sum /= pairs;
      for (double& sum : profile.steps[axis]) sum /= pairs;
    }
  }

  Source const& source_;
  io::unit_reader<Source> reader_;
  result_kind kind_;
  reading_order order_;
};

}  // namespace voxstitch::pipeline
