// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do commands say about a volume they open?

#include <string>

#include "voxstitch/io/open_source.hpp"

namespace app {

/// Runs `read`; what cannot be read from the start is not usable as an input.
/// @throws format_error instead of io_error.
template <class Read>
[[nodiscard]] auto as_input(Read const& read) {
  try {
    return read();
  } catch (voxstitch::io_error const& e) {
    throw voxstitch::format_error(e.what());
  }
}

/// Opens a volume; what cannot be read from the start is not usable as an input.
/// @throws format_error, shape_error or usage_error with the remedy.
[[nodiscard]] voxstitch::io::opened_source
open_input(std::string const& path, voxstitch::io::source_options const& how = {});

/// "30 x 510 x 667 uint16, axes zyx (from TIFF pages), voxels 5 x 2 x 2 um".
[[nodiscard]] std::string description_text(voxstitch::volume_description const& d);

}  // namespace app
