// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do people, and the record beside an output, get to know about a job?

#include <functional>
#include <string>
#include <vector>

#include "job_setup.hpp"
#include "run_record.hpp"
#include "signals.hpp"
#include "voxstitch/pipeline/job_run.hpp"

namespace app {

/// Lines to standard output.
void print(std::vector<std::string> const& lines);

/// Warnings to standard error.
void warn(std::vector<std::string> const& warnings);

/// What varies from run to run: for the file beside an output.
[[nodiscard]] nlohmann::ordered_json provenance(job_options const& o, job_setup const& s,
                                                voxstitch::pipeline::prepared_job const& p,
                                                run_record const& record);

/// How much was done, how fast, with how much memory.
void summarise(job_setup const& s, voxstitch::pipeline::prepared_job const& p,
               voxstitch::index_t voxels, stopwatch const& watch);

/// Does `work` on `voxels`, showing progress.
/// @param kept what is left when it is stopped, in words
/// @return the exit code
[[nodiscard]] int
work_on_voxels(job_options const& o, signal_watch const& signals, voxstitch::index_t voxels,
               std::function<std::string()> const& kept,
               std::function<void(voxstitch::pipeline::run_control const&)> const& work);

/// Of all these files together.
[[nodiscard]] std::int64_t file_bytes(std::vector<std::string> const& files);

/// "12 of 64 blocks".
[[nodiscard]] std::string blocks_text(voxstitch::pipeline::shard_state const& state);

}  // namespace app
