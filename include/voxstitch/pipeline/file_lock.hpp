// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do processes on several machines keep out of each other's way?

#include <cerrno>
#include <fstream>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/posix_file.hpp"

namespace voxstitch::pipeline {

/// A lock on a file, which is made when it is not there and says who holds it. The system gives it
/// back when the process ends, however it ends.
class file_lock {
 public:
  enum class use { alone, shared };

  /// @param what is locked, for messages: "job folder 'x.job'"
  /// @throws io_error when the file cannot be made, or another process holds it: then it is named.
  file_lock(std::string path, std::string const& what, use how = use::alone)
      : path_(std::move(path)) {
    do {
      release();
      open(what);
      acquire(what, how);
    } while (removed_meanwhile());
    if (how == use::alone) sign();
  }
  file_lock(file_lock&& other) noexcept
      : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  file_lock& operator=(file_lock&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~file_lock() { release(); }

 private:
  void open(std::string const& what) {
    descriptor_ = ::open(path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
    if (descriptor_ < 0)
      throw io_error(what + " cannot be written to: " + io::system_message(errno) +
                     "; choose another with --job");
  }

  void acquire(std::string const& what, use how) {
    if (::flock(descriptor_, (how == use::alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0) return;
    int const refused = errno;
    release();
    if (refused != EWOULDBLOCK)
      throw io_error(what + " cannot be locked: " + io::system_message(refused) +
                     "; choose a folder on another file system with --job");
    throw io_error(what + " is in use by " + holder() +
                   "; wait until that is done, or name another with --job");
  }

  [[nodiscard]] bool removed_meanwhile() const {
    struct stat status {};
    return ::fstat(descriptor_, &status) != 0 || status.st_nlink == 0;
  }

  [[nodiscard]] std::string holder() const {
    std::ifstream file(path_);
    std::string line;
    std::getline(file, line);
    return line.empty() ? "another process" : line;
  }

  /// Who cannot sign holds the lock all the same.
  void sign() const {
    char host[256] = "";
    ::gethostname(host, sizeof host - 1);
    auto const line =
        "process " + std::to_string(::getpid()) + " on " + (*host ? host : "?") + "\n";
    if (::ftruncate(descriptor_, 0) == 0)
      static_cast<void>(::pwrite(descriptor_, line.data(), line.size(), 0) == 0);
  }

  void release() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace voxstitch::pipeline
