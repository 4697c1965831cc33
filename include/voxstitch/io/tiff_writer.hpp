// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a volume become a TIFF file that Fiji opens?

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <tbb/parallel_for.h>

#include "voxstitch/core/large_memory.hpp"
#include "voxstitch/core/shortest_number.hpp"
#include "voxstitch/io/chunk_grid.hpp"
#include "voxstitch/io/chunk_spool.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/io/deflate.hpp"
#include "voxstitch/io/detail/tiff_calls.hpp"
#include "voxstitch/io/detail/unit_pieces.hpp"

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

inline constexpr std::size_t tiff_strip_bytes = std::size_t{1} << 18;

/// Rows of a strip: about 256 KB, or one row.
[[nodiscard]] inline index_t tiff_strip_rows(volume_description const& d) {
  auto const row = static_cast<index_t>(size_of(d.type)) * d.shape[4];
  return std::clamp<index_t>(static_cast<index_t>(tiff_strip_bytes) / row, 1, d.shape[3]);
}

/// The same with its axes in the order of pages, rows and columns.
[[nodiscard]] inline volume_description described_by_pages(volume_description d) {
  d.axes = "tzcyx";
  return d;
}

/// Strips that are compressed before any of them is written.
inline constexpr std::size_t tiff_strips_at_once = 64;

/// Writes the pages of a volume one after the other, strips compressed by many threads.
class tiff_page_writer {
 public:
  tiff_page_writer(std::string const& path, volume_description const& d)
      : description_(d), file_(tiff_handle::create(path, tiff_flavour_for(d))),
        strip_rows_(tiff_strip_rows(d)) {}

  /// Appends rows that follow those appended before; t, z, c, y, x, whole strips.
  /// @param rows how many; `bytes` holds them densely
  void append(std::span<std::byte const> bytes, index_t rows) {
    auto const strips = strips_of(bytes, rows, next_row_);
    for (std::size_t first = 0; first < strips.size(); first += tiff_strips_at_once) {
      std::vector<std::vector<std::byte>> packed(
          std::min(tiff_strips_at_once, strips.size() - first));
      tbb::parallel_for(std::size_t{0}, packed.size(),
                        [&](std::size_t i) { packed[i] = deflated(strips[first + i], level); });
      for (auto& strip : packed) append_packed(strip);
    }
  }

  /// Appends the next strip, compressed.
  void append_packed(std::span<std::byte> packed) {
    if (next_row_ == 0) begin_page();
    file_.write_encoded(static_cast<std::uint32_t>(next_row_ / strip_rows_), packed);
    next_row_ = std::min(next_row_ + strip_rows_, description_.shape[3]);
    if (next_row_ < description_.shape[3]) return;
    file_.write_directory();
    next_row_ = 0;
  }

  void finish() { file_.finish(); }

  static constexpr int level = 1;  ///< of deflate

  /// The strips of rows that follow each other through pages, from a row on; a page's last strip
  /// may be thinner.
  [[nodiscard]] std::vector<std::span<std::byte const>>
  strips_of(std::span<std::byte const> bytes, index_t rows, index_t first_row) const {
    std::size_t const row_bytes = bytes.size() / static_cast<std::size_t>(rows);
    std::vector<std::span<std::byte const>> spans;
    for (index_t at = first_row; !bytes.empty();) {
      index_t const count = std::min(strip_rows_, description_.shape[3] - at);
      std::size_t const size = row_bytes * static_cast<std::size_t>(count);
      spans.push_back(bytes.subspan(0, size));
      bytes = bytes.subspan(size);
      at = (at + count) % description_.shape[3];
    }
    return spans;
  }

 private:
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
  index_t strip_rows_;
  index_t next_row_ = 0;
  bool described_ = false;
};

