// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a volume become a .npy file?

#include <string>
#include <vector>

#include "voxstitch/io/concepts.hpp"
#include "voxstitch/io/detail/npy_header.hpp"
#include "voxstitch/io/detail/raw_array.hpp"

namespace voxstitch::io {

namespace detail {

[[nodiscard]] inline stored_axes stored_axes_of(volume_description const& d) {
  stored_axes axes;
  for (char letter : d.axes)
    axes.push_back({canonical_axis(letter), d.shape[canonical_axis(letter)]});
  return axes;
}

[[nodiscard]] inline std::string npy_header_text(volume_description const& d) {
  std::vector<index_t> shape;
  for (auto const& axis : stored_axes_of(d)) shape.push_back(axis.extent);
  return npy_header_text(d.type, shape);
}

}  // namespace detail

/// Whether a file is on the disk when its writer returns, or only readable by other programs. The
/// latter is for what is thrown away soon.
enum class durability { on_disk, readable };

/// Writes all of `source` to a new file `path`, in C order of the source's own axes, reading at
/// most `max_bytes` (but one voxel) at a time. The bytes depend on the values alone.
/// @throws io_error naming the path when it cannot be written.
template <volume_source Source>
void write_npy(std::string const& path, Source const& source, std::int64_t max_bytes,
               durability wanted = durability::on_disk) {
  volume_description const& d = source.description();
  auto const axes = detail::stored_axes_of(d);
  auto const width = static_cast<index_t>(size_of(d.type));
  auto const file = posix_file::create(path);
  std::string const header = detail::npy_header_text(d);
  file.write_at(0, std::as_bytes(std::span(header)));
  std::uint64_t offset = header.size();
  std::vector<std::byte> slab;
  for (box<5> const& piece : detail::pieces_of(box<5>::at_origin(d.shape), axes,
                                               std::max<index_t>(1, max_bytes / width))) {
    slab.resize(static_cast<std::size_t>(piece.size() * width));
    source.read(
        piece, {slab.data(), d.type, piece.shape(), detail::strides_in_order(axes, piece.shape())});
    file.write_at(offset, slab);
    offset += slab.size();
  }
  if (wanted == durability::on_disk) file.sync();
}

}  // namespace voxstitch::io
