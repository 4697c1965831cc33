// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file When is it cheaper to copy the input into chunks first?

#include <optional>

#include "voxstitch/io/packed_chunks.hpp"
#include "voxstitch/io/unit_reader.hpp"
#include "voxstitch/pipeline/manifest.hpp"
#include "voxstitch/pipeline/plan.hpp"

namespace voxstitch::pipeline {

/// A copy of the part of the input that a job reads, in chunks, made before the blocks are walked.
struct staged_input {
  box<3> region;  ///< z, y, x; made of whole pieces of chunks, but for the volume's end
  plan what;      ///< of the copying
};

/// A plan of one or two walks.
struct job_plan {
  plan blocks;
  std::optional<staged_input> staging;
};

namespace detail {

/// Nanoseconds per byte on one thread: deflate and inflate at level 1.
inline constexpr double packing_price = 8;
inline constexpr double unpacking_price = 2;

/// Chunks that a reader of the copy keeps as one piece.
[[nodiscard]] inline coord<5> staged_piece(plan_request const& r, coord<3> const& chunk) {
  return io::piece_shape(r.input, of_one_channel(chunk));
}

/// Everything the blocks read, in the whole pieces that it is read in.
[[nodiscard]] inline box<3> region_to_stage(plan_request const& r, coord<3> const& chunk) {
  auto const g = grid_of(r);
  auto const read = grown_within(r.region, r.halo + r.overlap, g.volume);
  coord<3> const piece = spatial(staged_piece(r, chunk));
  coord<3> const low =
      zip(read.inclusive_min, piece, [](index_t v, index_t p) { return v / p * p; });
  return {low, min(rounded_up_to_chunks(read.exclusive_max, piece), g.volume.exclusive_max)};
}

[[nodiscard]] inline volume_description staged_description(volume_description d,
                                                           box<3> const& region) {
  for (std::size_t axis = 0; axis < 3; ++axis) d.shape[axis + 2] = region.extent(axis);
  return d;
}

/// A request for nothing but the copy.
[[nodiscard]] inline plan_request request_to_stage(plan_request const& r, coord<3> const& chunk) {
  plan_request s;
  s.input = r.input;
  s.decode_unit = r.decode_unit;
  s.region = region_to_stage(r, chunk);
  s.datasets.push_back({"", "", staged_description(r.input, s.region)});
  s.costs = r.costs;
  s.budget_bytes = r.budget_bytes;
  s.process_bytes = r.process_bytes;
  s.threads = r.threads;
  s.chunk = chunk;
  return s;
}

/// The same job, reading chunks, whose places are in memory.
[[nodiscard]] inline plan_request request_from_staged(plan_request r, coord<3> const& chunk) {
  auto const copy = staged_description(r.input, region_to_stage(r, chunk));
  r.process_bytes += io::packed_chunks::bytes_of_places(copy.shape, of_one_channel(chunk));
  r.decode_unit = staged_piece(r, chunk);
  r.costs.decode = unpacking_price * double(size_of(r.input.type));
  return r;
}

[[nodiscard]] inline std::optional<job_plan> plan_in_chunks(plan_request const& r,
                                                            coord<3> const& chunk) {
  auto const copying = request_to_stage(r, chunk);
  auto const copied = cheapest_plan(copying, most_decodes);
  if (!copied || copied->decodes.times > most_decodes) return std::nullopt;
  auto const walking = request_from_staged(r, chunk);
  auto const walked = cheapest_plan(walking, std::numeric_limits<double>::infinity());
  if (!walked) return std::nullopt;
  job_plan p{completed(*walked, walking),
             staged_input{copying.region, completed(*copied, copying)}};
  double const packing = packing_price * double(size_of(r.input.type)) * double(channels(r.input));
  p.staging->what.price += packing;
  p.staging->what.seconds += 1e-9 * packing * double(p.staging->what.voxels) / r.threads;
  return p;
}

/// Through the flattest slabs that are needed: a slab of full slices must fit into memory.
[[nodiscard]] inline std::optional<job_plan> plan_with_staging(plan_request const& r) {
  coord<3> chunk = min(coord<3>::filled(io::default_chunk_side), spatial(r.input.shape));
  for (; chunk[0] > 0; chunk[0] /= 2)
    if (auto p = plan_in_chunks(r, chunk)) return p;
  return std::nullopt;
}

}  // namespace detail

/// Of all walks, on all threads.
[[nodiscard]] inline double seconds_of(job_plan const& p) {
  return p.blocks.seconds + (p.staging ? p.staging->what.seconds : 0);
}
/// Of the walk that needs most.
[[nodiscard]] inline std::int64_t peak_of(job_plan const& p) {
  return std::max(p.blocks.peak_bytes, p.staging ? p.staging->what.peak_bytes : 0);
}

/// As make_plan(). Where even the cheapest blocks decode the input too often, takes blocks that do
/// not, or copies the input into chunks first: whichever is cheaper.
/// @throws budget_error that names the smallest budget that would do.
[[nodiscard]] inline job_plan plan_job(plan_request const& r) {
  job_plan const direct{make_plan(r), {}};
  auto const unbound = detail::cheapest_plan(r, std::numeric_limits<double>::infinity());
  if (unbound->decodes.times <= most_decodes) return direct;
  auto const staged = detail::plan_with_staging(r);
  if (!staged) return direct;
  bool const helps = most_decodes * staged->blocks.decodes.times < unbound->decodes.times;
  bool const needed = direct.blocks.decodes.times > most_decodes;
  bool const cheaper = seconds_of(*staged) < seconds_of(direct);
  return helps && (needed || cheaper) ? *staged : direct;
}

/// The job_plan that was made before, perhaps for another budget and other threads: the same blocks
/// and chunks, as many in work as fit now.
/// @param blocks, chunk shapes (z, y, x) of the blocks that are classified
/// @param staging the same of the blocks that are copied first, if they are
/// @throws budget_error that names the smallest budget that would do.
[[nodiscard]] inline job_plan plan_again(plan_request r, stage_decision const& blocks,
                                         std::optional<stage_decision> const& staging) {
  r.decided = true;
  r.block = blocks.block;
  r.chunk = blocks.chunk;
  if (!staging) return {make_plan(r), {}};
  auto copying = detail::request_to_stage(r, staging->chunk);
  copying.decided = true;
  copying.block = staging->block;
  return {make_plan(detail::request_from_staged(r, staging->chunk)),
          staged_input{copying.region, make_plan(copying)}};
}

}  // namespace voxstitch::pipeline
