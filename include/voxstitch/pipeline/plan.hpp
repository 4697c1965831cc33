// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What will a job do, and what will it need, before anything runs?

#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/chunk_shape.hpp"
#include "voxstitch/pipeline/block_shape.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::pipeline {

/// One dataset that a job writes.
struct dataset_plan {
  std::string file;                ///< as asked for
  std::string name;                ///< inside the file; empty for formats of one volume
  volume_description description;  ///< of what is written
};

/// Everything a plan depends on.
struct plan_request {
  volume_description input;
  coord<5> decode_unit{{1, 1, 1, 1, 1}};  ///< t, c, z, y, x; what the source decodes whole
  box<3> region;                          ///< z, y, x; what is asked for
  coord<3> halo{};
  coord<3> overlap{};
  std::size_t class_count = 0;  ///< 0 when nothing is classified
  std::vector<dataset_plan> datasets;
  bool keeps_raw = false;  ///< an output needs the raw values
  bool masked = false;
  std::function<std::int64_t(block<3> const&)> scratch_bytes;  ///< of the classifier
  work_costs costs;
  std::int64_t budget_bytes = 0;
  std::int64_t process_bytes = 0;  ///< resident before any block is read
  int threads = 1;
  std::optional<coord<3>> block;  ///< voxels, as asked for
  std::optional<coord<3>> chunk;
};

/// The answer.
struct plan {
  coord<3> chunk{};
  coord<3> block_shape{};
  index_t blocks = 0;  ///< of all time steps
  index_t voxels = 0;  ///< of the region, all time steps
  int blocks_in_flight = 1;
  std::int64_t block_bytes = 0;  ///< of the largest block
  std::int64_t peak_bytes = 0;
  std::int64_t disk_bytes = 0;  ///< of the outputs, uncompressed
  double seconds = 0;           ///< a rough estimate
  grid_overhead overhead;
};

/// A block larger than this gains little halo and only delays its first result.
inline constexpr index_t largest_core_voxels = index_t{1} << 24;

namespace detail {

[[nodiscard]] inline index_t channels(volume_description const& d) { return d.shape[1]; }

/// Bytes of a block while it is in work, besides what the threads share.
[[nodiscard]] inline std::int64_t bytes_of_block(plan_request const& r, block<3> const& b) {
  auto const element = static_cast<std::int64_t>(size_of(r.input.type));
  std::int64_t const raw = b.read.size() * channels(r.input) * element;
  std::int64_t const core_raw = r.keeps_raw ? b.core.size() * channels(r.input) * element : 0;
  std::int64_t widest_output = 0;
  for (auto const& d : r.datasets)
    widest_output =
        std::max(widest_output, b.core.size() * channels(d.description) *
                                    static_cast<std::int64_t>(size_of(d.description.type)));
  std::int64_t const mask = r.masked ? b.core.size() : 0;
  if (r.class_count == 0) return raw + mask;
  std::int64_t const input = b.read.size() * channels(r.input) * 4;
  std::int64_t const p = b.result.size() * static_cast<std::int64_t>(r.class_count) * 4;
  std::int64_t const classifying = input + p + r.scratch_bytes(b);
  std::int64_t const reducing = p + widest_output;
  return core_raw + mask + std::max({raw + input, classifying, reducing});
}

/// The block of a grid that needs most: as wide as the widest, reading on both sides where it can.
[[nodiscard]] inline block<3> largest_block(block_grid const& g, coord<3> const& block_shape) {
  coord<3> const core = g.blocks(block_shape).largest_core_shape();
  auto const centred = [&](coord<3> const& shape) {
    coord<3> low;
    for (std::size_t axis = 0; axis < 3; ++axis)
      low[axis] = std::max(g.volume.inclusive_min[axis],
                           std::min(g.region.inclusive_min[axis] + g.halo[axis] + g.overlap[axis],
                                    g.volume.exclusive_max[axis] - shape[axis]));
    return box<3>{low, low + shape};
  };
  block<3> b;
  b.core = centred(core);
  b.result = grown_within(b.core, g.overlap, g.volume);
  b.read = grown_within(b.result, g.halo, g.volume);
  return b;
}

/// Decoded units and compressed chunks that each thread holds for a moment.
[[nodiscard]] inline std::int64_t thread_bytes(plan_request const& r, coord<3> const& chunk) {
  auto const unit = product(r.decode_unit) * static_cast<std::int64_t>(size_of(r.input.type));
  std::int64_t element = 1;
  for (auto const& d : r.datasets)
    element = std::max(element, static_cast<std::int64_t>(size_of(d.description.type)));
  return 2 * unit + 3 * product(chunk) * element;
}

[[nodiscard]] inline std::string mebibytes(std::int64_t bytes) {
  return std::to_string(divide_up(bytes, std::int64_t{1} << 20)) + "M";
}

}  // namespace detail

