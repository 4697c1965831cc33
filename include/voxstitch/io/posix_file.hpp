// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are bytes of a file read and written at a place, by many threads at once?

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "voxstitch/core/error.hpp"

namespace voxstitch::io {

/// What the operating system says about `code` (an errno).
[[nodiscard]] inline std::string system_message(int code) {
  return std::generic_category().message(code);
}

/// An open file descriptor; errors carry the path.
/// @thread_safety read_at and write_at may be called concurrently.
class posix_file {
 public:
  /// @throws io_error when the file cannot be opened.
  [[nodiscard]] static posix_file open_to_read(std::string const& path) {
    return {path, O_RDONLY | O_CLOEXEC, "cannot be opened"};
  }
  /// Makes an empty file, whatever was there.
  /// @throws io_error when the file cannot be made.
  [[nodiscard]] static posix_file create(std::string const& path) {
    return {path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, "cannot be created"};
  }

  /// Opens to read and write; makes the file when it is not there.
  /// @throws io_error when it cannot.
  [[nodiscard]] static posix_file open_to_write(std::string const& path) {
    return {path, O_RDWR | O_CREAT | O_CLOEXEC, "cannot be opened to be written"};
  }

  posix_file(posix_file&& other) noexcept
      : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  posix_file& operator=(posix_file&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~posix_file() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] std::string const& path() const { return path_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }

  /// Bytes in the file.
  /// @throws io_error for what is no regular file (a folder, a pipe).
  [[nodiscard]] std::uint64_t size() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) fail("cannot be examined", errno);
    if (S_ISDIR(status.st_mode)) fail("is a folder, not a file");
    if (!S_ISREG(status.st_mode)) fail("is no regular file");
    return static_cast<std::uint64_t>(status.st_size);
  }

  /// Reads up to `bytes.size()` bytes; fewer only at the file's end.
  [[nodiscard]] std::size_t read_some_at(std::uint64_t offset, std::span<std::byte> bytes) const {
    std::size_t done = 0;
    while (done < bytes.size()) {
      ssize_t const got = ::pread(descriptor_, bytes.data() + done, bytes.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got == 0) break;
      if (got < 0 && errno != EINTR) fail("cannot be read", errno);
      if (got > 0) done += static_cast<std::size_t>(got);
    }
    return done;
  }

  /// Fills all of `bytes`.
  /// @throws io_error when the file ends before.
  void read_at(std::uint64_t offset, std::span<std::byte> bytes) const {
    std::size_t const got = read_some_at(offset, bytes);
    if (got < bytes.size())
      fail("ends at byte " + std::to_string(offset + got) + ", but data reach to byte " +
           std::to_string(offset + bytes.size()) + ": the file is cut");
  }

  /// @throws io_error when the system refuses (full disk, quota).
  void write_at(std::uint64_t offset, std::span<std::byte const> bytes) const {
    std::size_t done = 0;
    while (done < bytes.size()) {
      ssize_t const put = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                                   static_cast<off_t>(offset + done));
      if (put < 0 && errno != EINTR) fail("cannot be written", errno);
      if (put > 0) done += static_cast<std::size_t>(put);
    }
  }

  /// Cuts off, or fills up with zeros.
  void resize(std::uint64_t bytes) const {
    if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) fail("cannot be written", errno);
  }

  /// Has the system fetch bytes that will be read soon, without waiting for them.
  void expect(std::uint64_t offset, std::uint64_t bytes) const {
    static_cast<void>(::posix_fadvise(descriptor_, static_cast<off_t>(offset),
                                      static_cast<off_t>(bytes), POSIX_FADV_WILLNEED));
  }

  /// Waits until all is on the disk.
  void sync() const {
    if (::fsync(descriptor_) != 0) fail("cannot be written", errno);
  }

 private:
  posix_file(std::string path, int flags, char const* what)
      : path_(std::move(path)), descriptor_(::open(path_.c_str(), flags, 0666)) {
    if (descriptor_ < 0) fail(what, errno);
  }
  [[noreturn]] void fail(std::string const& what) const {
    throw io_error("file: " + quoted(path_) + " " + what);
  }
  [[noreturn]] void fail(char const* what, int code) const {
    fail(what + (": " + system_message(code)));
  }

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace voxstitch::io
