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
#include "voxstitch/pipeline/decoding.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::pipeline {

/// One dataset that a job writes.
struct dataset_plan {
  std::string file;                ///< as asked for
  std::string name;                ///< inside the file; empty for formats of one volume
  volume_description description;  ///< of what is written
};

/// What is read to learn where something is to be classified.
struct mask_plan {
  volume_description description;
  coord<5> decode_unit{{1, 1, 1, 1, 1}};  ///< t, c, z, y, x; what is decoded, and kept, whole
  double decode = 0;                      ///< nanoseconds per voxel on one thread
};

/// Everything a plan depends on.
struct plan_request {
  volume_description input;
  coord<5> decode_unit{{1, 1, 1, 1, 1}};  ///< t, c, z, y, x; what is decoded, and kept, whole
  box<3> region;                          ///< z, y, x; what is asked for
  coord<3> halo{};
  coord<3> overlap{};
  std::size_t class_count = 0;  ///< 0 when nothing is classified
  std::vector<dataset_plan> datasets;
  bool keeps_raw = false;  ///< an output needs the raw values
  std::optional<mask_plan> mask;
  std::function<std::int64_t(block<3> const&)> scratch_bytes;  ///< of the classifier
  work_costs costs;
  std::int64_t budget_bytes = 0;
  std::int64_t process_bytes = 0;  ///< resident before any block is read
  int threads = 1;
  index_t shards = 1;             ///< walked one after the other
  std::optional<coord<3>> block;  ///< voxels, as asked for
  std::optional<coord<3>> chunk;
  bool decided = false;  ///< block and chunk are those of a job that has begun
};

/// The answer.
struct plan {
  coord<3> chunk{};
  coord<3> block_shape{};
  index_t blocks = 0;  ///< of all time steps
  index_t voxels = 0;  ///< of the region, all time steps
  int blocks_in_flight = 1;
  bool reads_ahead = false;           ///< the next block is read while others are in work
  std::int64_t block_bytes = 0;       ///< of the largest block
  std::int64_t cache_bytes = 0;       ///< of decoded units that later blocks read again
  std::int64_t mask_cache_bytes = 0;  ///< the same of the mask
  std::int64_t peak_bytes = 0;
  std::int64_t disk_bytes = 0;  ///< of the outputs, uncompressed
  double price = 0;             ///< a rough estimate: nanoseconds per voxel on one thread
  double seconds = 0;           ///< the same for all voxels and threads
  grid_overhead overhead;
  decoding decodes;
  decoding mask_decodes;
};

/// What is decoded more often than this is worth kept memory, slabs of whole slices or a copy.
inline constexpr double most_decodes = 1.5;

/// A block larger than this gains little halo and only delays its first result.
inline constexpr index_t largest_core_voxels = index_t{1} << 24;

