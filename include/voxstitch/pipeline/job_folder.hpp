// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where is unfinished work kept?

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "voxstitch/core/error.hpp"

namespace voxstitch::pipeline {

/// A folder that one process works in; removed when the job is over. Two processes never share one:
/// the second is refused. Leftovers of a process that died are cleared.
class job_folder {
 public:
  /// @throws io_error when the folder cannot be made or is in use; usage_error when something else
  /// than an old job folder stands there.
  explicit job_folder(std::filesystem::path path) : path_(std::move(path)) {
    refuse_foreign();
    std::error_code failure;
    std::filesystem::create_directories(path_, failure);
    if (failure)
      throw io_error("job folder " + quoted(path_.string()) + " cannot be made: " +
                     failure.message() + "; choose a folder that can be written to with --job");
    lock();
    clear();
  }
  job_folder(job_folder const&) = delete;
  job_folder& operator=(job_folder const&) = delete;
  ~job_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
    if (lock_ >= 0) ::close(lock_);
  }

  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  static constexpr char const* lock_name = "voxstitch.lock";

  void refuse_foreign() const {
    namespace fs = std::filesystem;
    if (!fs::exists(path_)) return;
    if (fs::is_directory(path_) && (fs::is_empty(path_) || fs::exists(path_ / lock_name))) return;
    throw usage_error("job folder " + quoted(path_.string()) +
                      " exists and was not made by voxstitch; name another with --job");
  }

  void lock() {
    auto const file = (path_ / lock_name).string();
    lock_ = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
    if (lock_ < 0)
      throw io_error("job folder " + quoted(path_.string()) + " cannot be written to: " +
                     std::strerror(errno) + "; choose another with --job");
    if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
    ::close(lock_);
    throw io_error("job folder " + quoted(path_.string()) +
                   " is in use by another process; wait for it, or name another with --job");
  }

  void clear() const {
    for (auto const& entry : std::filesystem::directory_iterator(path_))
      if (entry.path().filename() != lock_name) std::filesystem::remove_all(entry.path());
  }

  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace voxstitch::pipeline
