// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a block of an image become ilastik's pixel features?
///
/// Formulas, sigmas, windows, border and rounding are those of ilastik with fastfilters.

#include <optional>

#include <tbb/task_arena.h>

#include "voxstitch/core/error.hpp"
#include "voxstitch/features/detail/presmoothing.hpp"
#include "voxstitch/features/detail/scale_sweep.hpp"
#include "voxstitch/features/feature_names.hpp"
#include "voxstitch/features/packet_order.hpp"
#include "voxstitch/features/tile_shape.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::features {

/// Computes the chosen features of blocks in two stages: prepare() smooths a block with every used
/// scale; compute() then makes all features of one of its tiles. Every stage mirrors its own input
/// at the domain's border and nowhere else: a voxel's values do not depend on blocks and tiles, nor
/// on the threads and the instruction set.
/// @thread_safety All const members may be called concurrently (each with its own outputs).
class filter_bank {
 public:
  using prepared_type = presmoothed;
  using scratch_type = tile_scratch;

  /// @param input_channels channels of the image, at least 1
  /// @throws usage_error for a selection that is not a matrix of filters and scales, or chooses
  ///         nothing, or has a sigma that is not positive.
  filter_bank(selection chosen, std::size_t input_channels, simd::target target = simd::active())
      : selection_(std::move(chosen)), input_channels_(input_channels),
        passes_(detail::make_row_passes(target)) {
    check_selection();
    make_plans();
    number_features();
  }

  /// Reach in voxels (z, y, x) of the filters that are chosen, the largest over all scales; z is 0
  /// when every used scale is computed in 2D.
  [[nodiscard]] coord<3> halo() const {
    coord<3> reach;
    for (detail::scale_plan const& plan : plans_) reach = max(reach, plan.reach());
    return reach;
  }
  [[nodiscard]] std::size_t input_channels() const { return input_channels_; }
  [[nodiscard]] std::size_t feature_count() const { return names_.size(); }
  /// In the order of the features: filter, then scale, then input channel, then eigenvalue.
  [[nodiscard]] std::vector<std::string> const& feature_names() const { return names_; }
  [[nodiscard]] selection const& chosen() const { return selection_; }

  /// @param shape z, y, x of the image
  /// @throws shape_error when an axis is too short for a used scale.
  void check_domain(coord<3> const& shape) const {
    for (detail::scale_plan const& plan : plans_)
      for (std::size_t axis = plan.in_2d ? 1 : 0; axis < 3; ++axis)
        check_extent(plan.sigma, axis, shape[axis]);
  }

  /// Stage 1: smooths every channel with every used scale, on a slab of the result box and what the
  /// filters need around it. Parallel inside the caller's task arena.
  /// @param input  c, z, y, x; the voxels of `read`
  /// @param read   within the domain, at least the result box grown by halo()
  /// @param slab   number of the slab, ascending from call to call
  /// @param into   overwritten; planes of the slab before are smoothed along x and y only once
  void prepare(strided_view<float const, 4> const& input, box<3> const& read, index_t slab,
               box<3> const& domain, presmoothed& into) const {
    if (slab != into.present + 1) into.windows.clear();
    into.present = slab;
    into.domain = domain;
    into.result = into.parts[slab];
    into.fields.resize(plans_.size() * input_channels_);
    into.windows.resize(into.parts.count() == 1 ? 1 : into.fields.size());
    assert(contains(read, intersection(grown(into.result, halo()), domain)));
    for (std::size_t c = 0; c < input_channels_; ++c) {
      detail::channel_input const channel{input.slice(0, static_cast<index_t>(c)), read, domain};
      if (into.windows.size() == into.fields.size())
        smooth_together(channel, c, into);
      else
        smooth_one_by_one(channel, c, into);
    }
  }
  /// The whole result box as one slab.
  [[nodiscard]] presmoothed prepare(strided_view<float const, 4> const& input, box<3> const& read,
                                    box<3> const& result, box<3> const& domain) const {
    presmoothed p{slabs(result)};
    prepare(input, read, 0, domain, p);
    return p;
  }

  /// Upper bound of the memory in bytes that prepare() takes for all these slabs, one after the
  /// other, results included; with as many threads as the current task arena has.
  [[nodiscard]] std::int64_t prepared_bytes(slabs const& parts, box<3> const& domain) const {
    index_t fields = 0;
    index_t all_windows = 0;
    index_t largest_window = 0;
    index_t buffer = 0;
    std::optional<detail::plane_part> part;
    for (detail::scale_plan const& plan : plans_) {
      detail::smoothing_boxes const boxes(plan, parts[0], domain);
      index_t const radius = plan.presmoothing.radius();
      index_t const window =
          plan.in_2d ? 0 : detail::smoothing::window_depth(boxes, radius, domain) * boxes.plane();
      fields += presmoothed_field::floats_of(boxes.frame);
      all_windows += window;
      largest_window = std::max(largest_window, window);
      buffer = std::max(buffer, detail::smoothing::buffer_floats(boxes, radius));
      detail::plane_part const read = detail::smoothing::part_of(boxes, radius);
      part = part ? part->with(read) : read;
    }
    auto const channels = static_cast<index_t>(input_channels_);
    index_t const windows = parts.count() == 1 ? largest_window : all_windows * channels;
    index_t const threads = tbb::this_task_arena::max_concurrency();
    index_t const buffers = threads * (buffer + detail::turned_plane::floats_of(*part));
    return (fields * channels + windows + buffers) * static_cast<std::int64_t>(sizeof(float));
  }

