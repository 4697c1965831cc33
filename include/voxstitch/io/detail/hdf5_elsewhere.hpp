// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does an HDF5 file take from others (links, virtual datasets), and is it there?

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "voxstitch/core/separated.hpp"
#include "voxstitch/io/detail/hdf5_storage.hpp"

namespace voxstitch::io::detail::hdf5 {

namespace detail {

/// The folders in an environment variable; "${ORIGIN}" at the begin of one is `origin`.
[[nodiscard]] inline std::vector<std::filesystem::path>
folders_in(char const* variable, std::filesystem::path const& origin) {
  constexpr std::string_view here = "${ORIGIN}";
  std::vector<std::filesystem::path> folders;
  char const* const value = std::getenv(variable);
  for (auto const part : separated(value == nullptr ? "" : value, ':')) {
    std::string folder(part);
    if (folder.starts_with(here)) folder.replace(0, here.size(), origin.string());
    if (!folder.empty()) folders.emplace_back(folder);
  }
  return folders;
}

}  // namespace detail

/// The file that the library takes when the file `holder` names another one: a relative name is
/// looked for in the folders of the variable, beside the holder, in the working folder, and beside
/// what the holder is a symbolic link to; an absolute one that is not there by its last part.
/// @param variable HDF5_VDS_PREFIX or HDF5_EXT_PREFIX
/// @return nothing when there is none that can be read
[[nodiscard]] inline std::optional<std::string>
file_named_by(std::string const& holder, std::string const& name, char const* variable) {
  namespace fs = std::filesystem;
  auto const readable = [](fs::path const& path) {
    return access(path.c_str(), R_OK) == 0 && !fs::is_directory(path);
  };
  fs::path last = name;
  if (last.is_absolute()) {
    if (readable(last)) return name;
    last = last.filename();
  }
  std::error_code none;
  auto const beside = fs::path(holder).parent_path();
  auto folders = detail::folders_in(variable, beside);
  folders.push_back(beside);
  folders.emplace_back();
  folders.push_back(fs::weakly_canonical(holder, none).parent_path());
  for (auto const& folder : folders)
    if (readable(folder / last)) return (folder / last).string();
  return std::nullopt;
}

namespace detail {

/// The datasets of each file that a virtual dataset names, as it names them.
using virtual_sources = std::map<std::string, std::set<std::string>>;

/// A name of a mapping. Those with "%b" stand for as many files or datasets as there are.
struct mapped_name {
  std::string text;
  bool is_pattern = false;
};

[[nodiscard]] inline mapped_name parse_mapped_name(std::string const& stored) {
  mapped_name name;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    bool const escape = stored[i] == '%' && i + 1 < stored.size();
    if (escape && stored[i + 1] == 'b') name.is_pattern = true;
    if (escape && stored[i + 1] == '%') ++i;
    name.text += stored[i];
  }
  return name;
}

/// @param get asks for one mapping's name of the file, or of the dataset
template <class Get>
[[nodiscard]] mapped_name name_in_mapping(Get get, handle const& creation, std::size_t number,
                                          handle const& dataset) {
  auto const doing = [&] { return place_of(dataset) + ": its mappings cannot be read"; };
  ssize_t const length = checked(get(creation.id(), number, nullptr, 0), doing);
  std::string stored(static_cast<std::size_t>(length) + 1, '\0');
  checked(get(creation.id(), number, stored.data(), stored.size()), doing);
  stored.resize(static_cast<std::size_t>(length));
  return parse_mapped_name(stored);
}

/// Empty when the dataset is not virtual.
[[nodiscard]] inline virtual_sources virtual_sources_of(handle const& dataset) {
  virtual_sources sources;
  handle const creation = creation_of(dataset);
  if (H5Pget_layout(creation.id()) != H5D_VIRTUAL) return sources;
  std::size_t count = 0;
  checked(H5Pget_virtual_count(creation.id(), &count), [&] { return place_of(dataset); });
  for (std::size_t i = 0; i < count; ++i) {
    auto const file = name_in_mapping(H5Pget_virtual_filename, creation, i, dataset);
    auto const inside = name_in_mapping(H5Pget_virtual_dsetname, creation, i, dataset);
    if (!file.is_pattern && !inside.is_pattern) sources[file.text].insert(inside.text);
  }
  return sources;
}

/// Datasets that were looked at, as (file, dataset): virtual ones may name each other in a circle.
using seen_datasets = std::set<std::pair<std::string, std::string>>;

inline void check_virtual_sources(handle const& dataset, int depth, seen_datasets& seen) {
  std::string const holder = path_of(dataset);
  auto const fail = [&](std::string const& what) {
    throw io_error(place_of(dataset) + " is a virtual dataset: it takes voxels from " + what +
                   "; put it back in its place, or make the virtual dataset anew (the library of "
                   "HDF5 would read the fill value instead)");
  };
  for (auto const& [name, datasets] : virtual_sources_of(dataset)) {
    auto const path = name == "." ? holder : file_named_by(holder, name, "HDF5_VDS_PREFIX");
    if (!path) fail("the file " + quoted(name) + ", which is missing or cannot be read");
    handle const file = open_file(*path);
    for (auto const& inside : datasets) {
      if (!seen.emplace(*path, inside).second) continue;
      if (kind_of(file, inside) != object_kind::dataset)
        fail("the dataset " + quoted(inside) + " of " + quoted(*path) + ", which is missing there");
      if (depth > 0) check_virtual_sources(open_dataset(file, inside), depth - 1, seen);
    }
  }
}

}  // namespace detail

