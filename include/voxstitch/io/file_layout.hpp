// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a file say about the volume in it, before its axes are settled?

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "voxstitch/geometry/coord.hpp"
#include "voxstitch/view/element_type.hpp"

namespace voxstitch::io {

/// No volume is larger: so box corners and chunk ends of any volume can be counted.
inline constexpr index_t most_volume_bytes = index_t{1} << 61;

/// Shape and type as stored, and whatever the file's own metadata tell about the axes.
struct file_layout {
  std::vector<index_t> shape;               ///< extents in the file's order, slowest first
  element_type type = element_type::uint8;  ///< of the elements as stored
  std::optional<std::string> axes;          ///< one letter of "tczyx" per extent, if the file says
  std::string axes_origin;                  ///< which metadata said so, for people
  std::string axes_doubt;                   ///< metadata that should have, but are of no use
  std::string contradiction;                ///< between metadata and file: an error, but for --axes
  std::array<double, 3> voxel_size{};       ///< z, y, x; 0 where unknown
  std::string voxel_unit;                   ///< as "um"; empty where unknown
};

}  // namespace voxstitch::io