  /// Stage 2: all features of a tile, without allocating once `scratch` has met a tile of that
  /// size.
  /// @param tile   within p.result, z, y, x in the domain's coordinates
  /// @param packet voxels of a packet (z, y, x); at most 64 along x
  /// @param out    [feature, lane] with unit stride along the lanes: packet after packet in (z, y,
  ///               x) order over the tile, inside a packet z, y, x order. Lanes of packets that
  ///               reach beyond the tile get some finite value.
  void compute(presmoothed const& p, box<3> const& tile, coord<3> const& packet,
               tile_scratch& scratch, strided_view<float, 2> const& out) const {
    assert(contains(p.result, tile) && packet[2] <= 64 && out.stride(1) == 1);
    packet_order const order(tile.shape(), packet);
    assert(out.extent(0) == static_cast<index_t>(feature_count()) &&
           out.extent(1) >= order.lanes());
    auto field = p.fields.begin();
    for (detail::scale_plan const& plan : plans_)
      for (std::size_t c = 0; c < input_channels_; ++c) {
        presmoothed_field const& now = *field++;
        presmoothed_field const* const next = field == p.fields.end() ? nullptr : &*field;
        compute_scale({plan, c, now, next, p.domain, tile, order, out}, scratch);
      }
  }

  /// Bytes of scratch that a tile of that shape takes.
  [[nodiscard]] static std::int64_t scratch_bytes(coord<3> const& tile, coord<3> const& packet) {
    return scratch_floats(tile, packet_order(tile, packet)) *
           static_cast<std::int64_t>(sizeof(float));
  }

