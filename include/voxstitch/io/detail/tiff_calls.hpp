// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file The only includer of <tiffio.h>: libtiff's calls, with exceptions instead of messages.

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tiffio.h>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/deflate.hpp"
#include "voxstitch/io/posix_file.hpp"

#if TIFFLIB_VERSION < 20221213
#error "voxstitch needs libtiff 4.5 or newer (error handlers per file)"
#endif

namespace voxstitch::io::detail {

/// What libtiff said last about one file.
struct tiff_messages {
  std::string path;
  std::string last;
};

extern "C" inline int voxstitch_tiff_error(TIFF*, void* user, char const* module,
                                           char const* format, std::va_list arguments) {
  char text[512];
  std::vsnprintf(text, sizeof text, format, arguments);
  auto& messages = *static_cast<tiff_messages*>(user);
  bool const names_place = module != nullptr && messages.path != module;
  messages.last = (names_place ? module + std::string{": "} : std::string{}) + text;
  return 1;
}

extern "C" inline int voxstitch_tiff_warning(TIFF*, void*, char const*, char const*, std::va_list) {
  return 1;
}

struct tiff_closer {
  void operator()(TIFF* file) const { TIFFClose(file); }
};
struct tiff_options_freer {
  void operator()(TIFFOpenOptions* options) const { TIFFOpenOptionsFree(options); }
};

/// libtiff may allocate at once: what a header of that many bytes in the file can justify.
[[nodiscard]] inline tmsize_t tiff_allocation_limit(std::uint64_t file_bytes) {
  std::uint64_t const limit = (std::uint64_t{64} << 20) + 2 * file_bytes;
  auto const most = static_cast<std::uint64_t>(std::numeric_limits<tmsize_t>::max());
  return static_cast<tmsize_t>(limit < most ? limit : most);
}

/// One open TIFF file; nothing is ever printed.
/// @thread_safety A handle belongs to one task at a time.
class tiff_handle {
 public:
  /// Opens for reading without touching any directory; no memory maps (a file cut while it is read
  /// shall be an error, not a signal).
  /// @throws io_error when it cannot be opened, format_error when it is no TIFF.
  [[nodiscard]] static tiff_handle open_to_read(std::string const& path) {
    return {posix_file::open_to_read(path), "rhm"};
  }
  /// Makes a new file; BigTIFF (64-bit offsets) or classic, little endian.
  /// @throws io_error when it cannot be created.
  enum class flavour { classic, big };
  [[nodiscard]] static tiff_handle create(std::string const& path, flavour kind) {
    return {posix_file::create(path), kind == flavour::big ? "w8lm" : "w4lm"};
  }

  [[nodiscard]] std::string const& path() const { return file_.path(); }
  [[nodiscard]] posix_file const& file() const { return file_; }
  [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }
  [[nodiscard]] bool big_endian() const { return TIFFIsBigEndian(tiff_.get()) != 0; }
  [[nodiscard]] bool byte_swapped() const { return TIFFIsByteSwapped(tiff_.get()) != 0; }

  /// Goes to the next directory of the file; false at the end of the chain.
  /// @throws format_error for a directory that cannot be parsed.
  [[nodiscard]] bool next_directory() {
    forget();
    if (TIFFReadDirectory(tiff_.get()) == 1) {
      selected_ = directory_offset();
      ask_for_rgb();
      return true;
    }
    if (!messages_->last.empty()) fail_format(broken_directory);
    return false;
  }
  [[nodiscard]] std::uint64_t directory_offset() const { return TIFFCurrentDirOffset(tiff_.get()); }
  /// Goes to the directory at that place in the file, unless it is the current one.
  void select(std::uint64_t offset) {
    if (selected_ == offset) return;
    forget();
    selected_ = 0;
    if (TIFFSetSubDirectory(tiff_.get(), offset) != 1) fail_format(broken_directory);
    ask_for_rgb();
    selected_ = offset;
  }

