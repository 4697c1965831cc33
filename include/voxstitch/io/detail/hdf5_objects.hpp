// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which groups, datasets and links are in an HDF5 file, and where?

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "voxstitch/io/detail/hdf5_calls.hpp"

namespace voxstitch::io::detail::hdf5 {

enum class object_kind { missing, group, dataset, other };

/// What `path` below `where` (a file or group) leads to; links that lead nowhere are missing.
[[nodiscard]] inline object_kind kind_of(handle const& where, std::string const& path) {
  library_lock const lock;
  handle const object(H5Oopen(where.id(), path.c_str(), H5P_DEFAULT));
  if (!object) {
    H5Eclear2(H5E_DEFAULT);
    return object_kind::missing;
  }
  H5I_type_t const type = H5Iget_type(object.id());
  return type == H5I_GROUP     ? object_kind::group
         : type == H5I_DATASET ? object_kind::dataset
                               : object_kind::other;
}

[[nodiscard]] inline bool exists(handle const& where, std::string const& path) {
  return kind_of(where, path) != object_kind::missing;
}

/// Path of the file that `object` belongs to.
[[nodiscard]] inline std::string path_of(handle const& object) {
  library_lock const lock;
  auto const length = H5Fget_name(object.id(), nullptr, 0);
  std::string name(static_cast<std::size_t>(std::max<decltype(length)>(length, 0)), '\0');
  if (length > 0) H5Fget_name(object.id(), name.data(), name.size() + 1);
  return name;
}

/// The same in quotes, for messages.
[[nodiscard]] inline std::string file_of(handle const& object) { return quoted(path_of(object)); }

/// "'file.h5', '/group/data'" for messages.
[[nodiscard]] inline std::string place_of(handle const& object) {
  library_lock const lock;
  auto const length = H5Iget_name(object.id(), nullptr, 0);
  std::string name(static_cast<std::size_t>(std::max<decltype(length)>(length, 0)), '\0');
  if (length > 0) H5Iget_name(object.id(), name.data(), name.size() + 1);
  return file_of(object) + ", " + quoted(name);
}

/// @throws format_error when there is none.
[[nodiscard]] inline handle open_group(handle const& where, std::string const& path) {
  library_lock const lock;
  return owned<format_error>(H5Gopen2(where.id(), path.c_str(), H5P_DEFAULT), [&] {
    return place_of(where) + ": there is no group " + quoted(path);
  });
}

/// The library keeps no chunks: where a damaged file says that one is short, a kept one would be
/// read beyond its end.
/// @throws format_error when there is none.
[[nodiscard]] inline handle open_dataset(handle const& where, std::string const& path) {
  library_lock const lock;
  handle const access_list = new_properties(H5P_DATASET_ACCESS);
  H5Pset_chunk_cache(access_list.id(), 0, 0, H5D_CHUNK_CACHE_W0_DEFAULT);
  return owned<format_error>(H5Dopen2(where.id(), path.c_str(), access_list.id()), [&] {
    return place_of(where) + ": there is no dataset " + quoted(path);
  });
}

namespace detail {
struct link {
  std::string name;
  bool hard = true;
};
inline herr_t collect_link(hid_t, char const* name, H5L_info_t const* info, void* out) noexcept {
  try {
    static_cast<std::vector<link>*>(out)->push_back({name, info->type == H5L_TYPE_HARD});
  } catch (...) {
    return -1;
  }
  return 0;
}
[[nodiscard]] inline std::vector<link> links(handle const& group) {
  library_lock const lock;
  std::vector<link> found;
  checked(H5Literate(group.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_link, &found),
          [&] { return place_of(group) + ": the links cannot be listed"; });
  std::sort(found.begin(), found.end(),
            [](link const& a, link const& b) { return a.name < b.name; });
  return found;
}

/// Places in the file of the groups that were seen: links may lead back to a group.
using seen_groups = std::set<std::pair<unsigned long, haddr_t>>;

[[nodiscard]] inline bool is_new(handle const& group, seen_groups& seen) {
  library_lock const lock;
#if H5_VERSION_GE(1, 12, 0)
  H5O_info1_t info{};
#else
  H5O_info_t info{};
#endif
  checked(H5Oget_info2(group.id(), &info, H5O_INFO_BASIC), [&] { return place_of(group); });
  return seen.emplace(info.fileno, info.addr).second;
}

inline void collect_datasets(handle const& group, std::string const& prefix, int depth,
                             seen_groups& seen, std::vector<std::string>& found) {
  if (depth == 0 || !is_new(group, seen)) return;
  for (link const& child : links(group)) {
    if (!child.hard) continue;
    object_kind const kind = kind_of(group, child.name);
    if (kind == object_kind::dataset) found.push_back(prefix + child.name);
    if (kind == object_kind::group)
      collect_datasets(open_group(group, child.name), prefix + child.name + "/", depth - 1, seen,
                       found);
  }
}
}  // namespace detail

/// Names of the direct children, sorted as strings.
[[nodiscard]] inline std::vector<std::string> children(handle const& group) {
  std::vector<std::string> names;
  for (auto& child : detail::links(group)) names.push_back(std::move(child.name));
  return names;
}

/// Absolute paths of all datasets of a file, depth first; links by name only are not followed, and
/// a group of several names is looked into once.
[[nodiscard]] inline std::vector<std::string> all_datasets(handle const& file) {
  constexpr int deepest = 17;
  detail::seen_groups seen;
  std::vector<std::string> found;
  detail::collect_datasets(open_group(file, "/"), "/", deepest, seen, found);
  return found;
}

}  // namespace voxstitch::io::detail::hdf5