namespace detail {

[[nodiscard]] inline index_t channels(volume_description const& d) { return d.shape[1]; }

/// Bytes of a voxel with all its channels.
[[nodiscard]] inline std::int64_t voxel_bytes(volume_description const& d) {
  return channels(d) * static_cast<std::int64_t>(size_of(d.type));
}

/// Bytes that say for each voxel of a block's result whether it is inside the mask.
[[nodiscard]] inline std::int64_t mask_bytes(plan_request const& r, block<3> const& b) {
  return r.mask ? b.result.size() : 0;
}

/// Bytes of a block's values while it is read: of the mask first, then of the input.
[[nodiscard]] inline std::int64_t read_bytes(plan_request const& r, block<3> const& b) {
  std::int64_t const mask = r.mask ? b.result.size() * voxel_bytes(r.mask->description) : 0;
  return std::max(b.read.size() * voxel_bytes(r.input), mask);
}

/// Bytes of a block when it needs most, besides what the threads share: while what was read becomes
/// floats, or while these are classified and what was read is gone.
[[nodiscard]] inline std::int64_t bytes_of_block(plan_request const& r, block<3> const& b) {
  std::int64_t const raw = b.read.size() * voxel_bytes(r.input);
  std::int64_t const core_raw = r.keeps_raw ? b.core.size() * voxel_bytes(r.input) : 0;
  std::int64_t const mask = mask_bytes(r, b);
  if (r.class_count == 0) return read_bytes(r, b) + mask;
  std::int64_t const input = b.read.size() * channels(r.input) * 4;
  std::int64_t const p = b.result.size() * static_cast<std::int64_t>(r.class_count) * 4;
  std::int64_t const classified = core_raw + input + std::max(raw, r.scratch_bytes(b) + p);
  return mask + std::max(read_bytes(r, b), classified);
}

/// Bytes of a block that was read and waits.
[[nodiscard]] inline std::int64_t raw_bytes(plan_request const& r, block<3> const& b) {
  return read_bytes(r, b) + mask_bytes(r, b);
}

/// Along one axis, the block that reads most; of equals the one with the larger result.
[[nodiscard]] inline block<1> widest_block(block_grid const& g, std::size_t axis, index_t step) {
  auto const range = [&](box<3> const& b) {
    return box<1>{{{b.inclusive_min[axis]}}, {{b.exclusive_max[axis]}}};
  };
  blocking<1> const blocks(range(g.region), {{step}}, {}, {{g.overlap[axis]}});
  block<1> widest;
  for (index_t i : {index_t{0}, index_t{1}, blocks.size() - 2, blocks.size() - 1}) {
    if (i < 0 || i >= blocks.size()) continue;
    block<1> b = blocks[i];
    b.read = grown_within(b.result, coord<1>{{g.halo[axis]}}, range(g.volume));
    auto const size = [](block<1> const& c) { return std::pair(c.read.size(), c.result.size()); };
    if (size(b) > size(widest)) widest = b;
  }
  return widest;
}

/// The block of a grid that needs most. (Inner blocks are all alike; at most the first, the last
/// and their neighbours differ from them.)
[[nodiscard]] inline block<3> largest_block(block_grid const& g, coord<3> const& block_shape) {
  block<3> b;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    auto const along = widest_block(g, axis, block_shape[axis]);
    auto const set = [&](box<3>& to, box<1> const& from) {
      to.inclusive_min[axis] = from.inclusive_min[0];
      to.exclusive_max[axis] = from.exclusive_max[0];
    };
    set(b.core, along.core);
    set(b.result, along.result);
    set(b.read, along.read);
  }
  return b;
}

/// Decoded units, values of a chunk and compressed chunks that each thread holds for a moment.
[[nodiscard]] inline std::int64_t thread_bytes(plan_request const& r, coord<3> const& chunk) {
  auto const bytes_of = [](coord<5> const& unit, volume_description const& d) {
    return product(unit) * static_cast<std::int64_t>(size_of(d.type));
  };
  auto unit = bytes_of(r.decode_unit, r.input);
  if (r.mask) unit = std::max(unit, bytes_of(r.mask->decode_unit, r.mask->description));
  std::int64_t values = 0;  // bytes per voxel
  std::int64_t element = 1;
  for (auto const& d : r.datasets) {
    auto const size = static_cast<std::int64_t>(size_of(d.description.type));
    values += channels(d.description) * size;
    element = std::max(element, size);
  }
  return 2 * unit + product(chunk) * (values + 3 * element);
}

[[nodiscard]] inline std::string mebibytes(std::int64_t bytes) {
  return std::to_string(divide_up(bytes, std::int64_t{1} << 20)) + "M";
}

/// "1K", "64M": a small budget as it was given, another in whole mebibytes.
[[nodiscard]] inline std::string budget_text(std::int64_t bytes) {
  constexpr std::int64_t kibi = std::int64_t{1} << 10;
  constexpr std::int64_t mebi = std::int64_t{1} << 20;
  if (bytes % mebi == 0 || bytes > 64 * mebi) return mebibytes(bytes);
  return bytes % kibi == 0 ? std::to_string(bytes / kibi) + "K" : std::to_string(bytes);
}

}  // namespace detail

/// The chunk shape (z, y, x) of all outputs: a function of the region's shape alone.
[[nodiscard]] inline coord<3> chunk_for(coord<3> const& region_shape,
                                        std::optional<coord<3>> const& wish = std::nullopt) {
  return min(wish.value_or(coord<3>::filled(io::default_chunk_side)), region_shape);
}

/// What huge pages round up, threads keep on their stacks and allocators keep for themselves.
inline constexpr std::int64_t slack_bytes = std::int64_t{16} << 20;

/// How many blocks are in work at once, and whether the next one is read meanwhile.
struct way_of_working {
  int in_flight = 1;
  bool reads_ahead = false;
};