  /// A number's value, if the directory has that tag; `field_or` takes the standard's default.
  template <class T>
  [[nodiscard]] std::optional<T> field(std::uint32_t tag) const {
    T value{};
    if (TIFFGetField(tiff_.get(), tag, &value) != 1) return std::nullopt;
    return value;
  }
  template <class T>
  [[nodiscard]] T field_or(std::uint32_t tag, T otherwise) const {
    T value{};
    return TIFFGetFieldDefaulted(tiff_.get(), tag, &value) == 1 ? value : otherwise;
  }
  [[nodiscard]] std::string text_field(std::uint32_t tag) const {
    char const* text = nullptr;
    return TIFFGetField(tiff_.get(), tag, &text) == 1 && text != nullptr ? text : "";
  }
  template <class... Values>
  void set_field(std::uint32_t tag, Values... values) {
    if (TIFFSetField(tiff_.get(), tag, values...) != 1) fail_io("cannot be written");
  }

  [[nodiscard]] bool tiled() const { return TIFFIsTiled(tiff_.get()) != 0; }
  [[nodiscard]] std::uint32_t unit_count() const {
    return tiled() ? TIFFNumberOfTiles(tiff_.get()) : TIFFNumberOfStrips(tiff_.get());
  }
  /// Where a strip or tile begins in the file, and how many bytes it has there.
  [[nodiscard]] std::uint64_t unit_offset(std::uint32_t unit) {
    int failed = 0;
    std::uint64_t const offset = TIFFGetStrileOffsetWithErr(tiff_.get(), unit, &failed);
    if (failed != 0) fail_format("has no usable table of strips");
    return offset;
  }
  [[nodiscard]] std::uint64_t unit_bytes(std::uint32_t unit) {
    int failed = 0;
    std::uint64_t const bytes = TIFFGetStrileByteCountWithErr(tiff_.get(), unit, &failed);
    if (failed != 0) fail_format("has no usable table of strips");
    return bytes;
  }
  [[nodiscard]] static bool can_decode(std::uint16_t compression) {
    return TIFFIsCODECConfigured(compression) == 1;
  }
  [[nodiscard]] static std::string compression_name(std::uint16_t compression) {
    TIFFCodec const* codec = TIFFFindCODEC(compression);
    return codec == nullptr ? "number " + std::to_string(compression) : codec->name;
  }

  /// Decodes the first `bytes.size()` bytes of a strip or tile of the selected directory.
  /// @throws format_error when the data do not decode to that many bytes.
  void decode_unit(std::uint32_t unit, std::span<std::byte> bytes) {
    forget();
    auto const size = static_cast<tmsize_t>(bytes.size());
    tmsize_t const got = tiled() ? TIFFReadEncodedTile(tiff_.get(), unit, bytes.data(), size)
                                 : TIFFReadEncodedStrip(tiff_.get(), unit, bytes.data(), size);
    if (got != size) fail_to_decode(unit);
  }

  /// Makes sure of a strip or tile that was decoded whole into `bytes`. Where a deflate stream goes
  /// on behind the last voxel, as damaged ones do and last strips with as many rows as the others,
  /// libtiff leaves any values there and says nothing. Of other codecs nothing is known.
  /// @throws format_error when the stream is damaged.
  void check_unit(std::uint32_t unit, std::span<std::byte> bytes) {
    auto const code = field_or<std::uint16_t>(TIFFTAG_COMPRESSION, COMPRESSION_NONE);
    auto const order = field_or<std::uint16_t>(TIFFTAG_FILLORDER, FILLORDER_MSB2LSB);
    bool const zlib = code == COMPRESSION_DEFLATE || code == COMPRESSION_ADOBE_DEFLATE;
    if (!zlib || order != FILLORDER_MSB2LSB || ends_with_checksum(unit, bytes)) return;
    decode_stream(unit, bytes);
  }

  /// Appends a strip of the current directory that is compressed already.
  void write_encoded(std::uint32_t strip, std::span<std::byte> bytes) {
    forget();
    auto const size = static_cast<tmsize_t>(bytes.size());
    if (TIFFWriteRawStrip(tiff_.get(), strip, bytes.data(), size) != size)
      fail_io("cannot be written");
  }
  void write_directory() {
    forget();
    if (TIFFWriteDirectory(tiff_.get()) != 1) fail_io("cannot be written");
  }
  /// Writes what is left and waits until all is on the disk.
  void finish() {
    forget();
    if (TIFFFlush(tiff_.get()) != 1) fail_io("cannot be written");
    tiff_.reset();
    if (!messages_->last.empty()) fail_io("cannot be written");
    file_.sync();
  }

