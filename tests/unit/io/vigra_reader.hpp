// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does vigra, through which ilastik reads files, find in a file?
///
/// vigra's headers are C++17; this interface to them is, too, and is compiled apart.

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace voxstitch::test {

/// An array as vigra read it, axes slowest first.
struct vigra_array {
  std::string type;  ///< vigra's word for it: "UINT8", "FLOAT"
  std::vector<std::ptrdiff_t> shape;
  std::vector<std::byte> bytes;
};

/// A dataset of three or four axes, of a type that vigra's images have, too.
[[nodiscard]] vigra_array vigra_read_hdf5(std::string const& path, std::string const& dataset);

/// All pages: page, y, x.
[[nodiscard]] vigra_array vigra_read_pages(std::string const& path);

/// The JSON of vigra's own AxisTags.
/// @param voxel_size z, y, x
[[nodiscard]] std::string vigra_axistags(std::string const& axes,
                                         std::array<double, 3> const& voxel_size);

}  // namespace voxstitch::test
