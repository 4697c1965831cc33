// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which images does a project hold, where are they, and what do they look like?

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "voxstitch/geometry/box.hpp"
#include "voxstitch/ilastik/detail/numbered_children.hpp"
#include "voxstitch/ilastik/detail/project_file.hpp"
#include "voxstitch/ilastik/detail/read_identity.hpp"
#include "voxstitch/ilastik/detail/read_lane.hpp"

namespace voxstitch::ilastik {

/// What was painted in a part of an image.
struct label_block {
  box<5> where;                      ///< t, c, z, y, x; [0, 1) along c
  std::vector<std::uint8_t> values;  ///< dense, axes as in `where`; 0: no label

  friend bool operator==(label_block const&, label_block const&) = default;
};

/// One image of a project and its labels.
struct lane {
  /// Of the raw data; more than one: a stack. Absolute or as seen from the working directory; the
  /// path inside an HDF5 file follows its name; may hold the wildcards * and ?.
  std::vector<std::string> files;
  std::string nickname;        ///< what ilastik calls it in its lists and names of results
  std::string axes;            ///< in the files' order, slowest first; "" if unknown
  std::vector<index_t> shape;  ///< extents in the order of `axes`; empty if unknown
  std::vector<label_block> labels;
};

namespace detail {

/// A path of Windows, as "C:\data\a.h5".
[[nodiscard]] inline bool has_drive(std::string_view path) {
  return path.size() > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
}

/// The files of a stack, which are joined by ':' (by ';' on Windows).
[[nodiscard]] inline std::vector<std::string> split_files(std::string const& joined) {
  char const separator = has_drive(joined) ? ';' : ':';
  std::vector<std::string> files(1);
  for (char c : joined)
    if (c == separator)
      files.emplace_back();
    else
      files.back() += c;
  std::erase_if(files, [](std::string const& file) { return file.empty(); });
  return files;
}

/// `path` as seen from the project's folder.
[[nodiscard]] inline std::string resolved(project_file const& file, std::string const& path) {
  if (has_drive(path)) return path;
  auto const folder = std::filesystem::path(file.path()).parent_path();
  return (folder / path).lexically_normal().string();
}

/// The dataset in the project that holds a lane's raw data.
[[nodiscard]] inline std::string internal_dataset(project_file const& file,
                                                  std::string const& place) {
  constexpr std::string_view remedy = "open it in ilastik, add the image anew and save";
  if (auto const inner = file.text(place + "/inner_path")) {
    file.require(file.has_dataset(*inner), place, "there is no dataset " + quoted(*inner), remedy);
    return *inner;
  }
  auto const id = file.text(place + "/datasetId").value_or("");
  file.require(!id.empty(), place, "it does not say which dataset holds the image", remedy);
  auto const found = file.dataset_ending(id);
  file.require(found.has_value(), place, "there is no dataset " + quoted(id), remedy);
  return *found;
}

[[nodiscard]] inline bool is_internal(project_file const& file, std::string const& place) {
  auto const kind = file.text(place + "/__class__");
  return kind ? *kind == "ProjectInternalDatasetInfo"
              : file.text(place + "/location") == "ProjectInternal";
}

[[nodiscard]] inline std::vector<std::string> read_files(project_file const& file,
                                                         std::string const& place) {
  auto const joined = file.text(place + "/filePath").value_or("");
  file.require(!joined.empty(), place, "it does not say where the image is");
  file.require(joined.find("://") == joined.npos, place,
               "the image is on a server: " + quoted(joined),
               "download it and choose the file in ilastik");
  std::vector<std::string> files;
  for (auto const& path : split_files(joined)) files.push_back(resolved(file, path));
  file.require(!files.empty(), place, "it does not say where the image is");
  return files;
}

[[nodiscard]] inline std::vector<index_t> read_shape(project_file const& file,
                                                     std::string const& place) {
  if (!file.has_dataset(place + "/shape")) return {};
  auto const shape = file.numbers<index_t>(place + "/shape");
  for (index_t extent : shape)
    file.require(extent > 0, place + "/shape", "impossible extent " + std::to_string(extent));
  return shape;
}

/// Where the image is and, if it is in the project, how large.
inline void read_source(project_file const& file, std::string const& place, lane& result) {
  result.shape = read_shape(file, place);
  if (!is_internal(file, place)) {
    result.files = read_files(file, place);
    return;
  }
  auto const dataset = internal_dataset(file, place);
  result.files = {file.path() + (dataset.starts_with('/') ? "" : "/") + dataset};
  result.shape = file.shape(dataset);
}

[[nodiscard]] inline lane read_lane(project_file const& file, std::string const& place) {
  lane result;
  read_source(file, place, result);
  result.nickname = file.text(place + "/nickname").value_or("");
  result.axes = read_axes(file, place);
  bool const fits =
      result.axes.empty() || result.shape.empty() || result.axes.size() == result.shape.size();
  file.require(fits, place,
               "the axes are " + quoted(result.axes) + ", but the image has " +
                   std::to_string(result.shape.size()) + " axes",
               "open it in ilastik, set the axes (Edit shared properties) and save");
  file.require(!file.has_dataset(place + "/subvolume_roi"), place,
               "only a part of the image is used (subvolume_roi), which is not supported",
               "save that part as a file of its own and add it in ilastik");
  return result;
}

/// The images in ilastik's order, without labels.
[[nodiscard]] inline std::vector<lane> read_lanes(project_file const& file) {
  std::string const infos = "Input Data/infos";
  std::vector<lane> lanes;
  if (!file.has_stored_group("Input Data")) return lanes;
  std::string const role = file.text("Input Data/Role Names").value_or("Raw Data");
  for (auto const& name : numbered_children(file, infos))
    lanes.push_back(read_lane(file, raw_data_of(file, infos + "/" + name, role)));
  return lanes;
}

}  // namespace detail

/// The images of a project in ilastik's order, without labels; none in a project without data. The
/// files need not exist. Versions before 1.3.3 do not say how large the images are, unless they
/// are inside the project.
/// @throws io_error, format_error when the file is no ilastik project or is damaged, and for images
/// that cannot be read from files: on servers, parts of files.
[[nodiscard]] inline std::vector<lane> read_lanes(std::string const& path) {
  detail::project_file const file(path);
  static_cast<void>(detail::read_identity(file));
  return detail::read_lanes(file);
}

}  // namespace voxstitch::ilastik
