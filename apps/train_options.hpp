// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do the options of `train` say?

#include <cstdint>
#include <string>
#include <vector>

#include "job_options.hpp"

namespace app {

/// The words of the command line, read but not yet looked up.
struct train_options {
  bool help = false;
  std::vector<std::string> inputs;  ///< images; or one project, with images and labels inside
  std::vector<std::string> labels;  ///< one per image; none for a project
  std::string output;
  std::string features;
  std::string features_from;
  std::string scales;
  bool in_2d = false;
  std::size_t trees = 0;  ///< 0: not given
  std::uint64_t seed = 0;
  std::vector<std::string> names;
  bool suggest = false;
  job_options common;  ///< axes, threads, memory, progress, ...

  [[nodiscard]] bool is_from_project() const;
};

/// @throws usage_error that names the option, the value and what is allowed.
[[nodiscard]] train_options parse_train_options(std::vector<std::string> const& words);

}  // namespace app