  [[noreturn]] void fail_format(std::string const& what) const {
    throw format_error("tiff: " + quoted(path()) + " " + what + reason());
  }

 private:
  tiff_handle(posix_file file, char const* mode)
      : messages_(std::make_unique<tiff_messages>()), file_(std::move(file)),
        file_bytes_(file_.size()) {
    messages_->path = path();
    std::unique_ptr<TIFFOpenOptions, tiff_options_freer> const options(TIFFOpenOptionsAlloc());
    if (mode[0] == 'r')
      TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), tiff_allocation_limit(file_bytes_));
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), voxstitch_tiff_error, messages_.get());
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), voxstitch_tiff_warning, messages_.get());
    int const descriptor = ::fcntl(file_.descriptor(), F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) fail_io("cannot be opened");
    tiff_.reset(TIFFFdOpenExt(descriptor, path().c_str(), mode, options.get()));
    if (tiff_ != nullptr) return;
    ::close(descriptor);
    if (mode[0] == 'r') fail_format("is not a TIFF file");
    fail_io("cannot be created");
  }

  static constexpr char const* broken_directory =
      "has no readable directory of its pages; it may be cut";

  /// JPEG's YCbCr comes as RGB.
  void ask_for_rgb() {
    if (field_or<std::uint16_t>(TIFFTAG_COMPRESSION, COMPRESSION_NONE) == COMPRESSION_JPEG)
      TIFFSetField(tiff_.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  }
  [[noreturn]] void fail_to_decode(std::uint32_t unit) const {
    fail_format((tiled() ? "cannot be decoded: tile " : "cannot be decoded: strip ") +
                std::to_string(unit));
  }

  [[nodiscard]] bool ends_with_checksum(std::uint32_t unit, std::span<std::byte const> decoded) {
    std::uint64_t const bytes = unit_bytes(unit);
    std::array<std::byte, 4> last{};
    if (bytes < last.size()) return false;
    file_.read_at(unit_offset(unit) + bytes - last.size(), last);
    std::uint32_t checksum = 0;
    for (std::byte const byte : last) checksum = checksum << 8U | std::to_integer<unsigned>(byte);
    return checksum == zlib_checksum(decoded);
  }

  /// Inflates the stream, which has a predictor, another byte order or more than `bytes`, to its
  /// end.
  void decode_stream(std::uint32_t unit, std::span<std::byte> bytes) {
    forget();
    std::vector<std::byte> packed(unit_bytes(unit));
    file_.read_at(unit_offset(unit), packed);
    auto const most = tiled() ? TIFFTileSize64(tiff_.get()) : TIFFStripSize64(tiff_.get());
    auto const whole = std::make_unique_for_overwrite<std::byte[]>(most);
    std::size_t const length = inflated_length(packed, {whole.get(), most});
    if (length < bytes.size()) fail_to_decode(unit);
    if (length == bytes.size()) return;
    if (TIFFReadFromUserBuffer(tiff_.get(), unit, packed.data(),
                               static_cast<tmsize_t>(packed.size()), whole.get(),
                               static_cast<tmsize_t>(length)) != 1)
      fail_to_decode(unit);
    std::copy_n(whole.get(), bytes.size(), bytes.data());
  }

  /// 0 when the stream is damaged or longer than `bytes`.
  [[nodiscard]] static std::size_t inflated_length(std::span<std::byte const> packed,
                                                   std::span<std::byte> bytes) {
    try {
      return inflate_into(packed, bytes);
    } catch (format_error const&) {
      return 0;
    }
  }

  void forget() {
    messages_->last.clear();
    errno = 0;
  }
  [[nodiscard]] std::string reason() const {
    return messages_->last.empty() ? "" : " (libtiff: " + messages_->last + ")";
  }
  [[noreturn]] void fail_io(std::string const& what) const {
    std::string const cause = errno != 0 ? ": " + system_message(errno) : "";
    throw io_error("tiff: " + quoted(path()) + " " + what + cause + reason());
  }

  std::unique_ptr<tiff_messages> messages_;  // outlives tiff_, which holds its address
  posix_file file_;
  std::uint64_t file_bytes_ = 0;
  std::unique_ptr<TIFF, tiff_closer> tiff_;
  std::uint64_t selected_ = 0;
};

}  // namespace voxstitch::io::detail