 private:
  [[nodiscard]] detail::smoothing smoothing_of(std::size_t scale, std::size_t channel,
                                               presmoothed& into) const {
    std::size_t const field = scale * input_channels_ + channel;
    return {passes_,     plans_[scale],      into.result,
            into.domain, into.fields[field], into.windows[field % into.windows.size()]};
  }
  /// All scales, with a window each.
  void smooth_together(detail::channel_input const& input, std::size_t channel,
                       presmoothed& into) const {
    std::vector<detail::smoothing> scales;
    for (std::size_t i = 0; i < plans_.size(); ++i)
      scales.push_back(smoothing_of(i, channel, into));
    detail::smooth(passes_, input, scales);
  }
  /// One scale after the other, all with the same window.
  void smooth_one_by_one(detail::channel_input const& input, std::size_t channel,
                         presmoothed& into) const {
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      into.windows[0].restart();
      detail::smooth(passes_, input, {smoothing_of(i, channel, into)});
    }
  }

  void check_selection() const {
    if (input_channels_ == 0) throw usage_error("filter_bank: the image has no channels");
    bool any = false;
    bool matrix = selection_.chosen.size() == selection_.filters.size();
    for (auto const& row : selection_.chosen) {
      matrix = matrix && row.size() == selection_.scales.size();
      any = any || std::find(row.begin(), row.end(), true) != row.end();
    }
    if (!matrix)
      throw usage_error("filter_bank: the selection must be a matrix of " +
                        std::to_string(selection_.filters.size()) + " filters x " +
                        std::to_string(selection_.scales.size()) + " scales");
    if (!any) throw usage_error("filter_bank: no feature is selected");
    for (scale const& s : selection_.scales)
      if (!(s.sigma > 0) || s.sigma > 1e6)
        throw usage_error("filter_bank: scale " + std::to_string(s.sigma) +
                          " is not a positive number of voxels");
  }

  /// One plan per scale with a chosen filter; plan_of_[column] is its place, if there is one.
  void make_plans() {
    plan_of_.resize(selection_.scales.size());
    for (std::size_t column = 0; column < selection_.scales.size(); ++column) {
      auto const chosen = [&](auto const& row) { return bool(row[column]); };
      if (std::none_of(selection_.chosen.begin(), selection_.chosen.end(), chosen)) continue;
      plan_of_[column] = plans_.size();
      plans_.push_back(detail::make_scale_plan(selection_.scales[column]));
    }
  }

  void number_features() {
    for (std::size_t row = 0; row < selection_.filters.size(); ++row)
      for (std::size_t column = 0; column < selection_.scales.size(); ++column)
        if (selection_.chosen[row][column])
          add_feature(selection_.filters[row], selection_.scales[column], plans_[plan_of_[column]]);
  }
  void add_feature(filter f, scale const& s, detail::scale_plan& plan) {
    plan.features[static_cast<std::size_t>(f)].push_back(names_.size());
    std::size_t const channels = input_channels_ * detail::components(f, s.in_2d);
    for (std::size_t i = 0; i < channels; ++i) names_.push_back(feature_name(f, s, i, channels));
  }

  /// ilastik refuses images on which its longest filter would reflect more than once.
  static void check_extent(double sigma, std::size_t axis, index_t extent) {
    auto const smallest = static_cast<index_t>(std::ceil(rounded<simd::baseline>(3.5, sigma))) + 1;
    if (extent >= smallest) return;
    throw shape_error(
        "filter_bank: scale " + python_number(sigma) + " needs at least " +
        std::to_string(smallest) + " voxels along " + "zyx"[axis] + ", but the image has " +
        std::to_string(extent) +
        (axis == 0 ? "; compute this scale in 2D or leave it out" : "; leave this scale out"));
  }

  [[nodiscard]] static index_t scratch_floats(coord<3> const& tile, packet_order const& order) {
    return detail::scale_sweep::scratch_floats(tile[0], tile[1],
                                               detail::rounded_up(order.columns()));
  }

  /// One scale of one channel of a tile.
  struct scale_task {
    detail::scale_plan const& plan;
    std::size_t channel;
    presmoothed_field const& field;
    presmoothed_field const* next;  ///< the field of the task to come
    box<3> const& domain;
    box<3> const& tile;
    packet_order const& order;
    strided_view<float, 2> const& out;
  };

  void compute_scale(scale_task const& task, tile_scratch& scratch) const {
    scratch.restart(scratch_floats(task.tile.shape(), task.order));
    detail::plane_region const region{&task.field,
                                      task.tile.inclusive_min[1],
                                      task.tile.inclusive_min[2],
                                      task.tile.extent(1),
                                      detail::rounded_up(task.order.columns()),
                                      task.plan.in_2d};
    box<3> const& tile = task.tile;
    detail::scale_sweep sweep(passes_, task.plan, region, task.domain, tile.inclusive_min[0],
                              tile.extent(0), scratch);
    packet_order::place place;
    index_t plane = 0;
    auto const begin = [&](detail::row_block const& b) {
      place = task.order.place_of({b.z - tile.inclusive_min[0], b.planes, b.y, b.rows_per_plane});
      plane = b.rows_per_plane * region.width;
      if (task.next != nullptr) prefetch(*task.next, tile, b);
    };
    sweep.run(begin, [&](filter f, std::size_t component, float const* values) {
      write(task, f, component, [&](float* lanes) {
        passes_.write({task.order, place, values, plane, region.width, lanes});
      });
    });
  }

  /// Hands to `write` all places where the selection wants a component of one of the six filters.
  template <class Write>
  static void write(scale_task const& task, filter f, std::size_t component, Write const& write) {
    std::size_t const offset = task.channel * detail::components(f, task.plan.in_2d) + component;
    for (std::size_t const first : task.plan.features[static_cast<std::size_t>(f)]) {
      auto const feature = static_cast<index_t>(first + offset);
      write(task.out.data() + feature * task.out.stride(0));
    }
  }

  /// Asks for what the next scale will read of these rows (and around the tile's first and last
  /// ones): short rows far apart, which the processor does not foresee.
  static void prefetch(presmoothed_field const& field, box<3> const& tile,
                       detail::row_block const& block) {
    box<3> part = tile;
    part.inclusive_min[0] = block.z;
    part.exclusive_max[0] = block.z + block.planes;
    part.inclusive_min[1] += block.y;
    part.exclusive_max[1] = part.inclusive_min[1] + block.rows_per_plane;
    box<3> const around = grown_within(tile, coord<3>::filled(3), field.frame());
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (part.inclusive_min[axis] == tile.inclusive_min[axis])
        part.inclusive_min[axis] = around.inclusive_min[axis];
      if (part.exclusive_max[axis] == tile.exclusive_max[axis])
        part.exclusive_max[axis] = around.exclusive_max[axis];
    }
    for_each_row(part, [&](coord<3> const& row) {
      float const* const begin = field.at(row);
      for (index_t x = 0; x < part.extent(2) + 15; x += 16) __builtin_prefetch(begin + x, 0, 2);
    });
  }

  selection selection_;
  std::size_t input_channels_;
  detail::row_passes passes_;
  std::vector<detail::scale_plan> plans_;
  std::vector<std::size_t> plan_of_;
  std::vector<std::string> names_;
};

}  // namespace voxstitch::features
