// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a project file say where its images are?

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/core/hash.hpp"
#include "voxstitch/ilastik/detail/project_writer.hpp"
#include "voxstitch/ilastik/lanes.hpp"
#include "voxstitch/ilastik/nickname.hpp"
#include "voxstitch/io/axistags.hpp"

namespace voxstitch::ilastik::detail {

/// Where raw data are, as a project writes it.
struct stored_location {
  std::string type;  ///< ilastik's class for it
  std::string path;  ///< of several files: joined
};

[[nodiscard]] inline std::filesystem::path absolute_path(std::string const& path) {
  return std::filesystem::absolute(path).lexically_normal();
}

/// Whether `file` lies in `folder` or below it; both absolute.
[[nodiscard]] inline bool is_below(std::filesystem::path const& file,
                                   std::filesystem::path const& folder) {
  return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first ==
         folder.end();
}

/// Relative to the project's folder when all files are below it, else absolute, as ilastik does.
/// @throws usage_error for a name that ilastik would cut in two.
[[nodiscard]] inline stored_location location_of(std::string const& project,
                                                 std::vector<std::string> const& files) {
  auto const folder = absolute_path(project).parent_path();
  bool const relative = std::all_of(files.begin(), files.end(), [&](std::string const& file) {
    return is_below(absolute_path(file), folder);
  });
  std::string joined;
  for (auto const& file : files) {
    auto const path = absolute_path(file);
    auto const text = (relative ? path.lexically_relative(folder) : path).string();
    if (text.find(':') != text.npos)
      throw usage_error("ilastik project: the raw data " + quoted(file) +
                        " cannot be named in a project: ilastik takes ':' for the border between "
                        "two files; rename the file or its folder");
    joined += (joined.empty() ? "" : ":") + text;
  }
  return {relative ? "RelativeFilesystemDatasetInfo" : "FilesystemDatasetInfo", joined};
}

/// A hash of a text, begun anywhere; its upper half, which is mixed best, stirs the lower one.
[[nodiscard]] inline std::uint64_t stirred_hash(std::string_view text, std::uint64_t begin) {
  auto const hash = hash_of(text, begin);
  return hash ^ (hash >> 32);
}

/// An identity of the form of a UUID (version 8: made of a hash), the same for the same image.
[[nodiscard]] inline std::string dataset_id(std::string const& path,
                                            std::vector<index_t> const& shape) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = path;
  for (index_t extent : shape) text += " " + std::to_string(extent);
  std::array<std::uint64_t, 2> const halves{stirred_hash(text, 0xcbf29ce484222325),
                                            stirred_hash(text, 0x84222325cbf29ce4)};
  std::string id;
  for (std::size_t i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) id += '-';
    auto const digit = halves[i / 16] >> (4 * (i % 16)) & 15U;
    id += i == 12 ? '8' : digits[i == 16 ? 8 + digit % 4 : digit];
  }
  return id;
}

inline void write_raw_data(project_writer& file, std::string const& place,
                           std::string const& project, lane const& image) {
  auto const location = location_of(project, image.files);
  file.text(place + "/__class__", location.type);
  file.text(place + "/location", "FileSystem");
  file.text(place + "/filePath", location.path);
  file.text(place + "/datasetId", dataset_id(location.path, image.shape));
  file.text(place + "/nickname",
            image.nickname.empty() ? nickname_of(image.files) : image.nickname);
  file.text(place + "/axistags", io::write_axistags(image.axes));
  file.numbers(place + "/shape", image.shape);
  file.text(place + "/axis_units", "null");
  file.text(place + "/display_mode", "default");
  file.text(place + "/working_scale", "");
  file.flag(place + "/allowLabels", true);
  file.flag(place + "/normalizeDisplay", false);
  file.flag(place + "/scale_locked", false);
}

/// `number` in at least `width` digits.
[[nodiscard]] inline std::string padded(std::size_t number, std::size_t width) {
  std::string const digits = std::to_string(number);
  return std::string(width - std::min(width, digits.size()), '0') + digits;
}

/// @param project path of the project file, to which paths may be relative
inline void write_lanes(project_writer& file, std::string const& project,
                        std::vector<lane> const& lanes) {
  std::string const group = "Input Data";
  write_storage_version(file, group, "0.2");
  file.texts(group + "/Role Names", {"Raw Data", "Prediction Mask"});
  file.group(group + "/infos");
  file.group(group + "/local_data");
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    std::string const place = group + "/infos/lane" + padded(i, 4);
    write_raw_data(file, place + "/Raw Data", project, lanes[i]);
    file.group(place + "/Prediction Mask");
  }
}

}  // namespace voxstitch::ilastik::detail
