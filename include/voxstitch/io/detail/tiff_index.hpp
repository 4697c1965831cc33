// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a TIFF file hold, and where does each of its pages lie?

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "voxstitch/io/detail/tiff_calls.hpp"
#include "voxstitch/io/detail/tiff_metadata.hpp"
#include "voxstitch/io/file_layout.hpp"
#include "voxstitch/view/element_type.hpp"

namespace voxstitch::io::detail {

/// What all pages of a file agree on.
struct tiff_format {
  index_t rows = 0;
  index_t columns = 0;
  index_t samples = 1;
  bool planes = false;  ///< samples lie in planes of their own, not side by side
  element_type type = element_type::uint8;

  friend bool operator==(tiff_format const&, tiff_format const&) = default;
};

/// "510 x 667 uint16", "510 x 667 x 3 uint8" or "3 x 510 x 667 uint8" for planes.
[[nodiscard]] inline std::string to_string(tiff_format const& f) {
  std::string const plane = std::to_string(f.rows) + " x " + std::to_string(f.columns);
  std::string const samples = std::to_string(f.samples);
  std::string const shape = f.samples == 1 ? plane
                            : f.planes     ? samples + " x " + plane
                                           : plane + " x " + samples;
  return shape + " " + voxstitch::to_string(f.type);
}

/// Where the voxels of one page are.
struct tiff_page {
  std::uint64_t directory = 0;   ///< place of its directory in the file
  std::uint64_t raw_offset = 0;  ///< of the first voxel when all lie uncompressed in a row, else 0
  index_t unit_rows = 1;         ///< of a strip or tile
  index_t unit_columns = 1;
  bool tiled = false;
  bool decodes_in_part = true;  ///< the first rows of a unit can be had without the rest
};

struct tiff_index {
  std::string path;
  tiff_format format;
  bool foreign_byte_order = false;
  std::vector<tiff_page> pages;
  index_t raw_page_count = 0;  ///< > 0: so many pages in a row after pages[0].raw_offset (ImageJ)
  file_layout layout;          ///< with '?' where the meaning of the pages is unknown

  [[nodiscard]] index_t page_count() const {
    return raw_page_count > 0 ? raw_page_count : static_cast<index_t>(pages.size());
  }
};

[[nodiscard]] inline std::uint64_t page_bytes(tiff_format const& f) {
  return static_cast<std::uint64_t>(f.rows * f.columns * f.samples) * size_of(f.type);
}

/// Reads what the current directory of `file` says; one object per page.
class tiff_page_reader {
 public:
  tiff_page_reader(tiff_handle& file, index_t number) : file_(file), number_(number) {}

  [[nodiscard]] tiff_format format() const {
    tiff_format f;
    f.rows = file_.field<std::uint32_t>(TIFFTAG_IMAGELENGTH).value_or(0);
    f.columns = file_.field<std::uint32_t>(TIFFTAG_IMAGEWIDTH).value_or(0);
    f.samples = file_.field_or<std::uint16_t>(TIFFTAG_SAMPLESPERPIXEL, 1);
    f.planes = f.samples > 1 &&
               file_.field_or<std::uint16_t>(TIFFTAG_PLANARCONFIG, 1) == PLANARCONFIG_SEPARATE;
    f.type = type();
    check_extents(f);
    check_colours();
    return f;
  }

  /// Finds the voxels and checks that the file is long enough to hold them.
  [[nodiscard]] tiff_page page(tiff_format const& f) {
    tiff_page p;
    p.directory = file_.directory_offset();
    p.tiled = file_.tiled();
    p.unit_rows = unit_extent(p.tiled ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP, f.rows);
    p.unit_columns = p.tiled ? unit_extent(TIFFTAG_TILEWIDTH, f.columns) : f.columns;
    if (!p.tiled) p.unit_rows = std::min(p.unit_rows, f.rows);
    p.decodes_in_part = decodes_in_part();
    check_unit_count(f, p);
    if (raw_in_a_row(f, p))
      p.raw_offset = file_.unit_offset(0);
    else
      check_units(f, p);
    return p;
  }

  [[noreturn]] void fail(std::string const& what) const {
    throw format_error("tiff: " + quoted(file_.path()) + ": page " + std::to_string(number_) + " " +
                       what);
  }

