// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a small file written so that a loss of power leaves it complete or not there?

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>

#include "voxstitch/io/posix_file.hpp"

namespace voxstitch::pipeline {

/// Waits until a folder's list of names is on the disk.
/// @throws io_error when it cannot be.
inline void sync_folder(std::filesystem::path const& folder) {
  auto const name = folder.empty() ? std::string(".") : folder.string();
  io::posix_file::open_to_read(name).sync();
}

/// Writes `text` and waits until it is on the disk.
/// @throws io_error when the disk refuses.
inline void write_synced_file(std::string const& path, std::string const& text) {
  auto const file = io::posix_file::create(path);
  file.write_at(0, std::as_bytes(std::span(text)));
  file.sync();
}

/// The same under another name, which is then exchanged for its own.
/// @throws io_error when the disk refuses; the file is then as it was.
inline void write_whole_file(std::filesystem::path const& path, std::string const& text) {
  auto const part = path.string() + ".part";
  write_synced_file(part, text);
  if (std::rename(part.c_str(), path.c_str()) != 0)
    throw io_error("file: " + quoted(part) + " cannot be renamed to " + quoted(path.string()) +
                   ": " + io::system_message(errno));
  sync_folder(path.parent_path());
}

}  // namespace voxstitch::pipeline
