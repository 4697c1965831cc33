// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a complete file get its name, so that nobody ever sees a part of it?

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>

#include <fcntl.h>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/file_name.hpp"
#include "voxstitch/io/posix_file.hpp"

namespace voxstitch::ilastik::detail {

enum class if_exists { refuse, replace };

[[noreturn]] inline void refuse_existing(std::string const& path) {
  throw io_error("file: " + quoted(path) +
                 " exists already; choose another name, or ask for it to be replaced");
}

/// Gives `part` the name `path`; a file system that can refuse to replace is asked to.
inline void rename_into_place(std::string const& part, std::string const& path, if_exists policy) {
  if (policy == if_exists::refuse) {
    if (::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) return;
    if (errno == EEXIST) refuse_existing(path);
  }
  if (std::rename(part.c_str(), path.c_str()) != 0)
    throw io_error("file: " + quoted(path) +
                   " cannot be put into place: " + io::system_message(errno));
}

/// Writes `bytes` beside `path`, waits until they are on the disk, and renames.
/// @throws io_error when the disk refuses, or when there is such a file and it may not be replaced;
/// then all is as it was.
inline void put_file(std::string const& path, std::span<std::byte const> bytes, if_exists policy) {
  if (policy == if_exists::refuse && io::exists(path)) refuse_existing(path);
  std::filesystem::path const name(path);
  auto const folder = name.parent_path().empty() ? "." : name.parent_path();
  auto const part = (folder / ("." + name.filename().string() + ".partial")).string();
  try {
    auto const file = io::posix_file::create(part);
    file.write_at(0, bytes);
    file.sync();
    rename_into_place(part, path, policy);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    throw;
  }
  io::posix_file::open_to_read(folder.string()).sync();
}

}  // namespace voxstitch::ilastik::detail
