// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a fuzz target do with a source that could be opened?

#include <cmath>
#include <set>

#include "fuzz_target.hpp"
#include "voxstitch/io/axes.hpp"
#include "voxstitch/io/concepts.hpp"

namespace voxstitch::fuzz {

/// Bytes of a volume can be counted, its axes are letters, its voxel size is a size or unknown.
inline void check_description(volume_description const& d) {
  auto bytes = static_cast<index_t>(size_of(d.type));
  for (index_t extent : d.shape)
    promise(extent >= 1 && !__builtin_mul_overflow(bytes, extent, &bytes),
            "the bytes of a volume are a number: " + to_string(d.shape));
  for (char letter : d.axes)
    promise(canonical_axes.find(letter) != canonical_axes.npos, "unknown axis in " + d.axes);
  promise(std::set<char>(d.axes.begin(), d.axes.end()).size() == d.axes.size(),
          "an axis is there twice: " + d.axes);
  for (double side : d.voxel_size) promise(std::isfinite(side) && side >= 0, "an odd voxel size");
}

inline void read_box(io::volume_source auto const& source, box<5> const& b) {
  any_array<5> values(source.description().type, b.shape());
  source.read(b, values.view());
}

/// Reads the whole of a small volume, else a few voxels at its begin and at its end.
void read_parts(io::volume_source auto const& source, std::string const& names) {
  constexpr index_t small = 1 << 14;
  check_description(source.description());
  coord<5> const shape = source.description().shape;
  coord<5> const unit = source.decode_unit();
  promise(min(unit, shape) == unit && max(unit, coord<5>::filled(1)) == unit,
          "a decode unit lies within the volume: " + to_string(unit));
  if (product(shape) <= small) {
    accepted([&] { read_box(source, box<5>::at_origin(shape)); }, names);
    return;
  }
  coord<5> const part = min(shape, {{2, 2, 2, 3, 5}});
  accepted([&] { read_box(source, box<5>::at_origin(part)); }, names);
  accepted([&] { read_box(source, {shape - part, shape}); }, names);
}

/// The last letters of "tczyx", for a file that does not name its `rank` axes.
[[nodiscard]] inline std::string usual_axes(std::size_t rank) {
  return std::string(canonical_axes.substr(canonical_axes.size() - std::min<std::size_t>(5, rank)));
}

}  // namespace voxstitch::fuzz
