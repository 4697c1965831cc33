// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does ilastik call an image by default?

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "voxstitch/io/hdf5_path.hpp"

namespace voxstitch::ilastik {

namespace detail {

/// A file without its extension, and the path inside it.
struct named_file {
  std::string stem;      ///< with its folder
  std::string internal;  ///< as "/group/data"; empty without one
};

[[nodiscard]] inline named_file named(std::string const& file) {
  auto const parts = io::split_hdf5_path(file);
  std::filesystem::path const path(parts ? parts->file : file);
  return {(path.parent_path() / path.stem()).string(), parts ? parts->internal : ""};
}

/// What all of `stems` begin with.
[[nodiscard]] inline std::string common_prefix(std::vector<std::string> const& stems) {
  std::string prefix = stems.front();
  for (auto const& stem : stems)
    prefix.erase(std::mismatch(prefix.begin(), prefix.end(), stem.begin(), stem.end()).first,
                 prefix.end());
  return prefix;
}

/// The name that a common prefix of stems gives.
[[nodiscard]] inline std::string name_of_prefix(std::string const& prefix,
                                                std::string const& first_stem) {
  std::filesystem::path const path(prefix);
  if (prefix.empty()) return "stack_at-" + std::filesystem::path(first_stem).filename().string();
  return (prefix.ends_with('/') ? path.parent_path() : path).filename().string();
}

}  // namespace detail

/// The stem of a file, the common beginning of the stems of a stack (its folder, where they have
/// none), and the path inside HDF5 files with '-' for '/': "brain-raw" for "data/brain.h5/raw".
/// @pre `files` is not empty
[[nodiscard]] inline std::string nickname_of(std::vector<std::string> const& files) {
  std::vector<std::string> stems;
  for (auto const& file : files) stems.push_back(detail::named(file).stem);
  auto name = detail::name_of_prefix(detail::common_prefix(stems), stems.front());
  name += detail::named(files.front()).internal;
  std::replace(name.begin(), name.end(), '/', '-');
  std::erase(name, '*');
  return name;
}

}  // namespace voxstitch::ilastik
