// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do the commands on the classic workflow's files share?

#include <filesystem>
#include <string>
#include <vector>

#include "input_file.hpp"
#include "job_report.hpp"
#include "voxstitch/pipeline/fingerprint.hpp"

namespace app {

/// The files that the words name: paths, or quoted patterns.
/// @throws format_error when there is no such file, usage_error when none is named.
[[nodiscard]] std::vector<std::string> files_named(std::string const& command,
                                                   std::vector<std::string> const& words);

/// Makes a folder where there is none.
/// @throws io_error when it cannot be made.
void make_folder(std::string const& folder);

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

/// "done        8 files, 12.0 MiB in 3.1 s: 4.0 Mvoxel/s; peak memory 80 MiB".
void print_done(std::vector<std::string> const& files, voxstitch::index_t voxels,
                stopwatch const& watch);

}  // namespace app
