// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which part of "dir/file.h5/group/data" is the file?

#include <array>
#include <optional>
#include <string>

namespace voxstitch::io {

/// A dataset in an HDF5 file.
struct hdf5_path {
  std::string file;
  std::string internal;  ///< absolute ("/group/data"), or empty when the path names only the file

  friend bool operator==(hdf5_path const&, hdf5_path const&) = default;
};

namespace detail {

/// As long as `text`, with the letters A to Z in lower case.
[[nodiscard]] inline std::string in_lower_case(std::string text) {
  for (char& c : text)
    if ('A' <= c && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// The extension whose first occurrence is furthest to the right, which is where ilastik splits.
[[nodiscard]] inline std::string hdf5_extension_in(std::string const& path) {
  std::string chosen;
  std::size_t best = 0;
  for (char const* extension : {".ilp", ".h5", ".hdf5"}) {
    auto const at = path.find(extension);
    if (at == std::string::npos || (!chosen.empty() && at <= best)) continue;
    chosen = extension;
    best = at;
  }
  return chosen;
}

}  // namespace detail

/// Splits a path at its HDF5 extension (.h5, .hdf5, .ilp, in any case), ilastik's way: at the
/// extension whose first occurrence is furthest to the right, and there at its last occurrence.
/// @return nothing when there is none, or when it is not the end of a path component.
[[nodiscard]] inline std::optional<hdf5_path> split_hdf5_path(std::string const& path) {
  std::string const lower = detail::in_lower_case(path);
  std::string const extension = detail::hdf5_extension_in(lower);
  if (extension.empty()) return std::nullopt;
  auto const end = lower.rfind(extension) + extension.size();
  std::string internal = path.substr(end);
  if (!internal.empty() && internal.front() != '/') return std::nullopt;
  while (!internal.empty() && internal.back() == '/') internal.pop_back();
  return hdf5_path{path.substr(0, end), internal};
}

}  // namespace voxstitch::io
