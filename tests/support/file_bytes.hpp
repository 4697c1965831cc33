// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What stands in a small file?

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace voxstitch::test {

/// All of a file; nothing of one that is not there.
[[nodiscard]] inline std::string bytes_of(std::filesystem::path const& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Makes a file of these bytes, whatever was there.
inline void write_bytes(std::filesystem::path const& file, std::string const& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace voxstitch::test
