// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a job become finished files, by one process or many, killed or not?

#include <functional>
#include <memory>
#include <span>

#include <tbb/global_control.h>

#include "voxstitch/io/hdf5_writer.hpp"
#include "voxstitch/io/npy_writer.hpp"
#include "voxstitch/io/placed_source.hpp"
#include "voxstitch/io/tiff_writer.hpp"
#include "voxstitch/pipeline/job.hpp"
#include "voxstitch/pipeline/job_folder.hpp"
#include "voxstitch/pipeline/run.hpp"
#include "voxstitch/pipeline/shard.hpp"

namespace voxstitch::pipeline {

/// The steps of a job whose folder holds its manifest. Each step leaves out what is done already.
class job_run {
 public:
  /// @param folder that this process has locked
  job_run(job j, prepared_job p, std::filesystem::path folder)
      : job_(std::move(j)), prepared_(std::move(p)), folder_(std::move(folder)),
        fingerprint_(job_.facts.text()), blocks_(blocks_stage(job_, prepared_)) {
    if (prepared_.what.staging) staging_ = staging_stage(job_, prepared_);
    if (prepared_.stitching) stitching_ = stitching_stage(prepared_);
  }

  /// How far all walks together have come.
  [[nodiscard]] shard_state state() const {
    auto all = shard_states(folder_, blocks_, fingerprint_);
    if (staging_) all.push_back(copy_state());
    if (stitching_) all.push_back(sum(shard_states(folder_, *stitching_, fingerprint_)));
    return sum(all);
  }

  /// Copies the input into chunks, where that was planned.
  /// @throws cancelled when stopped; what reading and writing throw.
  void stage_input(run_control const& control) const {
    if (!staging_ || copy_state().complete()) return;
    walk<models::any_block_classifier>(*staging_, 0, job_.input, nullptr, nullptr,
                                       {recipe{output_kind::raw}}, control);
  }

  /// Classifies the blocks of shards `first` to `last - 1`.
  /// @throws cancelled when stopped; io_error when another process has one of them; what reading,
  /// classifying and writing throw.
  void classify(index_t first, index_t last, run_control const& control) const {
    auto const recipes =
        stitching_ ? std::vector{recipe{output_kind::probabilities}} : recipes_of_outputs();
    std::optional<io::any_source> input;
    for (index_t shard = first; shard < last; ++shard) {
      if (state_of(folder_, blocks_, shard, fingerprint_).complete()) continue;
      if (!input) input = staging_ ? copied_input() : job_.input;
      walk(blocks_, shard, *input, job_.classifier ? &*job_.classifier : nullptr,
           job_.mask ? &*job_.mask : nullptr, recipes, control);
    }
  }

  /// Blends the results of blocks that overlap, where that was planned.
  /// @throws io_error when a shard is not complete, which is named; cancelled when stopped; what
  /// reading and writing throw.
  void stitch(run_control const& control) const {
    if (!stitching_) return;
    require_complete();
    if (sum(shard_states(folder_, *stitching_, fingerprint_)).complete()) return;
    stitched_results const results(collected(folder_, blocks_, fingerprint_, 0),
                                   blocks_.grid.blocks(blocks_.what.block_shape), job_.policy,
                                   detail::wants_disagreement(job_));
    walk(*stitching_, 0, job_.input, &results, job_.mask ? &*job_.mask : nullptr,
         recipes_of_outputs(), control);
  }

  /// What goes beside the outputs; asked for when they are written.
  using record_maker = std::function<nlohmann::ordered_json()>;

  /// One more file that appears with the outputs, as the last of them.
  struct companion {
    std::string file;
    std::function<void(std::string const&)> write;  ///< under this name, until it is on the disk
  };

  /// Writes the final files and puts them into place, all or none.
  /// @pre stitch() was called
  /// @throws io_error when a shard is not complete, which is named, an output has appeared, or the
  /// disk refuses.
  void merge(record_maker const& provenance, std::optional<companion> const& beside = {}) const {
    require_complete();
    require_outputs_still_free();
    if (staging_) forget_copy();
    final_files files(folder_);
    for (auto const& file : files_of(prepared_)) write_file(file, files.begin(file));
    publish(files, provenance, beside);
  }

  /// The same with virtual datasets: the chunks stay in the job folder, one HDF5 file per shard and
  /// output, and are never on the disk twice.
  /// @throws usage_error for an output that is not HDF5; else as merge().
  void link(record_maker const& provenance) const {
    require_complete();
    for (auto const& o : prepared_.outputs)
      if (o.format != file_format::hdf5)
        throw usage_error("merge --link makes virtual datasets, which only HDF5 has; output " +
                          quoted(o.request.path) + " is none: leave --link out");
    require_outputs_still_free();
    if (staging_) forget_copy();
    for (index_t shard = 0; shard < last_stage().shards; ++shard) make_linked_files(shard);
    final_files files(folder_);
    auto const names = files_of(prepared_);
    for (std::size_t i = 0; i < names.size(); ++i) write_links(i, names[i], files.begin(names[i]));
    publish(files, provenance, {});
  }

