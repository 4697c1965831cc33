// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do tests make TIFF files of every form?

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <tiffio.h>

#include "voxstitch/view/any_view.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::test {

/// A form of TIFF file.
struct tiff_form {
  std::string name = "plain";
  std::string mode = "w";  ///< libtiff's: "wb" big endian, "w8" BigTIFF
  int compression = COMPRESSION_NONE;
  int predictor = PREDICTOR_NONE;
  std::uint32_t tile = 0;  ///< side of a tile; 0: strips
  std::uint32_t rows_per_strip = 7;
  bool samples = false;  ///< channels are samples of a pixel, not pages
  bool planes = false;   ///< samples in planes of their own
  int photometric = PHOTOMETRIC_MINISBLACK;
  std::string description = {};
  double resolution = 0;  ///< pixels per unit, x; y has half of it
};

/// Writes volumes (t, c, z, y, x) as pages: channels fastest, then slices, then time steps.
class tiff_file_maker {
 public:
  tiff_file_maker(std::filesystem::path const& path, tiff_form form) : form_(std::move(form)) {
    TIFFSetWarningHandler(nullptr);  // old deflate is written on purpose
    file_ = TIFFOpen(path.c_str(), form_.mode.c_str());
  }
  tiff_file_maker(tiff_file_maker const&) = delete;
  tiff_file_maker& operator=(tiff_file_maker const&) = delete;
  ~tiff_file_maker() { TIFFClose(file_); }

  void add(any_array<5>& volume) {
    coord<5> const& shape = volume.shape();
    index_t const page_channels = form_.samples ? 1 : shape[1];
    for (index_t t = 0; t < shape[0]; ++t)
      for (index_t z = 0; z < shape[2]; ++z)
        for (index_t c = 0; c < page_channels; ++c) {
          box<5> part = box<5>::at_origin(shape);
          part.inclusive_min = {{t, form_.samples ? 0 : c, z, 0, 0}};
          part.exclusive_max = {
              {t + 1, form_.samples ? shape[1] : c + 1, z + 1, shape[3], shape[4]}};
          add_page(volume.view().sub(part));
        }
  }

 private:
  void add_page(any_view<5> const& page) {
    set_fields(page);
    index_t const planes = form_.planes ? page.extent(1) : 1;
    std::uint32_t unit = 0;
    for (index_t plane = 0; plane < planes; ++plane)
      if (form_.tile > 0)
        add_tiles(page, plane, unit);
      else
        add_strips(page, plane, unit);
    TIFFWriteDirectory(file_);
    form_.description.clear();
  }

