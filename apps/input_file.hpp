// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do commands say about a volume they open?

#include <string>
#include <utility>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/open_source.hpp"

namespace app {

/// Calls `open()`; an input that cannot be read from the start is an input that is not usable.
template <class Function>
decltype(auto) opening(Function&& open) {
  try {
    return std::forward<Function>(open)();
  } catch (voxstitch::io_error const& e) {
    throw voxstitch::format_error(e.what());
  }
}

/// "30 x 510 x 667 uint16, axes zyx (from TIFF pages), voxels 5 x 2 x 2 um".
[[nodiscard]] std::string description_text(voxstitch::volume_description const& d);

}  // namespace app
