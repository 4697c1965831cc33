// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where are the data sets that are too large or too foreign to live in the repository?

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "support/catch.hpp"

namespace voxstitch::test {

/// The project's top folder.
[[nodiscard]] inline std::filesystem::path source_folder() {
#if defined(VOXSTITCH_SOURCE_DIR)
  return VOXSTITCH_SOURCE_DIR;
#else
  return std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
#endif
}

/// The folder that holds all data sets, whether or not it exists: VOXSTITCH_TEST_DATA, or
/// shared/data beside the project.
[[nodiscard]] inline std::filesystem::path test_data_folder() {
  char const* const wish = std::getenv("VOXSTITCH_TEST_DATA");
  if (wish != nullptr && *wish != '\0') return wish;
  return (source_folder() / ".." / "shared" / "data").lexically_normal();
}

/// The data set in that folder; nothing, with a loud warning, where it is not installed. A test
/// that needs it returns then:
///
///     auto const folder = test_data("brain-lightsheet");
///     if (!folder) return;
[[nodiscard]] inline std::optional<std::filesystem::path> test_data(std::string_view folder) {
  auto const path = test_data_folder() / folder;
  if (std::filesystem::is_directory(path)) return path;
  WARN("SKIPPED: no data set " << path << "; set VOXSTITCH_TEST_DATA to the folder that has '"
                               << std::string(folder) << "'");
  return std::nullopt;
}

}  // namespace voxstitch::test