  void set_fields(any_view<5> const& page) {
    std::string const type = to_string(page.type());
    TIFFSetField(file_, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(page.extent(4)));
    TIFFSetField(file_, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(page.extent(3)));
    TIFFSetField(file_, TIFFTAG_BITSPERSAMPLE, static_cast<int>(8 * size_of(page.type())));
    TIFFSetField(file_, TIFFTAG_SAMPLESPERPIXEL, static_cast<int>(page.extent(1)));
    TIFFSetField(file_, TIFFTAG_SAMPLEFORMAT,
                 type[0] == 'f'   ? SAMPLEFORMAT_IEEEFP
                 : type[0] == 'i' ? SAMPLEFORMAT_INT
                                  : SAMPLEFORMAT_UINT);
    TIFFSetField(file_, TIFFTAG_PHOTOMETRIC, form_.photometric);
    TIFFSetField(file_, TIFFTAG_PLANARCONFIG,
                 form_.planes ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
    TIFFSetField(file_, TIFFTAG_COMPRESSION, form_.compression);
    if (form_.predictor != PREDICTOR_NONE) TIFFSetField(file_, TIFFTAG_PREDICTOR, form_.predictor);
    if (form_.tile > 0) {
      TIFFSetField(file_, TIFFTAG_TILEWIDTH, form_.tile);
      TIFFSetField(file_, TIFFTAG_TILELENGTH, form_.tile);
    } else {
      TIFFSetField(file_, TIFFTAG_ROWSPERSTRIP, form_.rows_per_strip);
    }
    if (!form_.description.empty())
      TIFFSetField(file_, TIFFTAG_IMAGEDESCRIPTION, form_.description.c_str());
    if (form_.resolution > 0) {
      TIFFSetField(file_, TIFFTAG_XRESOLUTION, form_.resolution);
      TIFFSetField(file_, TIFFTAG_YRESOLUTION, form_.resolution / 2);
    }
  }

  /// Rows [y, y + rows), columns [x, x + columns) and all samples (or one plane), padded with 0.
  [[nodiscard]] std::vector<std::byte> window(any_view<5> const& page, index_t plane, index_t y,
                                              index_t x, index_t rows, index_t columns) const {
    index_t const first = form_.planes ? plane : 0;
    index_t const samples = form_.planes ? 1 : page.extent(1);
    std::size_t const width = size_of(page.type());
    std::vector<std::byte> bytes(static_cast<std::size_t>(rows * columns * samples) * width);
    std::byte* to = bytes.data();
    for (index_t row = y; row < y + rows; ++row)
      for (index_t column = x; column < x + columns; ++column)
        for (index_t sample = first; sample < first + samples; ++sample, to += width) {
          if (row >= page.extent(3) || column >= page.extent(4)) continue;
          box<5> voxel{{{0, sample, 0, row, column}}, {{1, sample + 1, 1, row + 1, column + 1}}};
          std::memcpy(to, page.sub(voxel).data(), width);
        }
    return bytes;
  }

  void add_strips(any_view<5> const& page, index_t plane, std::uint32_t& unit) {
    for (index_t y = 0; y < page.extent(3); y += form_.rows_per_strip, ++unit) {
      index_t const rows = std::min<index_t>(form_.rows_per_strip, page.extent(3) - y);
      auto bytes = window(page, plane, y, 0, rows, page.extent(4));
      TIFFWriteEncodedStrip(file_, unit, bytes.data(), static_cast<tmsize_t>(bytes.size()));
    }
  }

  void add_tiles(any_view<5> const& page, index_t plane, std::uint32_t& unit) {
    for (index_t y = 0; y < page.extent(3); y += form_.tile)
      for (index_t x = 0; x < page.extent(4); x += form_.tile, ++unit) {
        auto bytes = window(page, plane, y, x, form_.tile, form_.tile);
        TIFFWriteEncodedTile(file_, unit, bytes.data(), static_cast<tmsize_t>(bytes.size()));
      }
  }

  tiff_form form_;
  TIFF* file_ = nullptr;
};

inline void make_tiff(std::filesystem::path const& path, any_array<5>& volume,
                      tiff_form const& form = {}) {
  tiff_file_maker(path, form).add(volume);
}

/// The bytes of a file with one directory and a description, as ImageJ writes large stacks: header,
/// directory, values, description; the voxels follow at `data_offset`.
class one_directory_tiff {
 public:
  struct page {
    std::uint32_t rows = 1;
    std::uint32_t columns = 1;
    std::uint16_t bits = 8;
    std::uint32_t strip_bytes = 0;  ///< what the directory claims
  };
  static constexpr std::uint32_t data_offset = 1024;

  one_directory_tiff(bool big_endian, page const& p, std::string const& description)
      : big_endian_(big_endian) {
    bytes_ = big_endian ? "MM" : "II";
    put16(42);
    put32(8);
    put16(10);
    entry(256, 4, 1, p.columns);
    entry(257, 4, 1, p.rows);
    entry_short(258, p.bits);
    entry_short(259, 1);
    entry_short(262, 1);
    entry(270, 2, static_cast<std::uint32_t>(description.size() + 1), 200);
    entry(273, 4, 1, data_offset);
    entry_short(277, 1);
    entry(278, 4, 1, p.rows);
    entry(279, 4, 1, p.strip_bytes);
    put32(0);
    bytes_.resize(200);
    bytes_ += description;
    bytes_.resize(data_offset);
  }

  [[nodiscard]] std::string const& header() const { return bytes_; }

 private:
  void put16(std::uint16_t v) {
    char const low = static_cast<char>(v & 255U);
    char const high = static_cast<char>(v >> 8U);
    bytes_ += big_endian_ ? high : low;
    bytes_ += big_endian_ ? low : high;
  }
  void put32(std::uint32_t v) {
    auto const low = static_cast<std::uint16_t>(v & 65535U);
    auto const high = static_cast<std::uint16_t>(v >> 16U);
    put16(big_endian_ ? high : low);
    put16(big_endian_ ? low : high);
  }
  void entry(std::uint16_t tag, std::uint16_t type, std::uint32_t count, std::uint32_t value) {
    put16(tag);
    put16(type);
    put32(count);
    put32(value);
  }
  void entry_short(std::uint16_t tag, std::uint16_t value) {
    put16(tag);
    put16(3);
    put32(1);
    put16(value);
    put16(0);
  }

  bool big_endian_;
  std::string bytes_;
};

[[nodiscard]] inline std::string bytes_of(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_bytes(std::filesystem::path const& path, std::string const& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace voxstitch::test
