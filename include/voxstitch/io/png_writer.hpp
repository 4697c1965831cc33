// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a picture become a PNG?

#include <array>
#include <cstring>
#include <string>

#include "voxstitch/io/detail/impex_calls.hpp"
#include "voxstitch/io/posix_file.hpp"

namespace voxstitch::io {

namespace detail {

/// libpng's buffered writing does not notice a full disk at the very end: look for the end chunk.
[[nodiscard]] inline bool ends_as_png(posix_file const& file) {
  constexpr std::array<unsigned char, 8> end_chunk{'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};
  std::array<unsigned char, 8> tail{};
  std::uint64_t const size = file.size();
  if (size < tail.size()) return false;
  file.read_at(size - tail.size(), std::as_writable_bytes(std::span(tail)));
  return tail == end_chunk;
}

}  // namespace detail

/// Writes a picture (y, x, channel; 1 channel is grey, 3 are red, green, blue) to `path`, whatever
/// its extension.
/// @throws shape_error for other shapes, io_error when the file cannot be written.
inline void write_png(std::string const& path, strided_view<std::uint8_t const, 3> const& picture) {
  if (picture.size() == 0 || (picture.extent(2) != 1 && picture.extent(2) != 3))
    throw shape_error("png: " + quoted(path) + " would be " + to_string(picture.shape(), " x ") +
                      " (rows, columns, channels), but 1 or 3 channels are needed");
  static_cast<void>(posix_file::create(path));
  detail::write_image(path, "PNG", picture);
  auto const file = posix_file::open_to_read(path);
  if (!detail::ends_as_png(file))
    throw io_error("png: " + quoted(path) + " was cut while writing: is the disk full?");
  file.sync();
}

}  // namespace voxstitch::io
