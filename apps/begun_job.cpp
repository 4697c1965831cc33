// SPDX-License-Identifier: BSL-1.0
#include "begun_job.hpp"

#include <cstdio>

#include "job_report.hpp"
#include "output_places.hpp"

namespace app {

namespace {

namespace vox = voxstitch;
using vox::pipeline::file_lock;
using vox::pipeline::job_folder;

/// The job in a folder must be this one.
void require_same_job(std::filesystem::path const& folder, vox::pipeline::manifest const& found,
                      job_setup const& setup) {
  if (auto const what = difference(found.facts, setup.job.facts))
    throw usage_error("job folder " + vox::quoted(folder.string()) +
                      " holds unfinished work of another job: " + *what +
                      "; give --fresh to start anew, or another folder with --job");
}

/// A process that came to the renames, but not to their end, left nothing else to be done.
void finish_renames(vox::pipeline::job_run const& job, job_folder const& folder) {
  vox::pipeline::final_files::finish(folder.path());
  job.clear_up(folder);
  std::puts("done        all blocks were done before; the outputs are in place");
}

void write_new_manifest(begun_job const& b, job_options const& o) {
  try {
    write_manifest(b.folder.path(), manifest_of(b.setup.job, b.prepared, o.command));
  } catch (...) {
    b.folder.remove();
    throw;
  }
}

}  // namespace

std::optional<begun_job> begin_job(job_options const& o, std::stop_token const& stop) {
  auto setup = set_up(o, stop);
  warn(setup.warnings);
  auto prepared = vox::pipeline::prepare(setup.job);
  require_outputs_apart(o, setup, prepared);
  auto const path = vox::pipeline::folder_of(setup.job, prepared);
  std::optional<job_folder> folder;
  std::optional<vox::pipeline::manifest> found;
  if (job_folder::stands_at(path)) {
    folder.emplace(path, file_lock::use::alone);
    if (!o.fresh && vox::pipeline::has_manifest(path)) found = vox::pipeline::read_manifest(path);
  }
  if (found) {
    require_same_job(path, *found, setup);
    prepared = vox::pipeline::prepare(setup.job, found);
  }
  if (found && vox::pipeline::final_files::has_record(path))
    return finish_renames({setup.job, prepared, path}, *folder), std::nullopt;
  if (!found && !o.overwrite && vox::pipeline::already_done(setup.job, prepared)) {
    if (folder) folder->remove();
    std::puts("already done: every output is there and was made by this same job");
    return std::nullopt;
  }
  vox::pipeline::require_free_places(setup.job, prepared);
  if (!folder)
    folder.emplace(path, file_lock::use::alone);
  else if (!found)
    folder->clear();  // of another job, or of one that never began
  begun_job b{std::move(setup), std::move(prepared), std::move(*folder), found.has_value()};
  if (!found) write_new_manifest(b, o);
  return b;
}

begun_job join_job(job_options const& o, file_lock::use how, std::stop_token const& stop) {
  if (o.job_folder.empty()) throw usage_error("no job was given: name its folder with --job DIR");
  std::filesystem::path const path(o.job_folder);
  static_cast<void>(vox::pipeline::read_manifest(path));  // where there is none, no folder is made
  job_folder folder(path, how);
  auto const found = vox::pipeline::read_manifest(path);  // nobody removes it any more
  auto setup = set_up(with_means_of(parse_job_options(found.command), o), stop);
  require_same_job(path, found, setup);
  setup.job.merges = how == file_lock::use::alone;  // others work on shards
  auto prepared = vox::pipeline::prepare(setup.job, found);
  return {std::move(setup), std::move(prepared), std::move(folder), true};
}

namespace {

/// What is left of an unfinished job, in words; one that is worth nothing goes.
std::string kept_text(begun_job const& job, bool voids) {
  auto const state = job.steps().state();
  if (!voids || state.finished > 0)
    return blocks_text(state) + " are done and kept in " + job.folder.path().string() +
           "; the same command goes on";
  job.folder.remove();
  return "no block was finished";
}

}  // namespace

int work_on(begun_job const& job, vox::pipeline::shard_state const& before, job_options const& o,
            signal_watch const& signals, bool voids,
            std::function<void(vox::pipeline::run_control const&)> const& work) {
  if (job.resumed)
    std::printf("resumed     %s were done before, kept in %s\n", blocks_text(before).c_str(),
                job.folder.path().c_str());
  auto const kept = [&] { return kept_text(job, voids); };
  try {
    return work_on_voxels(o, signals, voxels_of(job.prepared) - before.voxels, kept, work);
  } catch (...) {
    std::fprintf(stderr, "voxstitch: the work was not finished; %s\n", kept().c_str());
    throw;
  }
}

}  // namespace app
