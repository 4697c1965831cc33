// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file The only includer of libvigraimpex's headers: 2D images in and out, scanline by scanline.

#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <string>

#include <vigra/imageinfo.hxx>

#include "voxstitch/core/error.hpp"
#include "voxstitch/view/any_view.hpp"

namespace voxstitch::io::detail {

/// The library keeps messages of its codecs in globals: one image at a time.
[[nodiscard]] inline std::mutex& impex_mutex() {
  static std::mutex mutex;
  return mutex;
}

/// `text` on one line, without the source position that the library appends in brackets.
[[nodiscard]] inline std::string one_line(std::string text) {
  if (auto const place = text.rfind("\n("); place != std::string::npos) text.resize(place);
  std::string result;
  for (char c : text) {
    bool const blank = c == '\n' || c == '\r' || c == ' ';
    if (!blank)
      result += c;
    else if (!result.empty() && result.back() != ' ')
      result += ' ';
  }
  while (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

/// Calls `f`, one caller at a time, and turns what the library throws into `Error`.
template <class Error, class Function>
decltype(auto) call_impex(std::string const& path, std::string const& what, Function&& f) {
  std::lock_guard const lock(impex_mutex());
  try {
    return f();
  } catch (error const&) {
    throw;
  } catch (std::exception const& problem) {
    throw Error("image: " + quoted(path) + " " + what + " (vigra: " + one_line(problem.what()) +
                ")");
  }
}

/// Size and type of an image; palettes come as colours.
struct image_header {
  index_t rows = 0;
  index_t columns = 0;
  index_t channels = 0;
  element_type type = element_type::uint8;
};

[[nodiscard]] inline element_type image_type(std::string const& path, std::string const& name) {
  constexpr std::array names{"UINT8", "INT16", "UINT16", "INT32", "UINT32", "FLOAT", "DOUBLE"};
  constexpr std::array types{element_type::uint8,  element_type::int16,  element_type::uint16,
                             element_type::int32,  element_type::uint32, element_type::float32,
                             element_type::float64};
  for (std::size_t i = 0; i < names.size(); ++i)
    if (name == names[i]) return types[i];
  throw format_error("image: " + quoted(path) + " holds pixels of type " + name +
                     ", which is not supported");
}

[[nodiscard]] inline image_header read_image_header(std::string const& path) {
  return call_impex<format_error>(path, "cannot be read as an image", [&] {
    vigra::ImageImportInfo const info(path.c_str());
    return image_header{info.height(), info.width(), info.numBands(),
                        image_type(path, info.getPixelType())};
  });
}

/// Copies channel `channel` of the decoder's current row, columns [first, first + count).
template <class T>
void copy_scanline(vigra::Decoder const& decoder, index_t channel, index_t first,
                   strided_view<T, 1> const& target) {
  auto const step = static_cast<index_t>(decoder.getOffset());
  auto const* const row =
      static_cast<T const*>(decoder.currentScanlineOfBand(static_cast<unsigned>(channel)));
  for (index_t x = 0; x < target.extent(0); ++x)
    target.data()[x * target.stride(0)] = row[(first + x) * step];
}

/// Reads the box (y, x, channel) of an image whose header was read before.
/// @throws format_error when the image is damaged or has changed.
inline void read_image(std::string const& path, image_header const& header, box<3> const& b,
                       any_view<3> const& target) {
  call_impex<format_error>(path, "cannot be decoded", [&] {
    vigra::ImageImportInfo const info(path.c_str());
    auto const decoder = vigra::decoder(info);
    if (info.height() != header.rows || info.width() != header.columns ||
        info.numBands() != header.channels || image_type(path, info.getPixelType()) != header.type)
      throw format_error("image: " + quoted(path) + " has changed since it was opened");
    target.visit([&]<class T>(strided_view<T, 3> const& view) {
      for (index_t y = 0; y < b.exclusive_max[0]; ++y) {
        decoder->nextScanline();
        for (index_t c = 0; y >= b.inclusive_min[0] && c < b.extent(2); ++c)
          copy_scanline(*decoder, b.inclusive_min[2] + c, b.inclusive_min[1],
                        view.slice(0, y - b.inclusive_min[0]).slice(1, c));
      }
    });
    decoder->abort();
  });
}

/// Writes an image (y, x, channel) in the format of that name ("PNG").
/// @throws io_error when it cannot be written.
inline void write_image(std::string const& path, char const* format,
                        strided_view<std::uint8_t const, 3> const& image) {
  call_impex<io_error>(path, "cannot be written", [&] {
    vigra::ImageExportInfo info(path.c_str());
    info.setFileType(format).setPixelType("UINT8");
    auto const encoder = vigra::encoder(info);
    encoder->setPixelType("UINT8");
    encoder->setWidth(static_cast<unsigned>(image.extent(1)));
    encoder->setHeight(static_cast<unsigned>(image.extent(0)));
    encoder->setNumBands(static_cast<unsigned>(image.extent(2)));
    encoder->finalizeSettings();
    auto const step = static_cast<index_t>(encoder->getOffset());
    for (index_t y = 0; y < image.extent(0); ++y) {
      for (index_t c = 0; c < image.extent(2); ++c) {
        auto* const row =
            static_cast<std::uint8_t*>(encoder->currentScanlineOfBand(static_cast<unsigned>(c)));
        for (index_t x = 0; x < image.extent(1); ++x) row[x * step] = image(y, x, c);
      }
      encoder->nextScanline();
    }
    encoder->close();
  });
}

}  // namespace voxstitch::io::detail
