// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What are the classes of a stored result called?

#include <string>
#include <vector>

#include "voxstitch/io/detail/hdf5_lookup.hpp"
#include "voxstitch/io/detail/hdf5_stored_values.hpp"
#include "voxstitch/io/hdf5_path.hpp"

namespace voxstitch::io {

/// The attribute `class_names` of an HDF5 dataset ("file.h5/dataset"), if it is there; formats
/// without attributes tell none.
/// @throws io_error or format_error when the dataset cannot be read.
[[nodiscard]] inline std::vector<std::string> stored_class_names(std::string const& path) {
  auto const inside = split_hdf5_path(path);
  if (!inside) return {};
  auto const volume = detail::open_volume(inside->file, inside->internal);
  return detail::hdf5::string_attribute(volume.handle, "class_names")
      .value_or(std::vector<std::string>{});
}

}  // namespace voxstitch::io
