// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where is unfinished work kept?

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/pipeline/file_lock.hpp"
#include "voxstitch/pipeline/manifest.hpp"

namespace voxstitch::pipeline {

/// A folder of unfinished work. It stays until it is removed; one process has it alone, or several
/// share it.
class job_folder {
 public:
  /// Makes the folder when it is not there.
  /// @throws io_error when it cannot be made or is in use; usage_error when something else than a
  /// job folder stands there.
  job_folder(std::filesystem::path const& path, file_lock::use how)
      : path_(path), lock_(locked(path, how)) {}

  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

  /// Removes everything in it.
  void clear() const {
    std::filesystem::remove(path_ / detail::manifest_name);  // first: nothing half a job remains
    for (auto const& entry : std::filesystem::directory_iterator(path_))
      if (entry.path().filename() != lock_name) std::filesystem::remove_all(entry.path());
  }

  /// Removes it with everything in it, as far as possible.
  void remove() const {
    std::error_code ignored;
    std::filesystem::remove(path_ / detail::manifest_name, ignored);
    std::filesystem::remove_all(path_, ignored);
  }

  /// Makes an ordinary folder of it: its own files and `rest` go.
  void dissolve(std::vector<std::filesystem::path> const& rest) const {
    std::error_code ignored;
    std::filesystem::remove(path_ / lock_name, ignored);  // first: nobody takes it for a job
    for (auto const& path : rest) std::filesystem::remove(path, ignored);
    for (auto const& entry : std::filesystem::directory_iterator(path_))
      if (entry.is_regular_file()) std::filesystem::remove(entry.path(), ignored);
  }

  /// Whether a job folder stands at `path`.
  [[nodiscard]] static bool stands_at(std::filesystem::path const& path) {
    return std::filesystem::exists(path / lock_name);
  }

 private:
  static constexpr char const* lock_name = "voxstitch.lock";

  [[nodiscard]] static file_lock locked(std::filesystem::path const& path, file_lock::use how) {
    namespace fs = std::filesystem;
    std::error_code failure;
    if (fs::exists(path) && !stands_at(path) && !(fs::is_directory(path) && fs::is_empty(path)))
      throw usage_error("job folder " + quoted(path.string()) +
                        " exists and was not made by voxstitch; name another with --job");
    fs::create_directories(path, failure);
    if (failure)
      throw io_error("job folder " + quoted(path.string()) + " cannot be made: " +
                     failure.message() + "; choose a folder that can be written to with --job");
    return {(path / lock_name).string(), "job folder " + quoted(path.string()), how};
  }

  std::filesystem::path path_;
  file_lock lock_;
};

}  // namespace voxstitch::pipeline
