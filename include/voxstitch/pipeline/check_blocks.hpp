// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Does a finished result hold what its classifier says, wherever it is asked again?

#include <algorithm>
#include <span>
#include <string>

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "voxstitch/classify/concepts.hpp"
#include "voxstitch/core/cancel.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/io/unit_reader.hpp"
#include "voxstitch/pipeline/checked_boxes.hpp"
#include "voxstitch/pipeline/difference.hpp"
#include "voxstitch/pipeline/finished_result.hpp"
#include "voxstitch/pipeline/masking.hpp"
#include "voxstitch/pipeline/plan.hpp"
#include "voxstitch/pipeline/run.hpp"

namespace voxstitch::pipeline {

/// A box that is computed again is as large as this, where memory suffices.
inline constexpr index_t checked_side = 64;

/// Computes boxes of a finished result again and compares. Each box is a block of its own that
/// reads twice the classifier's reach around it: a classifier that keeps to its reach does not
/// mind, and one that does not is found out.
template <io::volume_source Source, classify::block_classifier Classifier, io::volume_source Result>
class block_check {
 public:
  /// @param mask   as for a walk: where all its channels are 0 no class is known; may be null
  /// @param result of `region` (z, y, x; in the input), its first voxel the region's
  /// @param kind   what the result holds
  /// @throws shape_error when the result has other extents than the region, or the mask other than
  /// the input.
  block_check(Source const& input, Classifier const& classifier, Source const* mask,
              Result const& result, box<3> const& region, result_kind kind, double tolerance = 0)
      : input_(input), reader_(input, 0), classifier_(classifier), mask_(mask), result_(result),
        region_(region), volume_(box<3>::at_origin(spatial(input.description().shape))),
        what_(recipe_of_result(result.description(), kind)), measure_{what_.quantised ? 1.0 / 255
                                                                                      : 1.0,
                                                                      tolerance} {
    require_extents_of_result(result.description(), input.description(), region);
    if (mask != nullptr) require_mask_shape(mask->description(), input.description());
  }

  /// The largest shape (z, y, x) of boxes, at most checked_side along each axis, that `bytes` of
  /// memory suffice for, with that many threads.
  /// @throws budget_error when not even a voxel can be computed.
  [[nodiscard]] coord<3> shape_within(std::int64_t bytes, int threads) const {
    tbb::task_arena arena(threads);
    return arena.execute([&] {
      coord<3> shape = min(coord<3>::filled(checked_side), region_.shape());
      while (bytes_of(shape) > bytes) {
        auto const widest = std::max_element(shape.values.begin(), shape.values.end());
        if (*widest == 1)
          throw budget_error("memory budget: computing a voxel again, with twice the halo of " +
                             to_string(classifier_.halo()) + " (z,y,x), needs " +
                             detail::mebibytes(bytes_of(shape)) + ", but only " +
                             detail::mebibytes(std::max<std::int64_t>(bytes, 0)) +
                             " are left; add " + detail::mebibytes(bytes_of(shape) - bytes) +
                             " to --ram");
        *widest /= 2;
      }
      return shape;
    });
  }

  /// Box after box, each on all threads.
  /// @param boxes t, z, y, x in the input, one time step each, within the region
  /// @return places (z, y, x) in the result
  /// @throws cancelled when stopped, and whatever reading or classifying throws.
  [[nodiscard]] difference_report operator()(std::span<box<4> const> boxes,
                                             run_control const& control) const {
    tbb::global_control const limit(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(control.threads));
    tbb::task_arena arena(control.threads);
    difference_report all;
    index_t step = 0;
    for (auto const& b : boxes) {
      throw_if_stopped(control.stop);
      auto const found = arena.execute([&] { return compared(b, step++); });
      all = merged(all, found, measure_.tolerance);
      if (control.voxels_done != nullptr) control.voxels_done->advance(b.size());
    }
    return all;
  }