/// Bytes the whole process needs with blocks of that shape, before any decoded unit is kept.
[[nodiscard]] inline std::int64_t peak_bytes(plan_request const& r, block_grid const& g,
                                             coord<3> const& chunk, coord<3> const& block_shape,
                                             way_of_working const& way) {
  block<3> const largest = detail::largest_block(g, block_shape);
  return r.process_bytes + slack_bytes + r.threads * detail::thread_bytes(r, chunk) +
         way.in_flight * detail::bytes_of_block(r, largest) +
         (way.reads_ahead ? detail::raw_bytes(r, largest) : 0);
}

namespace detail {

/// Fewer at once where there are not so many blocks.
[[nodiscard]] inline way_of_working fitted(way_of_working way, index_t blocks) {
  way.in_flight = static_cast<int>(std::min<index_t>(way.in_flight, blocks));
  way.reads_ahead = way.reads_ahead && blocks > way.in_flight;
  return way;
}

/// What of the volumes blocks read, of whatever shape they are.
struct readings {
  grid_reading input;
  grid_reading mask;  ///< without a halo
};

/// The least decoding within `bytes` of memory.
[[nodiscard]] inline decoding decoding_within(std::int64_t bytes, grid_reading& g,
                                              coord<3> const& shape, coord<5> const& unit,
                                              volume_description const& d) {
  bool const decodes = product(unit) > 1;
  auto const affordable = decodes ? std::max<std::int64_t>(0, bytes) / voxel_bytes(d) : 0;
  auto result = least_decoding(g, shape, spatial(unit), affordable);
  if (!decodes) result.times = 1;
  return result;
}

/// Adds what is kept of decoded units, and what decoding them costs: the mask takes what the input
/// leaves.
inline void add_decoding(plan& p, plan_request const& r, readings& g) {
  p.decodes = decoding_within(r.budget_bytes - p.peak_bytes, g.input, p.block_shape, r.decode_unit,
                              r.input);
  p.cache_bytes = p.decodes.kept_voxels * voxel_bytes(r.input);
  p.peak_bytes += p.cache_bytes;
  p.price += r.costs.decode * p.decodes.voxels;
  if (!r.mask) return;
  auto const& [d, unit, cost] = *r.mask;
  p.mask_decodes = decoding_within(r.budget_bytes - p.peak_bytes, g.mask, p.block_shape, unit, d);
  p.mask_cache_bytes = p.mask_decodes.kept_voxels * voxel_bytes(d);
  p.peak_bytes += p.mask_cache_bytes;
  if (product(unit) > 1) p.price += cost * p.mask_decodes.voxels;
}

/// Everything about blocks of that shape but whether they fit.
[[nodiscard]] inline plan plan_of_shape(plan_request const& r, readings& g, coord<3> const& chunk,
                                        coord<3> const& shape, way_of_working const& wish) {
  plan p;
  p.chunk = chunk;
  p.block_shape = shape;
  auto const& grid = g.input.grid();
  p.blocks = grid.blocks(shape).size() * r.input.shape[0];
  auto const way = fitted(wish, divide_up(p.blocks, std::min(p.blocks, r.shards)));
  p.blocks_in_flight = way.in_flight;
  p.reads_ahead = way.reads_ahead;
  p.peak_bytes = peak_bytes(r, grid, chunk, shape, way);
  p.overhead = overhead_of(g.input, shape, spatial(r.decode_unit));
  p.price = (r.class_count == 0 ? 0 : r.costs.classify + r.costs.read * p.overhead.halo) +
            r.costs.block / double(product(min(shape, r.region.shape())));
  add_decoding(p, r, g);
  return p;
}

/// Whether something is decoded more than `most_times`.
[[nodiscard]] inline bool decodes_often(plan const& p, double most_times) {
  return std::max(p.decodes.times, p.mask_decodes.times) > most_times;
}

/// Ways of working, the best first, with what the others cost more. Classifiers without a halo lose
/// nothing in small blocks; they need not know of threads.
[[nodiscard]] inline std::vector<std::pair<way_of_working, double>>
ways_for(plan_request const& r) {
  if (r.threads == 1) return {{{1, false}, 1.0}};
  int const many = r.halo == coord<3>{} ? r.threads : 2;
  return {{{many, true}, 1.0}, {{1, true}, 1.05}, {{1, false}, 1.2}};
}

/// A price that no other has.
inline constexpr double last_resort = 1e9;

/// The asked block shape, or the cheapest that fits; one that decodes more than `most_times` only
/// where there is no other.
[[nodiscard]] inline std::optional<coord<3>> shape_for(plan_request const& r, readings& g,
                                                       coord<3> const& chunk,
                                                       way_of_working const& way,
                                                       double most_times) {
  auto const price = [&](coord<3> const& shape) -> std::optional<double> {
    bool const large = shape != chunk && product(shape) > largest_core_voxels;
    if (large && !r.block) return std::nullopt;
    auto const p = plan_of_shape(r, g, chunk, shape, way);
    if (p.peak_bytes > r.budget_bytes) return std::nullopt;
    return p.price + (decodes_often(p, most_times) ? last_resort : 0);
  };
  if (!r.block) return cheapest_block_shape(r.region, chunk, price);
  auto const shape = rounded_up_to_chunks(min(*r.block, r.region.shape()), chunk);
  return price(shape) ? std::optional(shape) : std::nullopt;
}

[[nodiscard]] inline block_grid grid_of(plan_request const& r) {
  return {box<3>::at_origin(spatial(r.input.shape)), r.region, r.halo, r.overlap};
}

[[nodiscard]] inline readings readings_of(plan_request const& r) {
  auto const g = grid_of(r);
  return {grid_reading(g), grid_reading({g.volume, g.region, {}, g.overlap})};
}

/// The cheapest plan that fits.
[[nodiscard]] inline std::optional<plan> cheapest_plan(plan_request const& r, double most_times) {
  auto g = readings_of(r);
  auto const chunk = chunk_for(r.region.shape(), r.chunk);
  std::optional<plan> best;
  auto const judged = [&](plan const& p) {
    return p.price + (decodes_often(p, most_times) ? last_resort : 0);
  };
  for (auto const& [way, factor] : ways_for(r)) {
    auto const shape = shape_for(r, g, chunk, way, most_times);
    if (!shape) continue;
    auto p = plan_of_shape(r, g, chunk, *shape, way);
    p.price *= factor;
    if (!best || judged(p) < judged(*best)) best = p;
  }
  return best;
}

/// Adds what does not depend on the choice.
[[nodiscard]] inline plan completed(plan p, plan_request const& r) {
  p.voxels = r.region.size() * r.input.shape[0];
  p.block_bytes = bytes_of_block(r, largest_block(grid_of(r), p.block_shape));
  for (auto const& d : r.datasets)
    p.disk_bytes +=
        product(d.description.shape) * static_cast<std::int64_t>(size_of(d.description.type));
  p.seconds = 1e-9 * p.price * double(p.voxels) / r.threads;
  return p;
}

[[noreturn]] inline void refuse(plan_request const& r, block_grid const& g, coord<3> const& chunk) {
  coord<3> const shape =
      r.block ? rounded_up_to_chunks(min(*r.block, r.region.shape()), chunk) : chunk;
  auto const needed = peak_bytes(r, g, chunk, shape, {});
  throw budget_error("memory budget: --ram " + budget_text(r.budget_bytes) +
                     " is too small; blocks of " + to_string(shape) +
                     " voxels (z,y,x) with a halo of " + to_string(g.halo) + " need " +
                     mebibytes(needed) + "; give at least --ram " + mebibytes(needed) +
                     (r.decided ? " or begin anew with --fresh"
                      : r.block ? " or a smaller --block"
                                : " or a smaller --chunk"));
}

inline void require_possible(plan_request const& r) {
  auto const refuse = [](std::string const& what) { throw usage_error("plan: " + what); };
  if (r.threads < 1) refuse(std::to_string(r.threads) + " threads; give one at least");
  if (r.shards < 1) refuse(std::to_string(r.shards) + " shards; give one at least");
  if (r.class_count > 0 && !r.scratch_bytes)
    refuse("a request for a classifier must say what it takes (scratch_bytes)");
  if (r.region.empty()) refuse("the region is empty");
}

}  // namespace detail

/// Chooses block shape, blocks in flight and what is kept decoded; pure. Decodes nothing more than
/// `most_decodes` times where memory can help it.
/// @throws budget_error that names the smallest budget that would do; usage_error for a request
/// that nothing can be planned for.
[[nodiscard]] inline plan make_plan(plan_request const& r) {
  detail::require_possible(r);
  auto const p = detail::cheapest_plan(r, most_decodes);
  if (!p) detail::refuse(r, detail::grid_of(r), chunk_for(r.region.shape(), r.chunk));
  return detail::completed(*p, r);
}

}  // namespace voxstitch::pipeline
