// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a volume look like from outside: extents, number type, axes, voxel size?

#include <array>
#include <string>

#include "voxstitch/geometry/coord.hpp"
#include "voxstitch/view/element_type.hpp"

namespace voxstitch {

/// Names of the canonical axes, slowest first. Every volume has all five, absent ones with
/// extent 1.
inline constexpr std::string_view canonical_axes = "tczyx";

/// A volume as sources and sinks know it.
struct volume_description {
  coord<5> shape{{1, 1, 1, 1, 1}};          ///< extents in t, c, z, y, x
  element_type type = element_type::uint8;  ///< of the elements as stored
  std::string axes = "zyx";                 ///< the file's own axes in the file's own order
  std::string axes_origin;                  ///< where `axes` was learnt from, for people
  std::array<double, 3> voxel_size{};       ///< z, y, x; 0 where unknown
  std::string voxel_unit;                   ///< as "um"; empty where unknown
};

/// z, y, x of t, c, z, y, x.
[[nodiscard]] constexpr coord<3> spatial(coord<5> const& c) { return {{c[2], c[3], c[4]}}; }

/// A shape z, y, x with one time step and one channel: t, c, z, y, x.
[[nodiscard]] constexpr coord<5> of_one_channel(coord<3> const& c) {
  return {{1, 1, c[0], c[1], c[2]}};
}

/// Place of a canonical axis letter in t, c, z, y, x.
/// @pre `letter` is one of them
[[nodiscard]] inline std::size_t canonical_axis(char letter) { return canonical_axes.find(letter); }

}  // namespace voxstitch
