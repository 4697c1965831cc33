// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is asked for, and what was decided about it?

#include <algorithm>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "voxstitch/io/any_source.hpp"
#include "voxstitch/io/npy_writer.hpp"
#include "voxstitch/io/packed_chunks.hpp"
#include "voxstitch/io/tiff_writer.hpp"
#include "voxstitch/models/any_block_classifier.hpp"
#include "voxstitch/pipeline/datasets.hpp"
#include "voxstitch/pipeline/final_files.hpp"
#include "voxstitch/pipeline/manifest.hpp"
#include "voxstitch/pipeline/masking.hpp"
#include "voxstitch/pipeline/provenance.hpp"
#include "voxstitch/pipeline/stage.hpp"
#include "voxstitch/pipeline/staging.hpp"
#include "voxstitch/pipeline/stitched_results.hpp"
#include "voxstitch/stitch/any_policy.hpp"

namespace voxstitch::pipeline {

/// Everything that is asked for.
struct job {
  explicit job(io::any_source volume) : input(std::move(volume)) {}

  io::any_source input;
  std::optional<io::any_source> mask;
  std::optional<models::any_block_classifier> classifier;  ///< not needed for `raw` alone
  std::vector<output_request> outputs;
  class_content content = class_content::mask;
  bool quantised = false;
  std::optional<box<3>> region;  ///< z, y, x; everything when not given
  std::optional<coord<3>> block;
  std::optional<coord<3>> chunk;
  stitch::any_policy policy = stitch::keep_core{};
  work_costs costs;
  std::int64_t budget_bytes = 0;
  std::int64_t process_bytes = 0;  ///< resident before the job begins
  int threads = 1;
  bool overwrite = false;
  std::string folder;  ///< for unfinished work; empty: beside the first output
  index_t shards = 1;  ///< as many as there are blocks at most
  bool merges = true;  ///< else stitching and merging are left to a process with a budget for them
  fingerprint facts;   ///< everything that determines the values
};

/// A job with everything decided and nothing done.
struct prepared_job {
  block_grid grid;
  std::vector<output_plan> outputs;
  job_plan what;                  ///< up to the classified blocks
  std::optional<plan> stitching;  ///< of their results, where they overlap
  std::int64_t merge_peak = 0;    ///< bytes while final files are written
  index_t shards = 1;
};

/// What of a TIFF or npy file is put together at a time, at most: rows of chunks of the largest
/// slices.
inline constexpr std::int64_t most_merged_bytes = std::int64_t{512} << 20;

/// Bytes at the peak of the walk that needs most.
[[nodiscard]] inline std::int64_t walks_peak(prepared_job const& p) {
  return std::max(peak_of(p.what), p.stitching ? p.stitching->peak_bytes : 0);
}

namespace detail {

/// The plan of the walk that writes the outputs' chunks.
[[nodiscard]] inline plan const& last_plan(prepared_job const& p) {
  return p.stitching ? *p.stitching : p.what.blocks;
}

/// What writing final files takes besides the pieces of TIFF and npy: the places of all chunks of a
/// dataset, and chunks that each thread unpacks.
[[nodiscard]] inline std::int64_t merge_bytes_besides(job const& j, prepared_job const& p) {
  auto const chunk = last_plan(p).chunk;
  std::int64_t places = 0;
  std::int64_t unpacking = 0;
  for (auto const& o : p.outputs)
    for (auto const& d : o.datasets) {
      places = std::max(
          places, io::packed_chunks::bytes_of_places(d.description.shape, of_one_channel(chunk)));
      auto const bytes = product(chunk) * static_cast<std::int64_t>(size_of(d.description.type));
      if (o.format != file_format::hdf5) unpacking = std::max(unpacking, 2 * j.threads * bytes);
    }
  return j.process_bytes + slack_bytes + places + unpacking;
}

}  // namespace detail

/// What may be read of a TIFF or npy file's values at a time: what the walks take suffices for them
/// and for what is made of them.
[[nodiscard]] inline std::int64_t merge_bytes(job const& j, prepared_job const& p,
                                              file_format format) {
  auto const free = walks_peak(p) - detail::merge_bytes_besides(j, p);
  auto const strips = format == file_format::tiff ? std::min(io::tiff_packing_bytes, free / 2) : 0;
  return std::clamp(free - strips, std::int64_t{1} << 20, most_merged_bytes);
}

namespace detail {

/// What putting a TIFF or npy file together takes: its values, and strips that are compressed and
/// follow each other. (Others leave the memory one by one; chunks were unpacked in their place.)
[[nodiscard]] inline std::int64_t merged_bytes(output_plan const& o, dataset_plan const& d,
                                               coord<3> const& chunk, std::int64_t most) {
  bool const tiff = o.format == file_format::tiff;
  auto const unit = of_one_channel(chunk);
  auto const piece =
      tiff ? io::tiff_piece(d.description, unit, most) : io::npy_piece(d.description, unit, most);
  auto const bytes = product(piece) * static_cast<std::int64_t>(size_of(d.description.type));
  bool const strips = tiff && !io::tiff_needs_spool(d.description, piece);
  return bytes + (strips ? std::min(io::tiff_packing_bytes, bytes) : 0);
}

}  // namespace detail

/// Bytes at the peak while final files are written.
[[nodiscard]] inline std::int64_t merge_peak(job const& j, prepared_job const& p) {
  auto const chunk = detail::last_plan(p).chunk;
  std::int64_t most = 0;
  for (auto const& o : p.outputs) {
    if (o.format == file_format::hdf5) continue;
    auto const bytes = merge_bytes(j, p, o.format);
    for (auto const& d : o.datasets)
      most = std::max(most, detail::merged_bytes(o, d, chunk, bytes));
  }
  return detail::merge_bytes_besides(j, p) + most;
}

/// Bytes on the disk of strips of a TIFF file that wait until their pages are complete, not
/// compressed.
[[nodiscard]] inline std::int64_t waiting_strip_bytes(job const& j, prepared_job const& p) {
  std::int64_t most = 0;
  for (auto const& o : p.outputs) {
    if (o.format != file_format::tiff) continue;
    for (auto const& d : o.datasets)
      most = std::max(most, io::tiff_spool_bytes(d.description,
                                                 of_one_channel(detail::last_plan(p).chunk),
                                                 merge_bytes(j, p, o.format)));
  }
  return most;
}
/// Bytes at the peak of the whole job.
[[nodiscard]] inline std::int64_t peak_of(prepared_job const& p) {
  return std::max(walks_peak(p), p.merge_peak);
}

/// Of all walks, on all threads.
[[nodiscard]] inline double seconds_of(prepared_job const& p) {
  return seconds_of(p.what) + (p.stitching ? p.stitching->seconds : 0);
}
/// Voxels of all walks.
[[nodiscard]] inline index_t voxels_of(prepared_job const& p) {
  return p.what.blocks.voxels + (p.what.staging ? p.what.staging->what.voxels : 0) +
         (p.stitching ? p.stitching->voxels : 0);
}

/// Whether blocks overlap and what they computed there is blended.
[[nodiscard]] inline bool blends(job const& j) {
  return !std::holds_alternative<stitch::keep_core>(j.policy);
}

namespace detail {

[[nodiscard]] inline output_context context_of(job const& j, box<3> const& region) {
  output_context context{j.input.description(), {}, j.content, j.quantised};
  coord<3> const shape = region.shape();
  for (std::size_t axis = 0; axis < 3; ++axis) context.input.shape[axis + 2] = shape[axis];
  if (j.classifier) context.class_names = j.classifier->class_names();
  return context;
}

/// What a classifier takes for a block on that many threads, wherever it is asked.
[[nodiscard]] inline std::function<std::int64_t(block<3> const&)>
scratch_bytes_of(models::any_block_classifier classifier, int threads) {
  auto const arena = std::make_shared<tbb::task_arena>(threads);
  {  // TBB warns of an arena larger than what it may use
    tbb::global_control const limit(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(threads));
    arena->initialize();
  }
  return [classifier = std::move(classifier), arena](block<3> const& b) {
    return arena->execute([&] { return classifier.scratch_bytes(b); });
  };
}

[[nodiscard]] inline plan_request request_of(job const& j, block_grid const& grid,
                                             std::vector<output_plan> const& outputs) {
  plan_request r;
  r.input = j.input.description();
  r.decode_unit = io::piece_shape(r.input, j.input.decode_unit());
  r.region = grid.region;
  r.halo = grid.halo;
  r.datasets = datasets_of(outputs);
  for (auto const& o : outputs) r.keeps_raw = r.keeps_raw || o.what.needs_raw();
  if (j.mask) {
    auto const& d = j.mask->description();
    r.mask = {d, io::piece_shape(d, j.mask->decode_unit()), j.costs.decode};
  }
  if (j.classifier) {
    r.class_count = j.classifier->class_count();
    r.scratch_bytes = scratch_bytes_of(*j.classifier, j.threads);
  }
  r.costs = j.costs;
  r.budget_bytes = j.budget_bytes;
  r.process_bytes = j.process_bytes;
  r.threads = j.threads;
  r.block = j.block;
  r.chunk = j.chunk;
  return r;
}

}  // namespace detail

/// Names of a job's walks, and of their folders.
inline constexpr char const* staging_name = "input";
inline constexpr char const* blocks_name = "blocks";
inline constexpr char const* stitching_name = "stitched";

/// Blocks whose results are blended are part of what determines the values: unless they are asked
/// for, they do not depend on memory or threads.
inline constexpr coord<3> default_blended_block{{128, 128, 128}};

namespace detail {

[[nodiscard]] inline std::optional<stage_decision> decision(manifest const& m,
                                                            std::string const& name) {
  for (auto const& s : m.stages)
    if (s.name == name) return s;
  return std::nullopt;
}

/// @throws format_error when the manifest says nothing about the blocks.
[[nodiscard]] inline stage_decision blocks_decision(manifest const& m) {
  if (auto const found = decision(m, blocks_name)) return *found;
  throw format_error("the job's manifest names no blocks; begin anew with --fresh");
}

}  // namespace detail

namespace detail {

inline void require_disagreement_possible(job const& j) {
  for (auto const& o : j.outputs)
    if (o.kind == output_kind::disagreement && !blends(j))
      throw usage_error("-o disagreement: blocks can only disagree where they overlap; give "
                        "--stitch mean, linear, bump, max or vote with --overlap");
}

[[nodiscard]] inline bool wants_disagreement(job const& j) {
  return std::any_of(j.outputs.begin(), j.outputs.end(),
                     [](output_request const& o) { return o.kind == output_kind::disagreement; });
}

/// What each block computed, in slots.
[[nodiscard]] inline volume_description results_description(job const& j, placement const& slots) {
  volume_description d;
  coord<3> const& s = slots.shape();
  d.shape = {{j.input.description().shape[0], static_cast<index_t>(j.classifier->class_count()),
              s[0], s[1], s[2]}};
  d.type = element_type::float32;
  d.axes = "tczyx";
  return d;
}

/// Turns the request for outputs into one for the results of blocks that overlap. (On the disk they
/// take what slots without gaps would: what is in step with the volume leaves nothing but zeros.)
inline void ask_for_results(plan_request& r, job const& j, block_grid const& g) {
  if (!j.classifier) throw usage_error("--stitch needs a classifier whose results are blended");
  r.overlap = g.overlap;
  if (!r.block) r.block = default_blended_block;
  r.keeps_raw = false;
  auto const chunk = chunk_for(g.region.shape(), r.chunk);
  auto const shape = rounded_up_to_chunks(min(*r.block, g.region.shape()), chunk);
  r.datasets = {{"", "", results_description(j, placement::of_results(g.blocks(shape), chunk))}};
}

/// A request to blend what is there, block by block; the places of all its chunks are in memory.
[[nodiscard]] inline plan_request request_to_stitch(job const& j, prepared_job const& p) {
  auto r = request_of(j, {p.grid.volume, p.grid.region, {}, {}}, p.outputs);
  auto const classes = static_cast<index_t>(j.classifier->class_count());
  r.class_count = static_cast<std::size_t>(classes) + (wants_disagreement(j) ? 1 : 0);
  auto const& blocks = p.what.blocks;
  r.block = blocks.block_shape;
  r.chunk = blocks.chunk;
  auto const slots = placement::of_results_in_step(p.grid.blocks(blocks.block_shape), blocks.chunk);
  r.process_bytes += io::packed_chunks::bytes_of_places(results_description(j, slots).shape,
                                                        of_one_channel(blocks.chunk));
  r.scratch_bytes = [chunk = *r.chunk, classes, threads = r.threads](block<3> const&) {
    return stitched_results::scratch_bytes(chunk, classes, threads);
  };
  r.costs = {20.0 * double(classes), 1, j.costs.decode};
  if (!j.merges) r.budget_bytes = std::numeric_limits<std::int64_t>::max();
  return r;
}

/// @throws budget_error that names the smallest budget that would do.
inline void require_memory(job const& j, std::int64_t needed, std::string const& what) {
  if (needed <= j.budget_bytes || !j.merges) return;
  throw budget_error("memory budget: --ram " + budget_text(j.budget_bytes) + " is too small; " +
                     what + " needs " + mebibytes(needed) +
                     " to know where all chunks lie; give at least --ram " + mebibytes(needed) +
                     ", or a larger --chunk");
}

/// A walk over the same blocks that blends their results.
/// @throws budget_error
[[nodiscard]] inline plan plan_stitching(job const& j, prepared_job const& p) {
  auto const r = request_to_stitch(j, p);
  require_memory(j, peak_bytes(r, grid_of(r), *r.chunk, *r.block, {}),
                 "stitching the results of " + std::to_string(p.what.blocks.blocks) + " blocks");
  return make_plan(r);
}

/// @throws usage_error for numbers that no job can have.
inline void require_possible(job const& j) {
  auto const least = [](char const* what, index_t value) {
    if (value < 1)
      throw usage_error("job: " + std::string(what) + " of " + std::to_string(value) +
                        "; at least 1 is needed");
  };
  least("a number of threads", j.threads);
  least("a number of shards", j.shards);
  for (auto const& shape : {j.block, j.chunk})
    for (index_t extent : shape.value_or(coord<3>::filled(1)))
      least("an extent of a block or a chunk", extent);
  if (j.outputs.empty()) throw usage_error("job: no output is asked for; name one");
  auto const volume = box<3>::at_origin(spatial(j.input.description().shape));
  if (j.region && (j.region->empty() || !contains(volume, *j.region)))
    throw usage_error("job: the region " + to_string(*j.region) + " is empty or leaves the input " +
                      to_string(volume) + " (z,y,x)");
}

}  // namespace detail

/// Decides grid, datasets and plan.
/// @param begun the manifest of the same job, when it has begun: its blocks and chunks are kept
/// @throws usage_error, shape_error or budget_error with the remedy.
[[nodiscard]] inline prepared_job prepare(job const& j,
                                          std::optional<manifest> const& begun = std::nullopt) {
  detail::require_possible(j);
  if (j.mask) require_mask_shape(j.mask->description(), j.input.description());
  prepared_job p;
  auto const volume = box<3>::at_origin(spatial(j.input.description().shape));
  p.grid = {volume, j.region.value_or(volume), j.classifier ? j.classifier->halo() : coord<3>{},
            stitch::overlap(j.policy)};
  p.outputs = plan_outputs(j.outputs, detail::context_of(j, p.grid.region));
  for (auto const& o : p.outputs)
    if (o.what.needs_classifier() && !j.classifier)
      throw usage_error("output " + to_string(o.request.kind) +
                        " needs a classifier: give --project or --classifier");
  detail::require_disagreement_possible(j);
  auto request = detail::request_of(j, p.grid, p.outputs);
  if (blends(j)) detail::ask_for_results(request, j, p.grid);
  if (begun) {
    auto const blocks = detail::blocks_decision(*begun);
    request.shards = blocks.shards;
    p.what = plan_again(request, blocks, detail::decision(*begun, staging_name));
    p.shards = std::min(blocks.shards, p.what.blocks.blocks);
  } else {
    request.shards = j.shards;
    p.what = plan_job(request);
    p.shards = std::min(j.shards, p.what.blocks.blocks);
  }
  if (blends(j)) p.stitching = detail::plan_stitching(j, p);
  p.merge_peak = merge_peak(j, p);
  detail::require_memory(j, p.merge_peak, "writing the final files");
  return p;
}

/// The walk that classifies.
[[nodiscard]] inline stage blocks_stage(job const& j, prepared_job const& p) {
  stage s{blocks_name, p.grid, p.what.blocks, blends(j), {}, p.shards};
  if (blends(j))
    s.datasets.push_back(detail::results_description(j, s.where()));
  else
    for (auto const& d : datasets_of(p.outputs)) s.datasets.push_back(d.description);
  return s;
}

/// The walk that blends.
/// @pre p.stitching
[[nodiscard]] inline stage stitching_stage(prepared_job const& p) {
  stage s{stitching_name, {p.grid.volume, p.grid.region, {}, {}}, *p.stitching, false, {}, 1};
  for (auto const& d : datasets_of(p.outputs)) s.datasets.push_back(d.description);
  return s;
}

/// The walk that copies the input into chunks.
/// @pre p.what.staging
[[nodiscard]] inline stage staging_stage(job const& j, prepared_job const& p) {
  auto const& [region, what] = *p.what.staging;
  return {staging_name,
          {p.grid.volume, region, {}, {}},
          what,
          false,
          {detail::staged_description(j.input.description(), region)},
          1};
}

/// What is written down when the job begins.
/// @param command options that make the same job again
[[nodiscard]] inline manifest manifest_of(job const& j, prepared_job const& p,
                                          std::vector<std::string> command) {
  manifest m{j.facts, std::move(command), {}};
  auto const note = [&](std::string const& name, plan const& what, index_t shards) {
    m.stages.push_back({name, what.block_shape, what.chunk, shards});
  };
  if (p.what.staging) note(staging_name, p.what.staging->what, 1);
  note(blocks_name, p.what.blocks, p.shards);
  if (p.stitching) note(stitching_name, *p.stitching, 1);
  return m;
}

/// Strips, tiles or chunks of the input that hold a voxel the job needs.
[[nodiscard]] inline index_t units_needed(job const& j, prepared_job const& p) {
  auto const read = grown_within(p.grid.region, p.grid.halo + p.grid.overlap, p.grid.volume);
  auto const& shape = j.input.description().shape;
  box<5> all = detail::at_time(0, shape[1], read);
  all.exclusive_max[0] = shape[0];
  return product(io::units_touched(all, j.input.decode_unit()));
}

/// The files of a job, each once, in order.
[[nodiscard]] inline std::vector<std::string> files_of(prepared_job const& p) {
  std::vector<std::string> files;
  for (auto const& d : datasets_of(p.outputs))
    if (std::find(files.begin(), files.end(), d.file) == files.end()) files.push_back(d.file);
  return files;
}

/// Whether every output is there already, was made by this very job, and was not cut since.
[[nodiscard]] inline bool already_done(job const& j, prepared_job const& p) {
  for (auto const& file : files_of(p))
    if (recorded_fingerprint(file) != j.facts.text() || !has_recorded_bytes(file)) return false;
  return true;
}

/// @throws usage_error for an output that exists, io_error for a folder that cannot be written to.
inline void require_free_places(job const& j, prepared_job const& p) {
  for (auto const& file : files_of(p)) {
    if (std::filesystem::is_directory(file))
      throw usage_error("output " + quoted(file) + " is a folder; name a file in it");
    if (std::filesystem::exists(file) && !j.overwrite)
      throw usage_error(
          "output " + quoted(file) +
          " exists; name another file, or give --overwrite to replace the whole file, "
          "with all that is in it");
    require_writable_folder(file);
  }
}

/// Said again before files are put into place: hours may have passed since require_free_places().
/// @throws io_error for a file that appeared meanwhile and may not be replaced.
inline void require_still_free(job const& j, std::string const& file) {
  if (j.overwrite || !std::filesystem::exists(file)) return;
  throw io_error("output " + quoted(file) +
                 " appeared while the job ran, and is not replaced; move it away, and the same "
                 "command goes on from here");
}

/// The folder for unfinished work.
[[nodiscard]] inline std::filesystem::path folder_of(job const& j, prepared_job const& p) {
  return j.folder.empty() ? std::filesystem::path(files_of(p).front() + ".job")
                          : std::filesystem::path(j.folder);
}

}  // namespace voxstitch::pipeline
