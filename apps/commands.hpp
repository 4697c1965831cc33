// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which commands are there, and how do they end?

#include <string>
#include <vector>

namespace app {

inline constexpr int exit_internal = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_input = 3;
inline constexpr int exit_io = 4;
inline constexpr int exit_budget = 5;
inline constexpr int exit_not_right = 6;  ///< check: the result is not what it should be

/// Each takes the words after its name and returns the exit code.
int info(std::vector<std::string> const& words);
int plan(std::vector<std::string> const& words);
int run(std::vector<std::string> const& words);
int split(std::vector<std::string> const& words);
int classify(std::vector<std::string> const& words);
int merge(std::vector<std::string> const& words);
int check(std::vector<std::string> const& words);
int train(std::vector<std::string> const& words);
int report(std::vector<std::string> const& words);
int phantom(std::vector<std::string> const& words);

}  // namespace app
