// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a volume become a TIFF file that Fiji opens?

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <tbb/parallel_for.h>

#include "voxstitch/core/shortest_number.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/io/deflate.hpp"
#include "voxstitch/io/detail/raw_array.hpp"
#include "voxstitch/io/detail/tiff_calls.hpp"

namespace voxstitch::io {

namespace detail {

/// What ImageJ wants to know: pages are channels, then slices, then frames; the voxel size.
[[nodiscard]] inline std::string imagej_description(volume_description const& d) {
  auto const line = [](std::string const& key, std::string const& value) {
    return key + "=" + value + "\n";
  };
  auto const count = [&](std::string const& key, index_t n) {
    return n > 1 ? line(key, std::to_string(n)) : "";
  };
  std::string text = line("ImageJ", "1.11a");
  text += count("images", d.shape[0] * d.shape[1] * d.shape[2]);
  text += count("channels", d.shape[1]) + count("slices", d.shape[2]) + count("frames", d.shape[0]);
  if (d.shape[0] > 1 || d.shape[1] > 1)
    text += line("hyperstack", "true") + line("mode", "grayscale");
  if (!d.voxel_unit.empty()) text += line("unit", d.voxel_unit);
  if (d.voxel_size[0] > 0) text += line("spacing", shortest_number(d.voxel_size[0]));
  return text + line("loop", "false");
}

/// Classic TIFF ends at 4 GB; an estimate without compression decides.
[[nodiscard]] inline tiff_handle::flavour tiff_flavour_for(volume_description const& d) {
  constexpr double classic_bytes = 4.0e9;
  constexpr double directory_bytes = 512;
  double const pages = static_cast<double>(d.shape[0] * d.shape[1] * d.shape[2]);
  double const bytes = static_cast<double>(product(d.shape)) * static_cast<double>(size_of(d.type));
  return bytes * 1.001 + pages * directory_bytes > classic_bytes ? tiff_handle::flavour::big
                                                                 : tiff_handle::flavour::classic;
}

/// Writes the pages of a volume one after the other, strips compressed by many threads.
class tiff_page_writer {
 public:
  static constexpr std::size_t strip_bytes = std::size_t{1} << 18;

  tiff_page_writer(std::string const& path, volume_description const& d)
      : description_(d), file_(tiff_handle::create(path, tiff_flavour_for(d))) {
    auto const row = static_cast<index_t>(size_of(d.type)) * d.shape[4];
    strip_rows_ = std::clamp<index_t>(static_cast<index_t>(strip_bytes) / row, 1, d.shape[3]);
  }

  [[nodiscard]] index_t strip_rows() const { return strip_rows_; }

  /// Appends rows that follow those appended before; t, z, c, y, x, whole strips.
  /// @param rows how many; `bytes` holds them densely
  void append(std::span<std::byte const> bytes, index_t rows) {
    auto const spans = strips_of(bytes, rows);
    std::vector<std::vector<std::byte>> packed(spans.size());
    tbb::parallel_for(std::size_t{0}, spans.size(),
                      [&](std::size_t i) { packed[i] = deflated(spans[i], 1); });
    for (auto& strip : packed) append_strip(strip);
  }

  void finish() { file_.finish(); }

 private:
  /// The strips of consecutive rows; a page's last strip may be thinner.
  [[nodiscard]] std::vector<std::span<std::byte const>> strips_of(std::span<std::byte const> bytes,
                                                                  index_t rows) const {
    std::size_t const row_bytes = bytes.size() / static_cast<std::size_t>(rows);
    std::vector<std::span<std::byte const>> spans;
    for (index_t at = next_row_; !bytes.empty();) {
      index_t const count = std::min(strip_rows_, description_.shape[3] - at);
      std::size_t const size = row_bytes * static_cast<std::size_t>(count);
      spans.push_back(bytes.subspan(0, size));
      bytes = bytes.subspan(size);
      at = (at + count) % description_.shape[3];
    }
    return spans;
  }

  void append_strip(std::span<std::byte> packed) {
    if (next_row_ == 0) begin_page();
    file_.write_encoded(static_cast<std::uint32_t>(next_row_ / strip_rows_), packed);
    next_row_ = std::min(next_row_ + strip_rows_, description_.shape[3]);
    if (next_row_ < description_.shape[3]) return;
    file_.write_directory();
    next_row_ = 0;
  }

  void begin_page() {
    std::string const type = to_string(description_.type);
    int const kind = type[0] == 'f'   ? SAMPLEFORMAT_IEEEFP
                     : type[0] == 'i' ? SAMPLEFORMAT_INT
                                      : SAMPLEFORMAT_UINT;
    file_.set_field(TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(description_.shape[4]));
    file_.set_field(TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(description_.shape[3]));
    file_.set_field(TIFFTAG_BITSPERSAMPLE, static_cast<int>(8 * size_of(description_.type)));
    file_.set_field(TIFFTAG_SAMPLEFORMAT, kind);
    file_.set_field(TIFFTAG_SAMPLESPERPIXEL, 1);
    file_.set_field(TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    file_.set_field(TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    file_.set_field(TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
    file_.set_field(TIFFTAG_ROWSPERSTRIP, static_cast<std::uint32_t>(strip_rows_));
    set_resolution();
    if (!std::exchange(described_, true))
      file_.set_field(TIFFTAG_IMAGEDESCRIPTION, imagej_description(description_).c_str());
  }

  void set_resolution() {
    if (description_.voxel_size[1] <= 0 || description_.voxel_size[2] <= 0) return;
    file_.set_field(TIFFTAG_XRESOLUTION, 1 / description_.voxel_size[2]);
    file_.set_field(TIFFTAG_YRESOLUTION, 1 / description_.voxel_size[1]);
    file_.set_field(TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE);
  }

  volume_description description_;
  tiff_handle file_;
  index_t strip_rows_ = 1;
  index_t next_row_ = 0;
  bool described_ = false;
};

}  // namespace detail

/// Writes all of `source` to a new file `path`: one page per channel, slice and time step (channels
/// fastest, as ImageJ's hyperstacks), deflate, BigTIFF when 4 GB may not suffice. Reads and holds
/// at most `max_bytes` (but one strip of 256 KB) of voxels at a time. The bytes depend on the
/// values and the description alone. On the disk on return.
/// @throws io_error naming the path when it cannot be written.
template <volume_source Source>
void write_tiff(std::string const& path, Source const& source, std::int64_t max_bytes) {
  volume_description const& d = source.description();
  auto const width = static_cast<index_t>(size_of(d.type));
  detail::tiff_page_writer writer(path, d);
  detail::stored_axes axes;
  for (std::size_t axis : {0U, 2U, 1U, 3U, 4U}) axes.push_back({axis, d.shape[axis]});
  index_t const strip = writer.strip_rows() * d.shape[4];
  index_t const strips = std::max<index_t>(1, max_bytes / width / strip);
  std::vector<std::byte> slab;
  for (box<5> const& piece : detail::pieces_of(box<5>::at_origin(d.shape), axes, strips * strip)) {
    slab.resize(static_cast<std::size_t>(piece.size() * width));
    source.read(
        piece, {slab.data(), d.type, piece.shape(), detail::strides_in_order(axes, piece.shape())});
    writer.append(slab, piece.size() / d.shape[4]);
  }
  writer.finish();
}

}  // namespace voxstitch::io
