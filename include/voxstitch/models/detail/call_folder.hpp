// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where do the files of one call of an external program live, and for how long?

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "voxstitch/core/error.hpp"

namespace voxstitch::models::detail {

/// The folder in which calls make theirs: made when it is needed, removed when it is empty.
class calls_folder {
 public:
  explicit calls_folder(std::string const& path)
      : path_(std::filesystem::absolute(path).lexically_normal()) {}
  calls_folder(calls_folder const&) = delete;
  calls_folder& operator=(calls_folder const&) = delete;
  ~calls_folder() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  /// A new folder in it, whose name begins with `prefix`.
  /// @throws io_error when none can be made.
  [[nodiscard]] std::filesystem::path make(std::string const& prefix) const {
    std::error_code failure;
    std::filesystem::create_directories(path_, failure);
    std::string name = (path_ / (prefix + "-XXXXXX")).string();
    if (!failure && ::mkdtemp(name.data()) != nullptr) return name;
    if (!failure) failure = {errno, std::generic_category()};
    throw io_error("exec: folder " + quoted(path_.string()) +
                   " cannot hold the files of a block: " + failure.message() +
                   "; choose another folder for unfinished work");
  }

 private:
  std::filesystem::path path_;
};

/// The folder of one call; it goes, with all that is in it, unless it is kept.
class call_folder {
 public:
  explicit call_folder(std::filesystem::path path) : path_(std::move(path)) {}
  call_folder(call_folder const&) = delete;
  call_folder& operator=(call_folder const&) = delete;
  ~call_folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

  /// Lets it stand, or moves it into the folder `shelter` if one is named.
  /// @return where it is now
  std::filesystem::path keep(std::string const& shelter) {
    auto const stays = std::exchange(path_, {});
    if (shelter.empty()) return stays;
    std::error_code failure;
    auto const target = std::filesystem::absolute(shelter) / stays.filename();
    std::filesystem::create_directories(target.parent_path(), failure);
    if (!failure) std::filesystem::rename(stays, target, failure);
    if (failure == std::errc::cross_device_link) {
      std::filesystem::copy(stays, target, std::filesystem::copy_options::recursive, failure);
      if (!failure) path_ = stays;
    }
    return failure ? stays : target;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace voxstitch::models::detail
