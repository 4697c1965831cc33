// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a fuzz target do with an HDF5 file?

#include "read_volume.hpp"
#include "voxstitch/io/hdf5_source.hpp"

namespace voxstitch::fuzz {

/// Opens and reads the only volume, and the first datasets by their names.
inline void read_hdf5_volumes(std::string const& path) {
  constexpr std::size_t most = 4;
  std::vector<std::string> names{""};
  accepted(
      [&] {
        auto const all = io::detail::hdf5::all_datasets(io::detail::hdf5::open_file(path));
        names.insert(names.end(), all.begin(),
                     all.begin() + std::ptrdiff_t(std::min(most, all.size())));
      },
      path);
  for (auto const& name : names)
    accepted(
        [&] {
          auto const layout = io::probe_hdf5(path, name);
          std::string axes = usual_axes(layout.shape.size());
          accepted([&] { axes = io::resolve_axes(path, layout).axes; }, path);
          read_parts(io::hdf5_source(path, name, axes), path);
        },
        path);
}

}  // namespace voxstitch::fuzz
