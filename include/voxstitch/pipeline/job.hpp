// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is asked for, and what was decided about it?

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "voxstitch/io/any_source.hpp"
#include "voxstitch/models/any_block_classifier.hpp"
#include "voxstitch/pipeline/datasets.hpp"
#include "voxstitch/pipeline/final_files.hpp"
#include "voxstitch/pipeline/manifest.hpp"
#include "voxstitch/pipeline/provenance.hpp"
#include "voxstitch/pipeline/stage.hpp"
#include "voxstitch/pipeline/staging.hpp"

namespace voxstitch::pipeline {

/// Everything that is asked for.
struct job {
  io::any_source input;
  std::optional<io::any_source> mask;
  std::optional<models::any_block_classifier> classifier;  ///< not needed for `raw` alone
  std::vector<output_request> outputs;
  class_content content = class_content::mask;
  bool quantised = false;
  std::optional<box<3>> region;  ///< z, y, x; everything when not given
  std::optional<coord<3>> block;
  std::optional<coord<3>> chunk;
  work_costs costs;
  std::int64_t budget_bytes = 0;
  std::int64_t process_bytes = 0;  ///< resident before the job begins
  int threads = 1;
  bool overwrite = false;
  std::string folder;  ///< for unfinished work; empty: beside the first output
  index_t shards = 1;  ///< as many as there are blocks at most
  fingerprint facts;   ///< everything that determines the values
};

/// A job with everything decided and nothing done.
struct prepared_job {
  block_grid grid;
  std::vector<output_plan> outputs;
  job_plan what;
  index_t shards = 1;
};

namespace detail {

[[nodiscard]] inline output_context context_of(job const& j, box<3> const& region) {
  output_context context{j.input.description(), {}, j.content, j.quantised};
  coord<3> const shape = region.shape();
  for (std::size_t axis = 0; axis < 3; ++axis) context.input.shape[axis + 2] = shape[axis];
  if (j.classifier) context.class_names = j.classifier->class_names();
  return context;
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
  r.masked = j.mask.has_value();
  if (j.classifier) {
    r.class_count = j.classifier->class_count();
    r.scratch_bytes = [c = *j.classifier](block<3> const& b) { return c.scratch_bytes(b); };
  }
  r.costs = j.costs;
  r.budget_bytes = j.budget_bytes;
  r.process_bytes = j.process_bytes;
  r.threads = j.threads;
  r.block = j.block;
  r.chunk = j.chunk;
  return r;
}

inline void require_mask_shape(job const& j) {
  if (!j.mask) return;
  auto const& m = j.mask->description().shape;
  auto const& d = j.input.description().shape;
  if (spatial(m) != spatial(d) || (m[0] != d[0] && m[0] != 1))
    throw shape_error("--mask is " + to_string(spatial(m)) + " (z,y,x), but the input is " +
                      to_string(spatial(d)) + "; a mask has the input's extents");
}

}  // namespace detail

/// Names of a job's walks, and of their folders.
inline constexpr char const* staging_name = "input";
inline constexpr char const* blocks_name = "blocks";

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

/// Decides grid, datasets and plan.
/// @param begun the manifest of the same job, when it has begun: its blocks and chunks are kept
/// @throws usage_error, shape_error or budget_error with the remedy.
[[nodiscard]] inline prepared_job prepare(job const& j,
                                          std::optional<manifest> const& begun = std::nullopt) {
  detail::require_mask_shape(j);
  prepared_job p;
  auto const volume = box<3>::at_origin(detail::spatial(j.input.description().shape));
  p.grid = {
      volume, j.region.value_or(volume), j.classifier ? j.classifier->halo() : coord<3>{}, {}};
  p.outputs = plan_outputs(j.outputs, detail::context_of(j, p.grid.region));
  for (auto const& o : p.outputs)
    if (o.what.needs_classifier() && !j.classifier)
      throw usage_error("output " + to_string(o.request.kind) +
                        " needs a classifier: give --project or --classifier");
  auto const request = detail::request_of(j, p.grid, p.outputs);
  if (begun) {
    auto const blocks = detail::blocks_decision(*begun);
    p.what = plan_again(request, blocks, detail::decision(*begun, staging_name));
    p.shards = std::min(blocks.shards, p.what.blocks.blocks);
  } else {
    p.what = plan_job(request);
    p.shards = std::min(j.shards, p.what.blocks.blocks);
  }
  return p;
}

/// The walk that classifies.
[[nodiscard]] inline stage blocks_stage(prepared_job const& p) {
  stage s{blocks_name, p.grid, p.what.blocks, placement::of_cores(p.grid.region), {}, p.shards};
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
          placement::of_cores(region),
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

/// Whether every output is there already and was made by this very job.
[[nodiscard]] inline bool already_done(job const& j, prepared_job const& p) {
  for (auto const& file : files_of(p))
    if (recorded_fingerprint(file) != j.facts.text()) return false;
  return true;
}

/// @throws usage_error for an output that exists, io_error for a folder that cannot be written to.
inline void require_free_places(job const& j, prepared_job const& p) {
  for (auto const& file : files_of(p)) {
    if (std::filesystem::is_directory(file))
      throw usage_error("output " + quoted(file) + " is a folder; name a file in it");
    if (std::filesystem::exists(file) && !j.overwrite)
      throw usage_error("output " + quoted(file) +
                        " exists; name another file, or give --overwrite to replace it");
    require_writable_folder(file);
  }
}

/// The folder for unfinished work.
[[nodiscard]] inline std::filesystem::path folder_of(job const& j, prepared_job const& p) {
  return j.folder.empty() ? std::filesystem::path(files_of(p).front() + ".job")
                          : std::filesystem::path(j.folder);
}

}  // namespace voxstitch::pipeline