 private:
  [[nodiscard]] std::uint16_t compression() const {
    return file_.field_or<std::uint16_t>(TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  }

  [[nodiscard]] element_type type() const {
    auto const bits = file_.field_or<std::uint16_t>(TIFFTAG_BITSPERSAMPLE, 1);
    auto const kind = file_.field_or<std::uint16_t>(TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    char const* const prefix = kind == SAMPLEFORMAT_IEEEFP ? "float"
                               : kind == SAMPLEFORMAT_INT  ? "int"
                                                           : "uint";
    auto const found = element_type_named(prefix + std::to_string(bits));
    if (!found || kind == SAMPLEFORMAT_COMPLEXINT || kind == SAMPLEFORMAT_COMPLEXIEEEFP)
      fail("has " + std::to_string(bits) + " bits per sample of format " + std::to_string(kind) +
           "; integers of 8, 16, 32 or 64 bits and floats of 32 or 64 are supported");
    return *found;
  }

  void check_extents(tiff_format const& f) const {
    constexpr index_t most = std::numeric_limits<std::int32_t>::max();
    if (f.rows < 1 || f.columns < 1 || f.samples < 1) fail("is empty (" + to_string(f) + ")");
    index_t samples = 0;
    if (f.rows > most || f.columns > most ||
        __builtin_mul_overflow(f.rows * f.columns, f.samples * 64, &samples))
      fail("claims to be " + to_string(f) + ": the file is damaged");
  }

  void check_colours() const {
    auto const code = compression();
    if (!tiff_handle::can_decode(code) || code == COMPRESSION_SGILOG ||
        code == COMPRESSION_SGILOG24)
      fail("is compressed with " + tiff_handle::compression_name(code) +
           ", which is not supported here; save it with deflate, LZW or uncompressed");
    if (file_.field_or<std::uint16_t>(TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK) ==
            PHOTOMETRIC_YCBCR &&
        code != COMPRESSION_JPEG)
      fail("holds YCbCr colours, which are supported in JPEG compression only; save it as RGB");
  }

  [[nodiscard]] index_t unit_extent(std::uint32_t tag, index_t otherwise) const {
    index_t const extent =
        file_.field_or<std::uint32_t>(tag, static_cast<std::uint32_t>(otherwise));
    constexpr index_t widest_tile = 1 << 20;
    if (extent < 1 || (tag != TIFFTAG_ROWSPERSTRIP && extent > widest_tile))
      fail("has strips or tiles of extent " + std::to_string(extent) + ": the file is damaged");
    return extent;
  }

  [[nodiscard]] bool decodes_in_part() const {
    auto const code = compression();
    return code == COMPRESSION_NONE || code == COMPRESSION_LZW || code == COMPRESSION_PACKBITS ||
           code == COMPRESSION_DEFLATE || code == COMPRESSION_ADOBE_DEFLATE;
  }

  void check_unit_count(tiff_format const& f, tiff_page const& p) const {
    index_t const expected = divide_up(f.rows, p.unit_rows) * divide_up(f.columns, p.unit_columns) *
                             (f.planes ? f.samples : 1);
    if (file_.unit_count() != expected)
      fail("has " + std::to_string(file_.unit_count()) + " strips or tiles instead of " +
           std::to_string(expected));
  }

  [[nodiscard]] std::uint64_t row_bytes(tiff_format const& f, index_t columns) const {
    return static_cast<std::uint64_t>(columns * (f.planes ? 1 : f.samples)) * size_of(f.type);
  }

  /// Whether the strips are uncompressed and follow each other without a gap.
  [[nodiscard]] bool raw_in_a_row(tiff_format const& f, tiff_page const& p) {
    if (p.tiled || compression() != COMPRESSION_NONE ||
        file_.field_or<std::uint16_t>(TIFFTAG_FILLORDER, FILLORDER_MSB2LSB) != FILLORDER_MSB2LSB)
      return false;
    std::uint64_t expected = file_.unit_offset(0);
    if (expected == 0) return false;
    index_t const per_plane = divide_up(f.rows, p.unit_rows);
    for (std::uint32_t unit = 0; unit < file_.unit_count(); ++unit) {
      if (file_.unit_offset(unit) != expected) return false;
      index_t const first_row = unit % per_plane * p.unit_rows;
      expected += static_cast<std::uint64_t>(std::min(p.unit_rows, f.rows - first_row)) *
                  row_bytes(f, f.columns);
    }
    check_end(expected);
    return true;
  }

  void check_end(std::uint64_t end) const {
    if (end > file_.file_bytes())
      fail("reaches to byte " + std::to_string(end) + ", but the file has only " +
           std::to_string(file_.file_bytes()) + " bytes: it is cut");
  }

  /// Every strip or tile lies in the file and can decode to its size: deflate and LZW expand less
  /// than 4096-fold, no codec more than 65536-fold, so memory is bounded by the file's length.
  void check_units(tiff_format const& f, tiff_page const& p) {
    std::uint64_t const decoded =
        static_cast<std::uint64_t>(p.tiled ? p.unit_rows : std::min(p.unit_rows, f.rows)) *
        row_bytes(f, p.unit_columns);
    std::uint64_t const most = p.decodes_in_part ? 4096 : 65536;
    for (std::uint32_t unit = 0; unit < file_.unit_count(); ++unit) {
      std::uint64_t const offset = file_.unit_offset(unit);
      std::uint64_t const bytes = file_.unit_bytes(unit);
      if (offset == 0 || bytes == 0)
        fail("lacks the data of strip or tile " + std::to_string(unit));
      if (bytes > file_.file_bytes()) check_end(bytes);
      check_end(offset + bytes);
      if (decoded / most > bytes + 16)
        fail("claims " + std::to_string(decoded) + " bytes in " + std::to_string(bytes) +
             " bytes of strip or tile " + std::to_string(unit) + ": the file is damaged");
    }
  }

  tiff_handle& file_;
  index_t number_;
};

/// Image description and resolution of the first page, and what they mean.
[[nodiscard]] inline tiff_metadata metadata_of(tiff_handle const& file, index_t samples) {
  return metadata_in(file.text_field(TIFFTAG_IMAGEDESCRIPTION),
                     {file.field<float>(TIFFTAG_YRESOLUTION).value_or(0),
                      file.field<float>(TIFFTAG_XRESOLUTION).value_or(0)},
                     samples);
}

/// ImageJ writes stacks beyond 4 GB with one directory: the other pages follow the first one.
inline void find_raw_pages(tiff_handle const& file, tiff_metadata const& metadata,
                           tiff_index& index) {
  index_t const pages = pages_in(metadata);
  std::uint64_t const first = index.pages.front().raw_offset;
  if (metadata.origin != "ImageJ metadata" || index.pages.size() != 1 || pages < 2 || first == 0)
    return;
  std::uint64_t const room = (file.file_bytes() - first) / page_bytes(index.format);
  index.raw_page_count = static_cast<index_t>(std::min(room, static_cast<std::uint64_t>(pages)));
}

[[nodiscard]] inline std::string pages_text(index_t pages) {
  return std::to_string(pages) + (pages == 1 ? " page" : " pages");
}

/// What the metadata say of another number of pages than there are; empty where they fit.
[[nodiscard]] inline std::string count_fault(tiff_index const& index,
                                             tiff_metadata const& metadata) {
  index_t const pages = index.page_count();
  index_t const promised =
      metadata.images > 0 && metadata.images != pages ? metadata.images : pages_in(metadata);
  if (!metadata.counts_pages || promised == pages) return "";
  std::string extents;
  for (std::size_t i = 0; i < metadata.axes.size(); ++i)
    extents += (i == 0 ? "" : ", ") + std::string(1, metadata.axes[i]) + " " +
               std::to_string(metadata.extents[i]);
  char const* const why =
      promised > pages ? "it is cut, or one of a set of files; take the whole file, or save the "
                         "set as one file"
                       : "they belong to another image; save the file anew";
  return "holds " + pages_text(pages) + (index.raw_page_count > 0 ? " in one directory" : "") +
         ", but its " + metadata.origin + " speak of " + std::to_string(promised) + " (" + extents +
         "): " + why;
}

/// How the metadata contradict the file; empty where they do not.
[[nodiscard]] inline std::string fault_of(tiff_metadata const& metadata, tiff_index const& index) {
  std::string fault = count_fault(index, metadata);
  if (fault.empty() && !metadata.other_file.empty())
    fault = "is one of a set of files, which the OME metadata in " + quoted(metadata.other_file) +
            " describe; save the image as one file";
  if (fault.empty() && metadata.other_order)
    fault = "has its planes in other pages (TiffData) than its OME metadata's DimensionOrder says, "
            "which is not supported; save it anew, as with Fiji or Bio-Formats";
  return fault;
}

/// @throws format_error for several volumes in one file: their pages are not one.
inline void check_series(tiff_index const& index, tiff_metadata const& metadata) {
  if (metadata.series < 2 || index.page_count() < 2) return;
  throw format_error("tiff: " + quoted(index.path) + " holds " + std::to_string(metadata.series) +
                     " images (series) by its OME metadata, but can be read only as one; export "
                     "one series to a file of its own, as with Fiji or Bio-Formats");
}

/// Shape and axes in the file's order: pages, planes of samples, rows, columns, samples.
[[nodiscard]] inline file_layout layout_of(tiff_index const& index, tiff_metadata const& metadata) {
  file_layout layout;
  layout.type = index.format.type;
  std::string axes;
  auto const add = [&](char letter, index_t extent) {
    axes += letter;
    layout.shape.push_back(extent);
  };
  bool const told = metadata.counts_pages && pages_in(metadata) == index.page_count();
  for (std::size_t i = 0; told && i < metadata.axes.size(); ++i)
    if (metadata.extents[i] > 1) add(metadata.axes[i], metadata.extents[i]);
  if (!told && index.page_count() > 1) add('?', index.page_count());
  if (index.format.planes) add('c', index.format.samples);
  add('y', index.format.rows);
  add('x', index.format.columns);
  if (index.format.samples > 1 && !index.format.planes) add('c', index.format.samples);
  layout.axes = axes;
  layout.axes_origin = told ? metadata.origin : "the TIFF's pages";
  if (auto const fault = fault_of(metadata, index); !fault.empty())
    layout.contradiction =
        "tiff: " + quoted(index.path) + " " + fault +
        ", or name the axes of its pages with --axes, which takes them as they are";
  layout.voxel_size = metadata.voxel_size;
  layout.voxel_unit = metadata.voxel_unit;
  return layout;
}

[[nodiscard]] inline bool is_reduced_copy(tiff_handle const& file) {
  return (file.field_or<std::uint32_t>(TIFFTAG_SUBFILETYPE, 0) & FILETYPE_REDUCEDIMAGE) != 0;
}

/// Reads all directories of `file` into `index`; pages marked as reduced copies are left out.
inline void index_pages(tiff_handle& file, tiff_index& index) {
  for (index_t number = 0; file.next_directory(); ++number) {
    if (number > 0 && is_reduced_copy(file)) continue;
    tiff_page_reader reader(file, number);
    tiff_format const format = reader.format();
    if (number == 0) index.format = format;
    if (format != index.format)
      reader.fail("is " + to_string(format) + ", but page 0 is " + to_string(index.format) +
                  "; all pages must agree: delete that page (a thumbnail?), or convert it to the "
                  "same size and type");
    index.pages.push_back(reader.page(format));
  }
  if (index.pages.empty()) file.fail_format("holds no page");
}

/// Opens a TIFF file, checks that its pages agree and lie within the file, and finds its layout.
/// @throws io_error when it cannot be read, format_error when it is damaged or not supported.
[[nodiscard]] inline tiff_index index_tiff(std::string const& path) {
  tiff_handle file = tiff_handle::open_to_read(path);
  tiff_index index;
  index.path = path;
  index.foreign_byte_order = file.byte_swapped();
  index_pages(file, index);
  file.select(index.pages.front().directory);
  tiff_metadata const metadata = metadata_of(file, index.format.samples);
  find_raw_pages(file, metadata, index);
  check_series(index, metadata);
  index.layout = layout_of(index, metadata);
  return index;
}

}  // namespace voxstitch::io::detail
