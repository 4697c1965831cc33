// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do finished results become files under their own names, all of them, whatever happens?

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include "voxstitch/core/error.hpp"
#include "voxstitch/core/hash.hpp"
#include "voxstitch/io/posix_file.hpp"
#include "voxstitch/io/whole_file.hpp"
#include "voxstitch/pipeline/escaped.hpp"
#include "voxstitch/pipeline/fingerprint.hpp"

namespace voxstitch::pipeline {

/// @throws io_error unless files can be made in the folder of `file`.
inline void require_writable_folder(std::string const& file) {
  auto folder = std::filesystem::path(file).parent_path();
  if (folder.empty()) folder = ".";
  if (!std::filesystem::is_directory(folder))
    throw io_error("output " + quoted(file) + ": the folder " + quoted(folder.string()) +
                   " does not exist; make it first");
  auto probe = (std::filesystem::path(folder) / ".voxstitch-XXXXXX").string();
  int const made = ::mkstemp(probe.data());
  if (made < 0)
    throw io_error("output " + quoted(file) + ": the folder " + quoted(folder.string()) +
                   " cannot be written to: " + io::system_message(errno));
  ::close(made);
  std::filesystem::remove(probe);
}

/// Files in the making. A record in the job's folder precedes the first rename, so that whoever
/// finds it can finish the renames; without a record the files are removed. Until then they have
/// names of this job's own: two jobs with an output in common do not write into one file.
class final_files {
 public:
  /// @param folder the job's, for the record; nobody else works there
  explicit final_files(std::filesystem::path const& folder)
      : folder_(std::filesystem::absolute(folder)),
        tag_(hash_text(hash_of(folder_.lexically_normal().string())).substr(0, 8)) {}
  final_files(final_files const&) = delete;
  final_files& operator=(final_files const&) = delete;
  ~final_files() {
    std::error_code ignored;
    for (auto const& file : files_) std::filesystem::remove(partial_name(file), ignored);
  }

  /// Registers `file` and returns the name to write it under; it must be on the disk before
  /// publish().
  [[nodiscard]] std::string begin(std::string const& file) {
    files_.push_back(file);
    std::error_code ignored;
    std::filesystem::remove(partial_name(file), ignored);  // of a process that died
    return partial_name(file);
  }

  /// Beside the place of `file`: ".l.h5.0123abcd.partial".
  [[nodiscard]] std::string partial_name(std::filesystem::path const& file) const {
    return io::partial_name(file.parent_path() / (file.filename().string() + '.' + tag_));
  }

  /// Gives every file its own name, replacing what stands there.
  /// @throws io_error when the disk refuses; once there is a record, finish() goes on.
  void publish() {
    std::vector<entry> entries;
    for (auto const& file : files_)
      entries.push_back({std::filesystem::absolute(file).string(),
                         std::filesystem::absolute(partial_name(file)).string(),
                         inode_of(partial_name(file))});
    sync_folders_of(entries);
    try {
      io::write_whole_file(folder_ / record_name, text_of(entries));
    } catch (...) {
      if (has_record(folder_)) files_.clear();  // whoever finds the record needs the files
      throw;
    }
    files_.clear();
    finish(folder_);
  }

  /// Whether a process came as far as the renames.
  [[nodiscard]] static bool has_record(std::filesystem::path const& folder) {
    return std::filesystem::exists(folder / record_name);
  }

  /// Does the renames of a record that were not yet done.
  /// @throws io_error when one cannot be done, format_error when the record is damaged.
  static void finish(std::filesystem::path const& folder) {
    auto const entries = recorded(folder);
    for (auto const& e : entries)
      if (std::filesystem::exists(e.partial))
        put_in_place(e);
      else if (inode_of(e.file) != e.inode)
        throw io_error("output " + quoted(e.file) + " was finished as " + quoted(e.partial) +
                       ", but neither is there any more; give --fresh to begin anew");
    sync_folders_of(entries);
  }

  /// An output of a record.
  struct entry {
    std::string file;
    std::string partial;  ///< its name until it is complete
    std::uint64_t inode = 0;
  };

  /// The outputs that a record names.
  /// @throws format_error when it is damaged.
  [[nodiscard]] static std::vector<entry> recorded(std::filesystem::path const& folder) {
    std::ifstream in(folder / record_name);
    try {
      std::vector<entry> entries;
      for (auto const& e : nlohmann::json::parse(in).get<std::vector<nlohmann::json>>())
        entries.push_back({unescaped(e.at("file").get<std::string>()),
                           unescaped(e.at("partial").get<std::string>()),
                           e.at("inode").get<std::uint64_t>()});
      return entries;
    } catch (nlohmann::json::exception const&) {
      throw format_error("file: " + quoted((folder / record_name).string()) +
                         " is damaged; give --fresh to begin anew");
    }
  }

 private:
  static constexpr char const* record_name = "done.json";

  [[nodiscard]] static std::string text_of(std::vector<entry> const& entries) {
    auto record = nlohmann::json::array();
    for (auto const& e : entries)
      record.push_back(
          {{"file", escaped(e.file)}, {"partial", escaped(e.partial)}, {"inode", e.inode}});
    return record.dump(1) + '\n';
  }

  /// A file keeps it when it is renamed; 0 where there is none.
  [[nodiscard]] static std::uint64_t inode_of(std::string const& file) {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0 ? status.st_ino : 0;
  }

  static void put_in_place(entry const& e) {
    try {
      io::put_in_place(e.partial, e.file, io::if_exists::replace);
    } catch (io_error const& refusal) {
      throw io_error(refusal.what() + std::string("; the same command goes on from here"));
    }
  }

  static void sync_folders_of(std::vector<entry> const& entries) {
    std::set<std::filesystem::path> folders;
    for (auto const& e : entries) folders.insert(std::filesystem::path(e.file).parent_path());
    for (auto const& folder : folders) io::sync_folder(folder);
  }

  std::filesystem::path folder_;
  std::string tag_;
  std::vector<std::string> files_;
};

}  // namespace voxstitch::pipeline
