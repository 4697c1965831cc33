// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does --classifier exec:CMD become a classifier?

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "job_options.hpp"
#include "voxstitch/models/any_block_classifier.hpp"

namespace app {

/// What --classifier begins with before the command.
inline constexpr std::string_view exec_prefix = "exec:";

[[nodiscard]] inline bool is_exec(std::string_view classifier) {
  return classifier.starts_with(exec_prefix);
}

/// Where the job keeps its unfinished work when --job does not say: beside the first output, or
/// among the temporary files where there is none.
[[nodiscard]] std::string exec_job_folder(job_options const& options);

/// The words of the command that are files: the program, a script and what it is given.
[[nodiscard]] std::vector<std::string> files_in_command(std::string const& classifier);

/// @param job_folder for the files of blocks in work; those of blocks that failed go beside it
/// @param stop       ends the commands that run
/// @throws usage_error that names the option and says what is allowed.
[[nodiscard]] voxstitch::models::any_block_classifier exec_classifier(job_options const& options,
                                                                      std::string const& job_folder,
                                                                      std::stop_token const& stop);

}  // namespace app
