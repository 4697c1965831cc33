// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do finished results become files under their own names, all of them, whatever happens?

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <unistd.h>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/posix_file.hpp"
#include "voxstitch/io/whole_file.hpp"
#include "voxstitch/pipeline/escaped.hpp"

namespace voxstitch::pipeline {

/// @throws io_error unless files can be made in the folder of `file`.
inline void require_writable_folder(std::string const& file) {
  auto folder = std::filesystem::path(file).parent_path();
  if (folder.empty()) folder = ".";
  if (!std::filesystem::is_directory(folder))
    throw io_error("output " + quoted(file) + ": the folder " + quoted(folder.string()) +
                   " does not exist; make it first");
  auto const probe = io::partial_name(file);
  std::FILE* const made = std::fopen(probe.c_str(), "ab");
  if (made == nullptr)
    throw io_error("output " + quoted(file) + ": the folder " + quoted(folder.string()) +
                   " cannot be written to: " + io::system_message(errno));
  std::fclose(made);
  std::filesystem::remove(probe);
}

/// Gives `io::partial_name(file)`, which is on the disk, its own name, replacing what stands there.
/// @throws io_error when the system refuses.
inline void put_in_place(std::string const& file) {
  try {
    io::put_in_place(io::partial_name(file), file, io::if_exists::replace);
  } catch (io_error const& refusal) {
    throw io_error(refusal.what() + std::string("; the same command goes on from here"));
  }
}

/// Files in the making. A record in the job folder precedes the first rename, so that whoever finds
/// it can finish the renames; without a record the files are removed.
class final_files {
 public:
  final_files() = default;
  final_files(final_files const&) = delete;
  final_files& operator=(final_files const&) = delete;
  ~final_files() {
    std::error_code ignored;
    for (auto const& file : files_) std::filesystem::remove(io::partial_name(file), ignored);
  }

  /// Registers `file` and returns the name to write it under; it must be on the disk before
  /// publish().
  [[nodiscard]] std::string begin(std::string const& file) {
    files_.push_back(file);
    std::error_code ignored;
    std::filesystem::remove(io::partial_name(file), ignored);  // of a process that died
    return io::partial_name(file);
  }

  /// Gives every file its own name, replacing what stands there.
  /// @param folder for the record
  /// @throws io_error when the disk refuses; once there is a record, finish() goes on.
  void publish(std::filesystem::path const& folder) {
    sync_folders_of(files_);
    nlohmann::json record = nlohmann::json::array();
    for (auto const& file : files_)
      record.push_back(escaped(std::filesystem::absolute(file).string()));
    try {
      io::write_whole_file(folder / record_name, record.dump(1) + '\n');
    } catch (...) {
      if (has_record(folder)) files_.clear();  // whoever finds the record needs the files
      throw;
    }
    files_.clear();
    finish(folder);
  }

  /// Whether a process came as far as the renames.
  [[nodiscard]] static bool has_record(std::filesystem::path const& folder) {
    return std::filesystem::exists(folder / record_name);
  }

  /// Does the renames of a record that were not yet done.
  /// @throws io_error when one cannot be done, format_error when the record is damaged.
  static void finish(std::filesystem::path const& folder) {
    auto const files = recorded(folder);
    for (auto const& file : files) {
      bool const done =
          !std::filesystem::exists(io::partial_name(file)) && std::filesystem::exists(file);
      if (!done) put_in_place(file);
    }
    sync_folders_of(files);
  }

  /// The outputs that a record names.
  /// @throws format_error when it is damaged.
  [[nodiscard]] static std::vector<std::string> recorded(std::filesystem::path const& folder) {
    std::ifstream in(folder / record_name);
    auto const json = nlohmann::json::parse(in, nullptr, false);
    std::vector<std::string> files;
    if (!json.is_array())
      throw format_error("file: " + quoted((folder / record_name).string()) +
                         " is damaged; give --fresh to begin anew");
    for (auto const& name : json)
      if (name.is_string()) files.push_back(unescaped(name.get<std::string>()));
    return files;
  }

 private:
  static constexpr char const* record_name = "done.json";

  static void sync_folders_of(std::vector<std::string> const& files) {
    std::vector<std::filesystem::path> folders;
    for (auto const& file : files) folders.push_back(std::filesystem::path(file).parent_path());
    std::sort(folders.begin(), folders.end());
    folders.erase(std::unique(folders.begin(), folders.end()), folders.end());
    for (auto const& folder : folders) io::sync_folder(folder);
  }

  std::vector<std::string> files_;
};

}  // namespace voxstitch::pipeline
