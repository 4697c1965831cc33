// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file With what is a project file written?

#include <string>

#include "voxstitch/io/hdf5_value_writer.hpp"

namespace voxstitch::ilastik::detail {

using project_writer = io::hdf5_value_writer;

/// ilastik takes a group without it for absent.
inline void write_storage_version(project_writer& file, std::string const& group,
                                  std::string const& version) {
  file.text(group + "/StorageVersion", version, io::characters::utf8);
}

}  // namespace voxstitch::ilastik::detail
