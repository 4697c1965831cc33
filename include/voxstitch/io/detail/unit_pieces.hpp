// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file In which boxes is a volume copied so that no unit of its source is decoded again and
/// again?

#include <algorithm>

#include "voxstitch/io/detail/raw_array.hpp"

namespace voxstitch::io::detail {

/// The shape of the boxes of whole units, at most `max_elements` (but one unit), that are as long
/// as possible along the fastest axes.
/// @param axes in the order of memory
/// @param unit what the source decodes whole; not larger than `shape`
[[nodiscard]] inline coord<5> piece_of_units(coord<5> const& shape, stored_axes const& axes,
                                             coord<5> const& unit, index_t max_elements) {
  coord<5> piece = unit;
  for (std::size_t i = axes.size(); i-- > 0;) {
    std::size_t const a = axes[i].canonical;
    index_t const layer = product(piece) / piece[a] * unit[a];  // one unit thick
    piece[a] = std::min(std::max<index_t>(1, max_elements / layer) * unit[a], shape[a]);
    if (piece[a] < shape[a]) break;
  }
  return piece;
}

/// Whether boxes of the shape `piece`, side by side in order, are one run of elements after the
/// other.
[[nodiscard]] inline bool are_runs(coord<5> const& piece, coord<5> const& shape,
                                   stored_axes const& axes) {
  std::size_t i = 0;
  while (i < axes.size() && piece[axes[i].canonical] == 1) ++i;
  for (++i; i < axes.size(); ++i)
    if (piece[axes[i].canonical] != shape[axes[i].canonical]) return false;
  return true;
}

}  // namespace voxstitch::io::detail