/// Compressed strips of some pages, made in any order, until these are complete. They lie in a file
/// that has no name and goes with its process.
class tiff_strip_spool {
 public:
  /// @param path  where the file is made, and loses its name at once
  /// @param pages voxels of the pages (t, c, z, y, x), all channels and rows
  tiff_strip_spool(std::string const& path, volume_description const& d, box<5> const& pages)
      : spool_(path), pages_(pages), strip_rows_(tiff_strip_rows(d)),
        per_page_(divide_up(d.shape[3], strip_rows_)),
        places_(static_cast<std::size_t>(pages.extent(2) * pages.extent(1) * per_page_)) {
    ::unlink(path.c_str());
  }

  /// @param piece  rows of some of the pages, whole strips
  /// @param values its voxels, page by page
  void put(tiff_page_writer const& writer, box<5> const& piece, std::span<std::byte const> values) {
    index_t const pages = piece.extent(2) * piece.extent(1);
    index_t const first_strip = piece.inclusive_min[3] / strip_rows_;
    std::size_t const page_bytes = values.size() / static_cast<std::size_t>(pages);
    tbb::parallel_for(index_t{0}, pages, [&](index_t page) {
      auto const bytes = values.subspan(static_cast<std::size_t>(page) * page_bytes, page_bytes);
      auto const strips = writer.strips_of(bytes, piece.extent(3), piece.inclusive_min[3]);
      tbb::parallel_for(std::size_t{0}, strips.size(), [&](std::size_t i) {
        auto const place = spool_.append(deflated(strips[i], tiff_page_writer::level));
        places_[static_cast<std::size_t>(first_strip_of(piece, page) + first_strip) + i] = place;
      });
    });
  }

  /// Appends all pages to the file.
  void hand_over(tiff_page_writer& writer) const {
    std::vector<std::byte> packed;
    for (auto const& place : places_) {
      spool_.read(place, packed);
      writer.append_packed(packed);
    }
  }

 private:
  /// Number of the first strip of a page of the piece, among those of all pages.
  [[nodiscard]] index_t first_strip_of(box<5> const& piece, index_t page) const {
    box<5> const at = relative_to(piece, pages_);
    index_t const z = at.inclusive_min[2] + page / piece.extent(1);
    index_t const c = at.inclusive_min[1] + page % piece.extent(1);
    return (z * pages_.extent(1) + c) * per_page_;
  }

  chunk_spool spool_;
  box<5> pages_;
  index_t strip_rows_;
  index_t per_page_;
  std::vector<chunk_place> places_;
};

/// Reads boxes into memory that is used again, page by page.
template <volume_source Source>
class page_reader {
 public:
  /// @param piece shape of the largest box
  page_reader(Source const& source, coord<5> const& piece)
      : source_(source), axes_(chunk_grid(described_by_pages(source.description()), piece).axes()),
        memory_(make_large_array<std::byte>(static_cast<std::size_t>(product(piece)) * width())) {}

  [[nodiscard]] std::span<std::byte const> read(box<5> const& b) const {
    source_.read(b, {memory_.get(), source_.description().type, b.shape(),
                     strides_in_order(axes_, b.shape())});
    return {memory_.get(), static_cast<std::size_t>(b.size()) * width()};
  }

 private:
  [[nodiscard]] std::size_t width() const { return size_of(source_.description().type); }

  Source const& source_;
  stored_axes axes_;
  large_array<std::byte> memory_;
};

/// Appends pages that are read piece by piece, in another order than the file's.
template <volume_source Source>
void append_spooled(tiff_page_writer& writer, std::string const& spool_path,
                    page_reader<Source> const& reader, volume_description const& d,
                    box<5> const& pages, coord<5> const& piece) {
  tiff_strip_spool spool(spool_path, d, pages);
  chunk_grid const pieces(d, piece);
  box<5> const positions = pieces.positions_in(pages);
  for (index_t n = 0; n < positions.size(); ++n) {
    box<5> const b = pieces.box_of(nth_position(positions, n));
    spool.put(writer, b, reader.read(b));
  }
  spool.hand_over(writer);
}

}  // namespace detail

