// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do finished results become files under their own names, all or none?

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

#include "voxstitch/core/error.hpp"

namespace voxstitch::pipeline {

/// Where a file is written before it is complete: beside its place, so that a rename is enough.
[[nodiscard]] inline std::string partial_name(std::string const& file) {
  std::filesystem::path const path(file);
  return (path.parent_path() / ("." + path.filename().string() + ".partial")).string();
}

/// @throws io_error unless files can be made in the folder of `file`.
inline void require_writable_folder(std::string const& file) {
  auto folder = std::filesystem::path(file).parent_path();
  if (folder.empty()) folder = ".";
  if (!std::filesystem::is_directory(folder))
    throw io_error("output " + quoted(file) + ": the folder " + quoted(folder.string()) +
                   " does not exist; make it first");
  auto const probe = partial_name(file);
  std::FILE* const made = std::fopen(probe.c_str(), "ab");
  if (made == nullptr)
    throw io_error("output " + quoted(file) + ": the folder " + quoted(folder.string()) +
                   " cannot be written to: " + std::strerror(errno));
  std::fclose(made);
  std::filesystem::remove(probe);
}

/// Files in the making: removed unless published.
class final_files {
 public:
  final_files() = default;
  final_files(final_files const&) = delete;
  final_files& operator=(final_files const&) = delete;
  ~final_files() {
    std::error_code ignored;
    for (auto const& file : files_) std::filesystem::remove(partial_name(file), ignored);
  }

  /// Registers `file` and returns the name to write it under.
  [[nodiscard]] std::string begin(std::string const& file) {
    files_.push_back(file);
    std::error_code ignored;
    std::filesystem::remove(partial_name(file), ignored);  // of a process that died
    return partial_name(file);
  }

  /// Gives every file its own name, replacing what stands there.
  /// @throws io_error when a rename fails.
  void publish() {
    for (auto const& file : files_) {
      if (std::rename(partial_name(file).c_str(), file.c_str()) != 0)
        throw io_error("output " + quoted(file) +
                       " cannot be put into place: " + std::strerror(errno));
    }
    files_.clear();
  }

 private:
  std::vector<std::string> files_;
};

}  // namespace voxstitch::pipeline
