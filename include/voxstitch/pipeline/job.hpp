// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does one command become finished files?

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "voxstitch/io/any_source.hpp"
#include "voxstitch/io/chunk_store.hpp"
#include "voxstitch/io/hdf5_writer.hpp"
#include "voxstitch/io/npy_writer.hpp"
#include "voxstitch/io/placed_source.hpp"
#include "voxstitch/io/tiff_writer.hpp"
#include "voxstitch/models/any_block_classifier.hpp"
#include "voxstitch/pipeline/datasets.hpp"
#include "voxstitch/pipeline/final_files.hpp"
#include "voxstitch/pipeline/job_folder.hpp"
#include "voxstitch/pipeline/provenance.hpp"
#include "voxstitch/pipeline/run.hpp"
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
  std::string folder;       ///< for unfinished work; empty: beside the first output
  std::string fingerprint;  ///< of everything that determines the values
};

/// A job with everything decided and nothing done.
struct prepared_job {
  block_grid grid;
  std::vector<output_plan> outputs;
  plan what;
  std::optional<staged_input> staging;  ///< before that
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

/// Decides grid, datasets and plan.
/// @throws usage_error, shape_error or budget_error with the remedy.
[[nodiscard]] inline prepared_job prepare(job const& j) {
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
  auto what = plan_job(detail::request_of(j, p.grid, p.outputs));
  p.what = std::move(what.blocks);
  p.staging = std::move(what.staging);
  return p;
}

/// Voxels that all walks of a job work on.
[[nodiscard]] inline index_t voxels_of(prepared_job const& p) {
  return p.what.voxels + (p.staging ? p.staging->what.voxels : 0);
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
    if (recorded_fingerprint(file) != j.fingerprint) return false;
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

/// Runs a prepared job: blocks into chunk stores, then whole files, then their names.
class job_run {
 public:
  job_run(job const& j, prepared_job const& p) : job_(j), prepared_(p), folder_(folder_of(j, p)) {
    coord<3> const c = p.what.chunk;
    int number = 0;
    for (auto const& o : p.outputs) {
      auto& target = targets_.emplace_back(output_target<io::chunk_store>{o.what, {}});
      for (auto const& d : o.datasets) {
        auto const name = std::to_string(number++) + ".chunks";
        stores_.emplace_back((folder_.path() / name).string(), d.description,
                             coord<5>{{1, 1, c[0], c[1], c[2]}});
        target.sinks.push_back(&stores_.back());
      }
    }
  }

  /// Classifies; nothing stands under an output's name yet.
  void walk(run_control const& control) {
    auto const input = prepared_.staging ? staged(control) : job_.input;
    block_walk const blocks(input, job_.classifier ? &*job_.classifier : nullptr,
                            job_.mask ? &*job_.mask : nullptr,
                            std::span<output_target<io::chunk_store> const>(targets_),
                            prepared_.grid, prepared_.what);
    blocks(control);
    for (auto& store : stores_) store.finish();
  }

  /// Writes the final files and puts them into place, all or none.
  void publish(nlohmann::ordered_json const& provenance) {
    final_files files;
    for (auto const& file : files_of(prepared_)) write_file(file, files.begin(file));
    for (auto const& file : files_of(prepared_)) {
      std::ofstream note(files.begin(provenance_name(file)));
      note << provenance.dump(2) << '\n';
      if (!note.flush())
        throw io_error("output " + quoted(provenance_name(file)) + " cannot be written");
    }
    files.publish();
  }

  /// The store of the first dataset of output `i`, readable after walk().
  [[nodiscard]] io::chunk_store const& store_of(std::size_t i) const {
    return *targets_[i].sinks.front();
  }

 private:
  /// A copy in chunks of what the job reads; it goes with the source.
  [[nodiscard]] io::any_source staged(run_control const& control) const {
    auto const& [region, what] = *prepared_.staging;
    auto const& whole = job_.input.description();
    coord<3> const& c = what.chunk;
    io::chunk_store copy((folder_.path() / "input.chunks").string(),
                         detail::staged_description(whole, region), {{1, 1, c[0], c[1], c[2]}});
    std::vector<output_target<io::chunk_store>> const target{{{output_kind::raw}, {&copy}}};
    block_walk const copying(job_.input, static_cast<models::any_block_classifier const*>(nullptr),
                             static_cast<io::any_source const*>(nullptr), std::span(target),
                             {prepared_.grid.volume, region, {}, {}}, what);
    copying(control);
    copy.finish();
    coord<3> const& at = region.inclusive_min;
    return io::any_source(
        io::placed_source(std::move(copy), whole, {{0, 0, at[0], at[1], at[2]}}));
  }

  void write_file(std::string const& file, std::string const& partial) const {
    std::optional<io::hdf5_writer> hdf5;
    std::size_t i = 0;
    for (auto const& o : prepared_.outputs)
      for (auto const& d : o.datasets) {
        auto const& store = stores_[i++];
        if (d.file != file) continue;
        if (o.format == file_format::tiff) return io::write_tiff(partial, store, merge_bytes());
        if (o.format == file_format::npy) return io::write_npy(partial, store, merge_bytes());
        if (!hdf5) hdf5.emplace(partial);
        hdf5->add(spec_of(o, d), store);
      }
    if (hdf5) hdf5->close();
  }

  /// Values between 0 and 1 say so, as ilastik's do.
  [[nodiscard]] io::dataset_spec spec_of(output_plan const& o, dataset_plan const& d) const {
    io::dataset_spec spec;
    spec.name = d.name;
    if (o.request.kind != output_kind::raw && o.request.kind != output_kind::classes)
      spec.drange = std::array<double, 2>{0, o.what.quantised ? 255.0 : 1.0};
    if (o.what.needs_classifier()) spec.class_names = job_.classifier->class_names();
    return spec;
  }

  [[nodiscard]] std::int64_t merge_bytes() const {
    return std::max<std::int64_t>(prepared_.what.block_bytes, std::int64_t{1} << 20);
  }

  job const& job_;
  prepared_job const& prepared_;
  job_folder folder_;
  std::deque<io::chunk_store> stores_;
  std::vector<output_target<io::chunk_store>> targets_;
};

}  // namespace voxstitch::pipeline