 private:
  [[nodiscard]] index_t channels() const { return input_.description().shape[1]; }
  [[nodiscard]] index_t outputs() const { return result_.description().shape[1]; }
  [[nodiscard]] index_t classes() const { return static_cast<index_t>(classifier_.class_count()); }

  /// Twice the reach, where the volume is that large.
  [[nodiscard]] block<3> block_at(box<3> const& where) const {
    coord<3> const halo = classifier_.halo();
    return {0, where, where, grown_within(where, halo + halo, volume_)};
  }

  /// What each thread decodes at once, and what that is decoded from.
  template <class Volume>
  [[nodiscard]] static std::int64_t decoding_bytes(Volume const& volume) {
    auto const& d = volume.description();
    return 2 * tbb::this_task_arena::max_concurrency() *
           product(io::piece_shape(d, volume.decode_unit())) *
           static_cast<std::int64_t>(size_of(d.type));
  }

  /// Memory for a box in the middle of the volume.
  [[nodiscard]] std::int64_t bytes_of(coord<3> const& shape) const {
    coord<3> low;
    for (std::size_t axis = 0; axis < 3; ++axis)
      low[axis] = (volume_.extent(axis) - shape[axis]) / 2;
    auto const b = block_at({low, low + shape});
    auto const element = static_cast<std::int64_t>(size_of(input_.description().type));
    constexpr std::int64_t compared_bytes = 2 * (8 + 8);  // as stored and as double, twice
    return b.read.size() * channels() * (element + 4) + classifier_.scratch_bytes(b) +
           b.core.size() * (4 * classes() + compared_bytes * outputs() + 2) +
           decoding_bytes(input_) + decoding_bytes(result_);
  }

  [[nodiscard]] static coord<4> widened(index_t count, box<3> const& b) {
    coord<3> const s = b.shape();
    return {{count, s[0], s[1], s[2]}};
  }

  [[nodiscard]] difference_report compared(box<4> const& b, index_t step) const {
    auto const& lo = b.inclusive_min;
    auto const& hi = b.exclusive_max;
    box<3> const where{{{lo[1], lo[2], lo[3]}}, {{hi[1], hi[2], hi[3]}}};
    box<3> const place = relative_to(where, region_);
    auto expected = expected_at(where, lo[0], step);
    detail::typed_block found(result_.description().type, widened(outputs(), where));
    result_.read(detail::at_time(lo[0], outputs(), place), found.view_at_one_time());
    return compare(expected.view(), found.view(), lo[0], place, measure_);
  }

  /// What the result should hold.
  [[nodiscard]] detail::typed_block expected_at(box<3> const& where, index_t time,
                                                index_t step) const {
    auto const b = block_at(where);
    auto const input = input_of(b, time, step);
    dense_array<float, 4> planar(widened(classes(), where));
    classifier_.classify(input.view(), b, volume_, planar.view().permuted({1, 2, 3, 0}));
    if (mask_ != nullptr)
      detail::clear_outside(detail::inside_of(*mask_, time, where), planar.view());
    auto const type = what_.value_type(classifier_.class_count(), input_.description().type);
    detail::typed_block expected(type, widened(outputs(), where));
    what_(planar.view(), {}, expected.view());
    return expected;
  }

  [[nodiscard]] dense_array<float, 4> input_of(block<3> const& b, index_t time,
                                               index_t step) const {
    detail::typed_block raw(input_.description().type, widened(channels(), b.read));
    reader_.read(step, detail::at_time(time, channels(), b.read), raw.view_at_one_time(),
                 [](box<5> const&) { return io::never; });
    dense_array<float, 4> input(widened(channels(), b.read));
    detail::convert_planes(raw.view(), input.view());
    return input;
  }

  Source const& input_;
  io::unit_reader<Source> reader_;
  Classifier const& classifier_;
  Source const* mask_;
  Result const& result_;
  box<3> region_;
  box<3> volume_;
  recipe what_;
  difference_measure measure_;
};

}  // namespace voxstitch::pipeline
