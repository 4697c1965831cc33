// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a picture become a PNG in memory, to be put into another file?

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/deflate.hpp"
#include "voxstitch/view/strided_view.hpp"

namespace voxstitch::io {

namespace detail {

/// The filters of PNG: what is predicted from the bytes to the left, above, and above to the left.
[[nodiscard]] inline int png_prediction(int filter, int left, int above, int corner) {
  switch (filter) {
  case 1: return left;
  case 2: return above;
  case 3: return (left + above) / 2;
  case 4: {
    int const to_left = std::abs(above - corner);
    int const to_above = std::abs(left - corner);
    int const to_corner = std::abs(left + above - 2 * corner);
    if (to_left <= to_above && to_left <= to_corner) return left;
    return to_above <= to_corner ? above : corner;
  }
  default: return 0;
  }
}

using png_row = std::vector<std::uint8_t>;

/// @param pixel bytes of a pixel
inline void filter_png_row(int filter, png_row const& above, png_row const& row, std::size_t pixel,
                           png_row& filtered) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    int const left = i < pixel ? 0 : row[i - pixel];
    int const corner = i < pixel ? 0 : above[i - pixel];
    filtered[i] =
        static_cast<std::uint8_t>(row[i] - png_prediction(filter, left, above[i], corner));
  }
}

/// Small where the row will pack well: the rule of thumb that the PNG specification gives.
[[nodiscard]] inline std::int64_t png_cost(png_row const& filtered) {
  std::int64_t cost = 0;
  for (std::uint8_t const value : filtered) cost += std::min<int>(value, 256 - value);
  return cost;
}

/// Appends the filter's number and the row, filtered by the one that promises most.
inline void append_png_row(png_row const& above, png_row const& row, std::size_t pixel,
                           png_row& stream) {
  png_row best(row.size());
  png_row filtered(row.size());
  int best_filter = 0;
  for (int filter = 0; filter < 5; ++filter) {
    filter_png_row(filter, above, row, pixel, filtered);
    if (filter > 0 && png_cost(filtered) >= png_cost(best)) continue;
    best.swap(filtered);
    best_filter = filter;
  }
  stream.push_back(static_cast<std::uint8_t>(best_filter));
  stream.insert(stream.end(), best.begin(), best.end());
}

inline void append_big_endian(std::vector<std::byte>& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(std::byte(value >> shift & 0xff));
}

inline void append_png_chunk(std::vector<std::byte>& file, std::string_view type,
                             std::span<std::byte const> data) {
  append_big_endian(file, static_cast<std::uint32_t>(data.size()));
  auto const begin = file.size();
  for (char const letter : type) file.push_back(std::byte(letter));
  file.insert(file.end(), data.begin(), data.end());
  append_big_endian(file, crc32_of(std::span(file).subspan(begin)));
}

/// Size, eight bits, grey or colour, nothing interlaced.
[[nodiscard]] inline std::vector<std::byte> png_header(coord<3> const& shape) {
  std::vector<std::byte> header;
  append_big_endian(header, static_cast<std::uint32_t>(shape[1]));
  append_big_endian(header, static_cast<std::uint32_t>(shape[0]));
  for (int const value : {8, shape[2] == 1 ? 0 : 2, 0, 0, 0}) header.push_back(std::byte(value));
  return header;
}

/// The rows of a picture, filtered, one after the other.
[[nodiscard]] inline png_row png_stream(strided_view<std::uint8_t const, 3> const& picture) {
  auto const pixel = static_cast<std::size_t>(picture.extent(2));
  auto const width = static_cast<std::size_t>(picture.extent(1)) * pixel;
  png_row above(width);
  png_row row(width);
  png_row stream;
  stream.reserve((width + 1) * static_cast<std::size_t>(picture.extent(0)));
  for (index_t y = 0; y < picture.extent(0); ++y) {
    auto to = row.begin();
    for (index_t x = 0; x < picture.extent(1); ++x)
      for (index_t c = 0; c < picture.extent(2); ++c) *to++ = picture(y, x, c);
    append_png_row(above, row, pixel, stream);
    above.swap(row);
  }
  return stream;
}

}  // namespace detail

/// A picture (y, x, channel; 1 channel is grey, 3 are red, green, blue) as the bytes of a PNG file.
/// The values have no colour space: browsers show, and give back, just these.
/// @throws shape_error for other shapes.
/// @thread_safety may be called concurrently
[[nodiscard]] inline std::vector<std::byte>
png_bytes(strided_view<std::uint8_t const, 3> const& picture) {
  constexpr index_t longest = 1 << 24;
  if (picture.size() == 0 || (picture.extent(2) != 1 && picture.extent(2) != 3) ||
      picture.extent(0) > longest || picture.extent(1) > longest)
    throw shape_error("png: a picture would be " + to_string(picture.shape(), " x ") +
                      " (rows, columns, channels), but 1 or 3 channels, and 1 to 2^24 rows and "
                      "columns, are allowed");
  constexpr std::array<unsigned char, 8> magic{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  std::vector<std::byte> file(magic.size());
  std::memcpy(file.data(), magic.data(), magic.size());
  detail::append_png_chunk(file, "IHDR", detail::png_header(picture.shape()));
  auto const stream = detail::png_stream(picture);
  detail::append_png_chunk(file, "IDAT", deflated(std::as_bytes(std::span(stream)), 9));
  detail::append_png_chunk(file, "IEND", {});
  return file;
}

}  // namespace voxstitch::io
