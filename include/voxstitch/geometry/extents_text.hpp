// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do messages show a shape?

#include <string>
#include <vector>

#include "voxstitch/geometry/coord.hpp"

namespace voxstitch {

/// "30 x 510 x 667", for messages; empty for a shape without axes.
[[nodiscard]] inline std::string extents_text(std::vector<index_t> const& shape) {
  std::string text;
  for (index_t extent : shape) text += (text.empty() ? "" : " x ") + std::to_string(extent);
  return text;
}

}  // namespace voxstitch
