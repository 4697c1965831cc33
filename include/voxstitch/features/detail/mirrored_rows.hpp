// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are rows and planes continued beyond the volume's border?

#include <algorithm>
#include <cstring>

#include "voxstitch/geometry/mirror.hpp"

namespace voxstitch::features::detail {

/// Writes the columns of a row that lie outside [begin, end), of those in [0, count).
inline void mirror_row(float* row, index_t count, index_t begin, index_t end) {
  for (index_t x = 0; x < std::min(begin, count); ++x) row[x] = row[mirrored(x, begin, end)];
  for (index_t x = end; x < count; ++x) row[x] = row[mirrored(x, begin, end)];
}

/// Writes the rows of a plane that lie outside [begin, end), of those in [0, rows).
inline void mirror_rows(float* plane, index_t rows, index_t stride, index_t begin, index_t end) {
  auto const bytes = sizeof(float) * static_cast<std::size_t>(stride);
  for (index_t y = 0; y < rows; ++y)
    if (y < begin || y >= end)
      std::memcpy(plane + y * stride, plane + mirrored(y, begin, end) * stride, bytes);
}

}  // namespace voxstitch::features::detail