/// The library reads the fill value where a virtual dataset's files are missing, and says nothing:
/// each file and dataset that it names is looked for, once, and what they name in turn.
/// @throws io_error naming the first that is missing, format_error when one is no HDF5 file.
inline void check_virtual_sources(handle const& dataset) {
  constexpr int deepest = 8;
  library_lock const lock;
  detail::seen_datasets seen;
  detail::check_virtual_sources(dataset, deepest, seen);
}

/// Where a link by name leads to.
struct link_target {
  std::string link;                 ///< path of the link
  std::optional<std::string> file;  ///< another file; none for a link within its own
  std::string object;
};

namespace detail {

/// Nothing unless there is a link by name.
[[nodiscard]] inline std::optional<link_target> link_at(handle const& file,
                                                        std::string const& path) {
  H5L_info_t info{};
  if (H5Lget_info(file.id(), path.c_str(), &info, H5P_DEFAULT) < 0) return std::nullopt;
  if (info.type != H5L_TYPE_SOFT && info.type != H5L_TYPE_EXTERNAL) return std::nullopt;
  std::vector<char> value(info.u.val_size + 1, '\0');
  if (H5Lget_val(file.id(), path.c_str(), value.data(), info.u.val_size, H5P_DEFAULT) < 0)
    return std::nullopt;
  if (info.type == H5L_TYPE_SOFT) return link_target{path, std::nullopt, value.data()};
  unsigned flags = 0;
  char const* name = nullptr;
  char const* object = nullptr;
  if (H5Lunpack_elink_val(value.data(), info.u.val_size, &flags, &name, &object) < 0)
    return std::nullopt;
  return link_target{path, name, object};
}

}  // namespace detail

/// The first link on the way to `path` that leads nowhere, if one does.
[[nodiscard]] inline std::optional<link_target> dangling_link(handle const& file,
                                                              std::string const& path) {
  library_lock const lock;
  std::optional<link_target> found;
  for (std::size_t end = 0; end < path.size() && !found;) {
    end = std::min(path.find('/', end + 1), path.size());
    std::string const part = path.substr(0, end);
    if (exists(file, part)) continue;
    found = detail::link_at(file, part);
    if (!found) break;
  }
  H5Eclear2(H5E_DEFAULT);
  return found;
}

}  // namespace voxstitch::io::detail::hdf5