  /// The outputs are in place: the folder goes, but for what virtual datasets point to. Killed in
  /// between, the next process finds a job to be cleared up, or none.
  void clear_up(job_folder const& folder) const {
    detail::shard_files const first(folder_, last_stage(), 0);
    if (!std::filesystem::exists(first.linked_note())) return folder.remove();
    std::vector<std::filesystem::path> rest;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder_))
      if (entry.is_regular_file() && entry.path().extension() != ".h5" &&
          entry.path().parent_path() != folder_)
        rest.push_back(entry.path());
    std::erase(rest, first.linked_note());
    rest.emplace_back(first.linked_note());  // last: it says what must stay
    folder.dissolve(rest);
  }

  /// The finished chunks of a dataset, numbered through all outputs.
  [[nodiscard]] io::packed_chunks chunks_of(std::size_t dataset) const {
    return collected(folder_, last_stage(), fingerprint_, dataset);
  }

 private:
  using target = output_target<io::spool_sink>;

  /// The one that writes the outputs' chunks.
  [[nodiscard]] stage const& last_stage() const { return stitching_ ? *stitching_ : blocks_; }

  void require_outputs_still_free() const {
    for (auto const& file : files_of(prepared_)) require_still_free(job_, file);
  }

  void publish(final_files& files, record_maker const& provenance,
               std::optional<companion> const& beside) const {
    auto note = provenance();
    for (auto const& file : files_of(prepared_)) {
      note["bytes"] = std::filesystem::file_size(files.partial_name(file));
      auto const text = note.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
      io::write_synced_file(files.begin(provenance_name(file)), text + '\n');
    }
    if (beside) {
      require_still_free(job_, beside->file);
      beside->write(files.begin(beside->file));
    }
    require_outputs_still_free();
    files.publish();
  }

  [[nodiscard]] static shard_state sum(std::vector<shard_state> const& states) {
    shard_state all;
    for (auto const& s : states)
      all = {all.blocks + s.blocks, all.finished + s.finished, all.voxels + s.voxels};
    return all;
  }

  [[nodiscard]] std::vector<recipe> recipes_of_outputs() const {
    std::vector<recipe> recipes;
    for (auto const& o : prepared_.outputs) recipes.push_back(o.what);
    return recipes;
  }

  /// The disagreement stands behind the classes; all other outputs are made of these alone.
  [[nodiscard]] std::optional<box<1>> classes_for(recipe const& what) const {
    if (!stitching_ || what.kind == output_kind::raw) return std::nullopt;
    auto const k = static_cast<index_t>(job_.classifier->class_count());
    if (what.kind == output_kind::disagreement) return box<1>{{{k}}, {{k + 1}}};
    return box<1>{{}, {{k}}};
  }

  /// One target per recipe, with as many of the shard's sinks as it has datasets.
  [[nodiscard]] std::vector<target> targets_of(std::vector<recipe> const& recipes,
                                               std::deque<io::spool_sink>& sinks) const {
    std::vector<target> targets;
    auto next = sinks.begin();
    for (std::size_t i = 0; i < recipes.size(); ++i) {
      auto& t = targets.emplace_back(target{recipes[i], {}, classes_for(recipes[i])});
      auto const count = recipes.size() == 1 ? sinks.size() : prepared_.outputs[i].datasets.size();
      for (std::size_t n = 0; n < count; ++n) t.sinks.push_back(&*next++);
    }
    return targets;
  }

  template <class Classifier>
  void walk(stage const& s, index_t number, io::any_source const& input,
            Classifier const* classifier, io::any_source const* mask,
            std::vector<recipe> const& recipes, run_control const& control) const {
    shard part(folder_, s, number, fingerprint_);
    auto const targets = targets_of(recipes, part.sinks());
    block_walk const blocks(input, classifier, mask, std::span<target const>(targets), s.grid,
                            s.what, s.where());
    blocks(control, {part.begin(), part.end(), [&](index_t step) { return part.is_done(step); },
                     [&](index_t step) { part.commit(step); }});
    part.finish();
  }

  /// A copy that was removed because nobody needs it any more counts as finished.
  [[nodiscard]] shard_state copy_state() const {
    if (!std::filesystem::exists(folder_ / forgotten_name))
      return sum(shard_states(folder_, *staging_, fingerprint_));
    return {staging_->what.blocks, staging_->what.blocks, staging_->what.voxels};
  }

  /// The copy stands in for the whole input.
  /// @throws io_error when it is not complete.
  [[nodiscard]] io::any_source copied_input() const {
    if (!copy_state().complete())
      throw io_error("job folder " + quoted(folder_.string()) +
                     ": the input is not yet copied into chunks; voxstitch split goes on with it");
    coord<3> const& at = prepared_.what.staging->region.inclusive_min;
    return io::any_source(io::placed_source(collected(folder_, *staging_, fingerprint_, 0),
                                            job_.input.description(),
                                            {{0, 0, at[0], at[1], at[2]}}));
  }

  /// All blocks are done: nobody reads the copy any more.
  void forget_copy() const {
    io::write_synced_file((folder_ / forgotten_name).string(), "");
    std::filesystem::remove_all(detail::shard_files(folder_, *staging_, 0).folder);
  }
  void require_complete() const {
    auto const states = shard_states(folder_, blocks_, fingerprint_);
    std::string missing;
    index_t incomplete = 0;
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (states[i].complete() || ++incomplete > most_named) continue;
      missing += (missing.empty() ? "" : ", ") + std::to_string(i + 1) + " (" +
                 std::to_string(states[i].finished) + " of " + std::to_string(states[i].blocks) +
                 " blocks)";
    }
    if (incomplete == 0) return;
    throw io_error("job folder " + quoted(folder_.string()) + ": " + std::to_string(incomplete) +
                   " of " + std::to_string(states.size()) + " shards are not complete: " + missing +
                   (incomplete > most_named ? ", ..." : "") + "; finish them with voxstitch " +
                   "classify --job " + folder_.string());
  }

  /// Calls `f(output, dataset, number)` for the datasets of a file; numbers go through all outputs.
  template <class Function>
  void for_each_dataset(std::string const& file, Function const& f) const {
    std::size_t number = 0;
    for (auto const& o : prepared_.outputs)
      for (auto const& d : o.datasets) {
        if (d.file == file) f(o, d, number);
        ++number;
      }
  }

  /// A shard's chunks as HDF5 files, one per output file, instead of its spools.
  void make_linked_files(index_t shard) const {
    detail::shard_files const here(folder_, last_stage(), shard);
    if (!std::filesystem::exists(here.linked_note())) {
      auto const names = files_of(prepared_);
      for (std::size_t i = 0; i < names.size(); ++i) {
        std::filesystem::remove(here.linked(i));
        io::hdf5_writer hdf5(here.linked(i));
        for_each_dataset(names[i], [&](auto const& o, auto const& d, std::size_t number) {
          io::packed_chunks chunks(d.description, last_stage().chunk(), deflate_level);
          collect(chunks, folder_, last_stage(), shard, fingerprint_, number);
          hdf5.add(spec_of(o, d), chunks, io::chunks_wanted::present);
        });
        hdf5.close();
      }
      io::write_whole_file(here.linked_note(), "");
    }
    for (std::size_t d = 0; d < last_stage().datasets.size(); ++d)
      std::filesystem::remove(here.spool(d));
  }

  void write_links(std::size_t index, std::string const& file, std::string const& partial) const {
    auto const& s = last_stage();
    auto const folder = std::filesystem::absolute(file).parent_path();
    io::hdf5_writer hdf5(partial);
    for_each_dataset(file, [&](auto const& o, auto const& d, std::size_t number) {
      std::vector<io::linked_box> boxes;
      for (index_t shard = 0; shard < s.shards; ++shard) {
        auto const source =
            std::filesystem::absolute(detail::shard_files(folder_, s, shard).linked(index));
        for (auto const& b : s.boxes_of(shard, number))
          boxes.push_back({source.lexically_relative(folder).string(), d.name, b});
      }
      hdf5.link(spec_of(o, d), d.description, boxes);
    });
    hdf5.close();
  }

  void write_file(std::string const& file, std::string const& partial) const {
    std::optional<io::hdf5_writer> hdf5;
    std::size_t i = 0;
    for (auto const& o : prepared_.outputs)
      for (auto const& d : o.datasets) {
        auto const number = i++;
        if (d.file != file) continue;
        auto const chunks = chunks_of(number);
        if (o.format != file_format::hdf5) return write_alone(o.format, partial, chunks);
        if (!hdf5) hdf5.emplace(partial);
        hdf5->add(spec_of(o, d), chunks);
      }
    if (hdf5) hdf5->close();
  }

  /// A file of one dataset, made of unpacked chunks.
  void write_alone(file_format format, std::string const& partial,
                   io::packed_chunks const& chunks) const {
    tbb::global_control const limit(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(job_.threads));
    auto const bytes = merge_bytes(job_, prepared_, format);
    format == file_format::tiff ? io::write_tiff(partial, chunks, bytes)
                                : io::write_npy(partial, chunks, bytes);
  }

  /// Values between 0 and 1 say so, as ilastik's probabilities do.
  [[nodiscard]] io::dataset_spec spec_of(output_plan const& o, dataset_plan const& d) const {
    io::dataset_spec spec;
    spec.name = d.name;
    using enum output_kind;
    if (o.request.kind == probabilities)
      spec.drange = std::array<double, 2>{0, o.what.quantised ? 255.0 : 1.0};
    if (o.request.kind == uncertainty || o.request.kind == disagreement)
      spec.drange = std::array<double, 2>{0, 1};
    if (o.what.needs_classifier() && o.request.kind != output_kind::disagreement)
      spec.class_names = job_.classifier->class_names();
    return spec;
  }

  static constexpr index_t most_named = 8;
  static constexpr char const* forgotten_name = "input.done";

  job job_;
  prepared_job prepared_;
  std::filesystem::path folder_;
  std::string fingerprint_;
  stage blocks_;
  std::optional<stage> staging_;
  std::optional<stage> stitching_;
};

}  // namespace voxstitch::pipeline
