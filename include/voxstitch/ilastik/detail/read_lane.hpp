// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What did the image look like that a project was trained on last?

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "voxstitch/ilastik/detail/numbered_children.hpp"
#include "voxstitch/io/axistags.hpp"

namespace voxstitch::ilastik::detail {

/// The last training image; empty parts are unknown.
struct training_lane {
  std::string axes;            ///< letters of t, c, z, y, x in the image's order
  std::vector<index_t> shape;  ///< extents in the order of `axes`

  /// Extent along `letter`, 1 where the image has no such axis, 0 where nothing is known.
  [[nodiscard]] std::size_t extent(char letter) const {
    auto const at = axes.find(letter);
    if (axes.empty()) return 0;
    if (at == std::string::npos) return 1;
    return shape.empty() ? 0 : std::size_t(shape[at]);
  }
};

/// Whether `axes` are distinct letters of t, c, z, y, x with y and x among them.
[[nodiscard]] inline bool are_axes(std::string axes) {
  bool const known = axes.find_first_not_of("tczyx") == std::string::npos;
  bool const planar = axes.find('y') != std::string::npos && axes.find('x') != std::string::npos;
  std::sort(axes.begin(), axes.end());
  return known && planar && std::adjacent_find(axes.begin(), axes.end()) == axes.end();
}

/// The group that describes the raw data of a lane: below its role, or, in very old files, the lane
/// itself.
[[nodiscard]] inline std::string raw_data_of(project_file const& file, std::string const& lane,
                                             std::string const& role) {
  return file.has_group(lane + "/" + role) ? lane + "/" + role : lane;
}

/// The same of the last lane; empty without lanes.
[[nodiscard]] inline std::string last_raw_data(project_file const& file) {
  std::string const infos = "Input Data/infos";
  auto const lanes = numbered_children(file, infos);
  if (lanes.empty() || !file.has_stored_group("Input Data")) return {};
  return raw_data_of(file, infos + "/" + lanes.back(),
                     file.text("Input Data/Role Names").value_or("Raw Data"));
}

/// The axes of the image that `place` describes; empty when they are not stored or make no sense.
[[nodiscard]] inline std::string read_axes(project_file const& file, std::string const& place) {
  auto const tags = io::parse_axistags(file.text(place + "/axistags").value_or(""));
  auto axes = tags ? tags->axes : file.text(place + "/axisorder").value_or("");
  return are_axes(axes) ? axes : std::string();
}

[[nodiscard]] inline training_lane read_last_lane(project_file const& file) {
  std::string const place = last_raw_data(file);
  if (place.empty()) return {};
  training_lane lane;
  lane.axes = read_axes(file, place);
  if (lane.axes.empty()) return {};
  if (file.has_dataset(place + "/shape")) lane.shape = file.numbers<index_t>(place + "/shape");
  bool const fits =
      lane.shape.size() == lane.axes.size() &&
      std::all_of(lane.shape.begin(), lane.shape.end(), [](index_t extent) { return extent > 0; });
  if (!fits) lane.shape.clear();
  return lane;
}

}  // namespace voxstitch::ilastik::detail
