// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a mask read block by block, decoded no more often than the input?

#include "voxstitch/io/unit_reader.hpp"
#include "voxstitch/pipeline/masking.hpp"
#include "voxstitch/pipeline/reading_order.hpp"

namespace voxstitch::pipeline {

/// Reads the mask of blocks in their order, without a halo.
/// @thread_safety as io::unit_reader
template <io::volume_source Mask>
class mask_reader {
 public:
  /// @param mask        must outlive the reader
  /// @param grid, block_shape, times of the blocks
  /// @param cache_bytes what may be kept between blocks
  mask_reader(Mask const& mask, block_grid const& grid, coord<3> const& block_shape, index_t times,
              std::int64_t cache_bytes)
      : mask_(mask), reader_(mask, cache_bytes),
        order_({grid.volume, grid.region, {}, grid.overlap}, block_shape, times) {}

  /// 1 where any channel of the mask is more than 0.
  /// @param step number of the block; they rise
  /// @param b    voxels (z, y, x) of the block's result
  [[nodiscard]] dense_array<std::uint8_t, 3> read(index_t step, index_t time,
                                                  box<3> const& b) const {
    auto const next_use = [&](box<5> unit) { return order_.next_use(at(time, unit), step); };
    return detail::inside_of(
        mask_.description(), time, b,
        [&](box<5> const& part, any_view<5> const& to) { reader_.read(step, part, to, next_use); });
  }

 private:
  /// The time steps at which a unit is wanted; a mask of one time step is for all from now on.
  [[nodiscard]] box<5> at(index_t time, box<5> unit) const {
    if (mask_.description().shape[0] > 1) return unit;
    unit.inclusive_min[0] = time;
    unit.exclusive_max[0] = io::never;
    return unit;
  }

  Mask const& mask_;
  io::unit_reader<Mask> reader_;
  reading_order order_;
};

}  // namespace voxstitch::pipeline
