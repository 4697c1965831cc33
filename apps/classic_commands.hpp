// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which commands read and write the classic workflow's files?

#include <string>
#include <vector>

namespace app {

/// Each takes the words after the command's name and returns the exit code.
int split_into_files(std::vector<std::string> const& words);  ///< split --materialize
int classify_files(std::vector<std::string> const& words);    ///< classify --classic
int merge_files(std::vector<std::string> const& words);       ///< merge --classic

/// Whether these words are for one of them.
[[nodiscard]] bool asks_for_files(std::vector<std::string> const& words);

}  // namespace app