/// The chunk shape (z, y, x) of all outputs: a function of the region's shape alone.
[[nodiscard]] inline coord<3> chunk_for(coord<3> const& region_shape,
                                        std::optional<coord<3>> const& wish = std::nullopt) {
  return min(wish.value_or(coord<3>::filled(io::default_chunk_side)), region_shape);
}

/// What huge pages round up, threads keep on their stacks and allocators keep for themselves.
inline constexpr std::int64_t slack_bytes = std::int64_t{16} << 20;

/// Bytes the whole process needs with `in_flight` blocks of that shape.
[[nodiscard]] inline std::int64_t peak_bytes(plan_request const& r, block_grid const& g,
                                             coord<3> const& chunk, coord<3> const& block_shape,
                                             int in_flight) {
  return r.process_bytes + slack_bytes + r.threads * detail::thread_bytes(r, chunk) +
         in_flight * detail::bytes_of_block(r, detail::largest_block(g, block_shape));
}

namespace detail {

[[nodiscard]] inline bool is_one_block(block_grid const& g, coord<3> const& shape) {
  return g.blocks(shape).size() == 1;
}

/// The asked block shape, or the cheapest that fits with `in_flight` blocks.
[[nodiscard]] inline std::optional<coord<3>>
block_shape_for(plan_request const& r, block_grid const& g, coord<3> const& chunk, int in_flight) {
  auto const fits = [&](coord<3> const& shape) {
    int const n = is_one_block(g, shape) && r.input.shape[0] == 1 ? 1 : in_flight;
    return peak_bytes(r, g, chunk, shape, n) <= r.budget_bytes;
  };
  if (r.block) {
    auto const shape = rounded_up_to_chunks(min(*r.block, r.region.shape()), chunk);
    return fits(shape) ? std::optional(shape) : std::nullopt;
  }
  coord<3> const unit{{r.decode_unit[2], r.decode_unit[3], r.decode_unit[4]}};
  return cheapest_block_shape(g, chunk, unit, r.costs, [&](coord<3> const& shape) {
    bool const smallest = shape == chunk;
    return (smallest || product(shape) <= largest_core_voxels) && fits(shape);
  });
}

[[noreturn]] inline void refuse(plan_request const& r, block_grid const& g, coord<3> const& chunk) {
  coord<3> const shape =
      r.block ? rounded_up_to_chunks(min(*r.block, r.region.shape()), chunk) : chunk;
  auto const needed = peak_bytes(r, g, chunk, shape, 1);
  throw budget_error("memory budget: --ram " + mebibytes(r.budget_bytes) +
                     " is too small; blocks of " + to_string(shape) +
                     " voxels (z,y,x) with a halo of " + to_string(g.halo) + " need " +
                     mebibytes(needed) + "; give at least --ram " + mebibytes(needed) +
                     (r.block ? " or a smaller --block" : " or a smaller --chunk"));
}

}  // namespace detail

/// Chooses block shape and blocks in flight; pure.
/// @throws budget_error that names the smallest budget that would do.
[[nodiscard]] inline plan make_plan(plan_request const& r) {
  block_grid const g{
      {{}, {{r.input.shape[2], r.input.shape[3], r.input.shape[4]}}}, r.region, r.halo, r.overlap};
  plan p;
  p.chunk = chunk_for(r.region.shape(), r.chunk);
  int const wish = r.threads > 1 ? 2 : 1;  // the next block is read while one is in work
  auto shape = detail::block_shape_for(r, g, p.chunk, wish);
  if (!shape && wish > 1) shape = detail::block_shape_for(r, g, p.chunk, 1);
  if (!shape) detail::refuse(r, g, p.chunk);
  p.block_shape = *shape;
  p.blocks = g.blocks(*shape).size() * r.input.shape[0];
  p.voxels = r.region.size() * r.input.shape[0];
  p.blocks_in_flight = static_cast<int>(std::min<index_t>(wish, p.blocks));
  while (p.blocks_in_flight > 1 &&
         peak_bytes(r, g, p.chunk, *shape, p.blocks_in_flight) > r.budget_bytes)
    --p.blocks_in_flight;
  p.block_bytes = detail::bytes_of_block(r, detail::largest_block(g, *shape));
  p.peak_bytes = peak_bytes(r, g, p.chunk, *shape, p.blocks_in_flight);
  for (auto const& d : r.datasets)
    p.disk_bytes +=
        product(d.description.shape) * static_cast<std::int64_t>(size_of(d.description.type));
  p.overhead = overhead_of(g, *shape, {{r.decode_unit[2], r.decode_unit[3], r.decode_unit[4]}});
  double const per_voxel =
      (r.class_count == 0 ? 0 : r.costs.classify + r.costs.read * p.overhead.halo) +
      r.costs.decode * p.overhead.decode;
  p.seconds = 1e-9 * per_voxel * double(p.voxels) / r.threads;
  return p;
}

}  // namespace voxstitch::pipeline
