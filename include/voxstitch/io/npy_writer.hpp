// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a volume become a .npy file?

#include <string>
#include <vector>

#include "voxstitch/core/large_memory.hpp"
#include "voxstitch/io/chunk_grid.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/io/detail/npy_header.hpp"
#include "voxstitch/io/detail/raw_array.hpp"
#include "voxstitch/io/detail/unit_pieces.hpp"

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

/// What write_npy() reads and holds at a time (t, c, z, y, x): whole units of the source, with all
/// channels where these lie side by side in the file.
[[nodiscard]] inline coord<5> npy_piece(volume_description const& d, coord<5> const& decode_unit,
                                        std::int64_t max_bytes) {
  auto const axes = detail::stored_axes_of(d);
  coord<5> unit = min(decode_unit, d.shape);
  if (axes.back().canonical == canonical_axis('c')) unit[1] = d.shape[1];
  return detail::piece_of_units(d.shape, axes, unit,
                                max_bytes / static_cast<index_t>(size_of(d.type)));
}

/// Writes all of `source` to a new file `path`, in C order of the source's own axes, reading at
/// most `max_bytes` (but the smallest npy_piece()) at a time and each unit of the source once. The
/// bytes depend on the values alone.
/// @throws io_error naming the path when it cannot be written.
template <volume_source Source>
void write_npy(std::string const& path, Source const& source, std::int64_t max_bytes,
               durability wanted = durability::on_disk) {
  volume_description const& d = source.description();
  auto const file = posix_file::create(path);
  std::string const header = detail::npy_header_text(d);
  file.write_at(0, std::as_bytes(std::span(header)));
  detail::raw_array const array{header.size(), d.type, false, detail::stored_axes_of(d)};
  chunk_grid const pieces(d, npy_piece(d, source.decode_unit(), max_bytes));
  auto const memory = make_large_array<std::byte>(pieces.chunk_bytes());
  for (index_t i = 0; i < pieces.size(); ++i) {
    box<5> const piece = pieces.box_of(pieces.position_of(i));
    any_view<5> const values(memory.get(), d.type, piece.shape(),
                             detail::strides_in_order(array.axes, piece.shape()));
    source.read(piece, values);
    detail::raw_piece_writer(file, array, piece)
        .write({memory.get(), static_cast<std::size_t>(piece.size()) * size_of(d.type)});
  }
  if (wanted == durability::on_disk) file.sync();
}

}  // namespace voxstitch::io
