// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do options become a job that can be planned and run?

#include <stop_token>
#include <string>
#include <vector>

#include "job_options.hpp"
#include "voxstitch/pipeline/job.hpp"

namespace app {

/// A job with what people want to know about it.
struct job_setup {
  voxstitch::pipeline::job job;
  std::string input;    ///< as it was named
  std::string project;  ///< as it was named; empty without one
  std::vector<std::string> warnings;
  std::string input_line;       ///< shape, type, axes and where they came from
  std::string classifier_line;  ///< classes, features, trees
  std::vector<std::string> input_files;
  std::vector<std::string> mask_files;
};

/// Opens input, mask and project.
/// @param stop ends programs that the job runs
/// @throws usage_error, format_error, shape_error with the remedy.
[[nodiscard]] job_setup set_up(job_options const& options, std::stop_token const& stop = {});

/// The same for a command that makes no outputs, but needs a classifier.
[[nodiscard]] job_setup set_up_without_outputs(job_options const& options,
                                               std::stop_token const& stop = {});

/// Lines for people: what would be done.
/// @param peak bytes that this process needs at most; when not given: for everything
[[nodiscard]] std::vector<std::string> plan_lines(job_setup const& setup,
                                                  voxstitch::pipeline::prepared_job const& prepared,
                                                  std::optional<std::int64_t> peak = std::nullopt);

}  // namespace app
