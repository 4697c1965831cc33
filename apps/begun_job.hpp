// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a command begin a job, or go on with one?

#include <functional>
#include <optional>
#include <stop_token>

#include "job_setup.hpp"
#include "signals.hpp"
#include "voxstitch/pipeline/job_folder.hpp"
#include "voxstitch/pipeline/job_run.hpp"

namespace app {

/// A job whose folder this process has.
struct begun_job {
  job_setup setup;
  voxstitch::pipeline::prepared_job prepared;
  voxstitch::pipeline::job_folder folder;
  bool resumed = false;  ///< the folder held work of this job

  /// The steps of the job; refers to this object.
  [[nodiscard]] voxstitch::pipeline::job_run steps() const {
    return {setup.job, prepared, folder.path()};
  }
};

/// Makes the job's folder, or goes on with the one that is there. Nothing is left to be done when
/// the outputs are there already: says so and returns none.
/// @param stop for classifiers that run programs
/// @throws usage_error when the folder holds another job, naming the difference; and what opening
/// and planning throw.
[[nodiscard]] std::optional<begun_job> begin_job(job_options const& options,
                                                 std::stop_token const& stop);

/// Goes on with the job in the folder of `options`, which says everything else.
/// @throws io_error when there is none or it is in use; usage_error when an input has changed.
[[nodiscard]] begun_job join_job(job_options const& options,
                                 voxstitch::pipeline::file_lock::use how,
                                 std::stop_token const& stop);

/// Does `work`, showing progress; when it is stopped or fails, says what was kept.
/// @param before how far the job had come
/// @param voids  a job of which no block is finished is removed when `work` does not end
/// @return the exit code
[[nodiscard]] int work_on(begun_job const& job, voxstitch::pipeline::shard_state const& before,
                          job_options const& options, signal_watch const& signals, bool voids,
                          std::function<void(voxstitch::pipeline::run_control const&)> const& work);

}  // namespace app
