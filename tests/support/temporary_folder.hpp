// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where may a test write files?

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace voxstitch::test {

/// A new empty folder, removed with all its content on destruction.
class temporary_folder {
 public:
  temporary_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "voxstitch-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
      throw std::system_error(errno, std::generic_category(), "mkdtemp '" + pattern + "'");
    path_ = pattern;
  }
  temporary_folder(temporary_folder const&) = delete;
  temporary_folder& operator=(temporary_folder const&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::filesystem::path const& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::filesystem::path const& name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace voxstitch::test
