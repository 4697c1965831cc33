// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do the commands on the classic workflow's files share?

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "classic_options.hpp"
#include "job_report.hpp"
#include "signals.hpp"
#include "voxstitch/pipeline/fingerprint.hpp"
#include "voxstitch/pipeline/run.hpp"

namespace app {

/// The files that the words name: paths, or quoted patterns.
/// @throws format_error when there is no such file, usage_error when none is named.
[[nodiscard]] std::vector<std::string> files_named(std::string const& command,
                                                   std::vector<std::string> const& words);

/// Runs `read`; what cannot be read from the start is not usable as an input.
/// @throws format_error instead of io_error.
template <class Read>
[[nodiscard]] auto as_input(Read const& read) {
  try {
    return read();
  } catch (voxstitch::io_error const& e) {
    throw voxstitch::format_error(e.what());
  }
}

/// @throws io_error unless `folder` is there and can be written to. (Tries nothing: another process
/// may be at work there.)
void require_writable(std::filesystem::path const& folder);

/// @throws usage_error when something stands at `output` that may not be replaced; io_error when
/// its folder cannot be written to.
void require_free_place(std::string const& output, bool overwrite);

/// What varies from run to run: for the file beside an output.
[[nodiscard]] std::string record_of(voxstitch::pipeline::fingerprint const& facts,
                                    nlohmann::ordered_json more, stopwatch const& watch);

/// Facts of every command: the program's version and the files that are read.
[[nodiscard]] voxstitch::pipeline::fingerprint
facts_of_files(std::vector<std::string> const& files);

/// Does `work` on `voxels`, showing progress.
/// @param kept what is left when it is stopped, in words
/// @return the exit code
[[nodiscard]] int
work_on_voxels(classic_options const& o, signal_watch const& signals, voxstitch::index_t voxels,
               std::function<std::string()> const& kept,
               std::function<void(voxstitch::pipeline::run_control const&)> const& work);

/// "done        8 files, 12.0 MiB in 3.1 s: 4.0 Mvoxel/s; peak memory 80 MiB".
void print_done(std::vector<std::string> const& files, voxstitch::index_t voxels,
                stopwatch const& watch);

}  // namespace app