/// What write_tiff() takes for compressed strips.
inline constexpr std::int64_t tiff_packing_bytes =
    detail::tiff_strips_at_once * detail::tiff_strip_bytes;

/// What write_tiff() reads and holds at a time (t, c, z, y, x): rows that are whole strips, of as
/// many pages as a unit of the source is deep where `max_bytes` allow it.
[[nodiscard]] inline coord<5> tiff_piece(volume_description const& d, coord<5> const& decode_unit,
                                         std::int64_t max_bytes) {
  chunk_grid const pages(detail::described_by_pages(d), coord<5>::filled(1));
  index_t const most = max_bytes / static_cast<index_t>(size_of(d.type));
  coord<5> unit = min(decode_unit, d.shape);
  index_t const strip = detail::tiff_strip_rows(d);
  unit[0] = 1;
  unit[3] = std::min(divide_up(unit[3], strip) * strip, d.shape[3]);
  unit[4] = d.shape[4];
  index_t const pages_held = std::clamp<index_t>(most / (product(unit) / unit[2]), 1, unit[2]);
  unit[2] = divide_up(unit[2], divide_up(unit[2], pages_held));
  if (product(unit) > most) unit = {{1, 1, 1, strip, d.shape[4]}};
  return detail::piece_of_units(d.shape, pages.axes(), unit, most);
}

/// Whether pieces of that shape are not what follows each other in the file: their strips wait in a
/// file of their own until the pages are complete.
[[nodiscard]] inline bool tiff_needs_spool(volume_description const& d, coord<5> const& piece) {
  chunk_grid const pages(detail::described_by_pages(d), piece);
  return !detail::are_runs(piece, d.shape, pages.axes());
}

/// Bytes of the pages whose strips write_tiff() keeps in a file of their own at a time, not
/// compressed; 0 where there is no such file.
[[nodiscard]] inline std::int64_t
tiff_spool_bytes(volume_description const& d, coord<5> const& decode_unit, std::int64_t max_bytes) {
  coord<5> const piece = tiff_piece(d, decode_unit, max_bytes);
  if (!tiff_needs_spool(d, piece)) return 0;
  return d.shape[1] * piece[2] * d.shape[3] * d.shape[4] * static_cast<index_t>(size_of(d.type));
}

/// Writes all of `source` to a new file `path`: one page per channel, slice and time step (channels
/// fastest, as ImageJ's hyperstacks), deflate, BigTIFF when 4 GB may not suffice. Reads and holds
/// at most `max_bytes` (but one strip of 256 KB) of voxels at a time, and 16 MB of strips. Decodes
/// each unit of the source about once where `max_bytes` hold whole rows of units; where they do not
/// hold whole pages of them, the strips of so many pages are kept compressed, in a file beside
/// `path` that is gone afterwards. The bytes depend on the values and the description alone. On the
/// disk on return.
/// @throws io_error naming the path when it cannot be written.
template <volume_source Source>
void write_tiff(std::string const& path, Source const& source, std::int64_t max_bytes) {
  auto const d = detail::described_by_pages(source.description());
  coord<5> const piece = tiff_piece(d, source.decode_unit(), max_bytes);
  bool const spooled = tiff_needs_spool(d, piece);
  detail::tiff_page_writer writer(path, source.description());
  detail::page_reader const reader(source, piece);
  coord<5> const layer{{1, d.shape[1], piece[2], d.shape[3], d.shape[4]}};
  chunk_grid const boxes(d, spooled ? layer : piece);
  for (index_t i = 0; i < boxes.size(); ++i) {
    box<5> const b = boxes.box_of(boxes.position_of(i));
    if (spooled)
      detail::append_spooled(writer, path + ".strips", reader, d, b, piece);
    else
      writer.append(reader.read(b), b.size() / d.shape[4]);
  }
  writer.finish();
}

}  // namespace voxstitch::io
