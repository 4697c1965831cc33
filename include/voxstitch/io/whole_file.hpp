// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a file written so that nobody ever sees a part of it, whatever happens?

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/file_name.hpp"
#include "voxstitch/io/posix_file.hpp"

namespace voxstitch::io {

/// Where a file is written before it is complete: beside its place, so that a rename is enough.
[[nodiscard]] inline std::string partial_name(std::filesystem::path const& file) {
  return (file.parent_path() / ("." + file.filename().string() + ".partial")).string();
}

/// Waits until a folder's list of names is on the disk.
/// @throws io_error when it cannot be.
inline void sync_folder(std::filesystem::path const& folder) {
  auto const name = folder.empty() ? std::string(".") : folder.string();
  posix_file::open_to_read(name).sync();
}

/// Writes `bytes` under that very name and waits until they are on the disk.
/// @throws io_error when the disk refuses.
inline void write_synced_file(std::string const& path, std::span<std::byte const> bytes) {
  auto const file = posix_file::create(path);
  file.write_at(0, bytes);
  file.sync();
}
inline void write_synced_file(std::string const& path, std::string_view text) {
  write_synced_file(path, std::as_bytes(std::span(text)));
}

enum class if_exists { replace, refuse };

namespace detail {

[[noreturn]] inline void refuse_existing(std::filesystem::path const& file) {
  throw io_error("file: " + quoted(file.string()) +
                 " exists already; choose another name, or ask for it to be replaced");
}

}  // namespace detail

/// Gives a file that is complete its name. A file system that can refuse to replace is asked to.
/// @throws io_error when it cannot; then both are as they were.
inline void put_in_place(std::string const& part, std::filesystem::path const& file,
                         if_exists policy) {
  if (policy == if_exists::refuse) {
    if (::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE) == 0) return;
    if (errno == EEXIST) detail::refuse_existing(file);
  }
  if (std::rename(part.c_str(), file.c_str()) != 0)
    throw io_error("file: " + quoted(file.string()) +
                   " cannot be put into place: " + system_message(errno));
}

/// Writes `bytes` beside their place, waits until they are on the disk, and renames.
/// @throws io_error when the disk refuses, or when there is such a file and it may not be replaced;
/// then all is as it was.
inline void write_whole_file(std::filesystem::path const& file, std::span<std::byte const> bytes,
                             if_exists policy = if_exists::replace) {
  if (policy == if_exists::refuse && exists(file.string())) detail::refuse_existing(file);
  auto const part = partial_name(file);
  try {
    write_synced_file(part, bytes);
    put_in_place(part, file, policy);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    throw;
  }
  sync_folder(file.parent_path());
}
inline void write_whole_file(std::filesystem::path const& file, std::string_view text,
                             if_exists policy = if_exists::replace) {
  write_whole_file(file, std::as_bytes(std::span(text)), policy);
}

}  // namespace voxstitch::io
