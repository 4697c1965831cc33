// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does the header of a .npy file say, and how is one written?

#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "voxstitch/io/posix_file.hpp"
#include "voxstitch/io/file_layout.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::io::detail {

/// numpy's format: magic, version, length, a Python dictionary as text, the elements
/// (numpy/lib/format.py, versions 1 to 3).
struct npy_header {
  std::uint64_t data_offset = 0;
  element_type type = element_type::uint8;
  bool foreign_byte_order = false;
  bool fortran_order = false;  ///< the first axis is the fastest in memory
  std::vector<index_t> shape;  ///< as numpy prints it
};

class npy_header_parser {
 public:
  npy_header_parser(std::string path, std::string_view text)
      : path_(std::move(path)), text_(text) {}

  void parse(npy_header& header) const {
    parse_type(header);
    header.fortran_order = value_of("fortran_order").starts_with("True");
    parse_shape(header);
  }

  [[noreturn]] void fail(std::string const& what) const {
    throw format_error("npy: " + quoted(path_) + " " + what);
  }

 private:
  /// What follows `'key':`.
  [[nodiscard]] std::string_view value_of(std::string const& key) const {
    for (char quote : {'\'', '"'}) {
      std::size_t const at = text_.find(quote + key + quote);
      if (at == text_.npos) continue;
      std::size_t const colon = text_.find(':', at);
      std::size_t const value =
          colon == text_.npos ? colon : text_.find_first_not_of(" \t", colon + 1);
      if (value != text_.npos) return text_.substr(value);
    }
    fail("has a header without '" + key + "'");
  }

  /// As "<u2": byte order, kind, bytes.
  void parse_type(npy_header& header) const {
    std::string_view const value = value_of("descr");
    std::size_t const end = value.size() < 2 ? value.npos : value.find(value[0], 1);
    if ((value[0] != '\'' && value[0] != '"') || end == value.npos)
      fail("holds records, not numbers");
    std::string_view const descr = value.substr(1, end - 1);
    auto const type = type_named(descr);
    if (!type)
      fail("holds elements of type '" + std::string(descr) +
           "'; integers of 1 to 8 bytes, floats of 4 or 8 and bool are supported");
    header.type = *type;
    header.foreign_byte_order = descr[0] == '>';
  }

  [[nodiscard]] static std::optional<element_type> type_named(std::string_view descr) {
    if (descr.size() != 3 || std::string_view("<>|=").find(descr[0]) == std::string_view::npos)
      return std::nullopt;
    if (descr.substr(1) == "b1") return element_type::uint8;
    std::string const kind = descr[1] == 'u'   ? "uint"
                             : descr[1] == 'i' ? "int"
                             : descr[1] == 'f' ? "float"
                                               : "?";
    return element_type_named(kind + std::to_string(8 * (descr[2] - '0')));
  }

  void parse_shape(npy_header& header) const {
    std::string_view value = value_of("shape");
    std::size_t const end = value.find(')');
    if (!value.starts_with('(') || end == value.npos) fail("has a header without a shape");
    value = value.substr(1, end - 1);
    while ((value.remove_prefix(std::min(value.find_first_not_of(" ,L"), value.size())),
            !value.empty())) {
      index_t extent = 0;
      auto const [rest, failure] =
          std::from_chars(value.data(), value.data() + value.size(), extent);
      if (failure != std::errc{} || extent < 0) fail("has a shape that cannot be read");
      header.shape.push_back(extent);
      value.remove_prefix(static_cast<std::size_t>(rest - value.data()));
      if (header.shape.size() > 32) fail("has more than 32 axes");
    }
  }

  std::string path_;
  std::string_view text_;
};

/// Bytes of the elements.
/// @throws format_error when they are none or cannot be counted.
[[nodiscard]] inline std::uint64_t npy_data_bytes(std::string const& path,
                                                  npy_header const& header) {
  auto bytes = static_cast<index_t>(size_of(header.type));
  for (index_t extent : header.shape)
    if (extent == 0 || __builtin_mul_overflow(bytes, extent, &bytes) || bytes > most_volume_bytes)
      throw format_error("npy: " + quoted(path) +
                         (extent == 0 ? " is empty" : " claims a shape that no file can hold"));
  return static_cast<std::uint64_t>(bytes);
}

/// @throws format_error when the file is no .npy, is cut or holds anything but numbers.
[[nodiscard]] inline npy_header read_npy_header(posix_file const& file) {
  constexpr std::size_t longest = 1 << 20;
  std::array<unsigned char, 12> start{};
  std::size_t const got = file.read_some_at(0, std::as_writable_bytes(std::span(start)));
  if (got < 10 || std::memcmp(start.data(), "\x93NUMPY", 6) != 0)
    throw format_error("npy: " + quoted(file.path()) + " is not a .npy file");
  bool const wide = start[6] >= 2;
  std::size_t length = start[8] + 256U * start[9];
  if (wide) length += 65536U * start[10] + 16777216U * start[11];
  npy_header header;
  header.data_offset = (wide ? 12U : 10U) + length;
  if (start[6] < 1 || start[6] > 3 || length > longest)
    throw format_error("npy: " + quoted(file.path()) + " has a header of version " +
                       std::to_string(start[6]) + " and " + std::to_string(length) +
                       " bytes; versions 1 to 3 are supported");
  std::string text(length, ' ');
  file.read_at(header.data_offset - length, std::as_writable_bytes(std::span(text)));
  npy_header_parser(file.path(), text).parse(header);
  std::uint64_t const end = header.data_offset + npy_data_bytes(file.path(), header);
  if (end > file.size())
    throw format_error("npy: " + quoted(file.path()) + " needs " + std::to_string(end) +
                       " bytes, but has only " + std::to_string(file.size()) + ": it is cut");
  return header;
}

/// "<u2" and the like, in this machine's byte order.
[[nodiscard]] inline std::string npy_type_name(element_type type) {
  char const order = size_of(type) == 1                           ? '|'
                     : std::endian::native == std::endian::little ? '<'
                                                                  : '>';
  return std::string(1, order) + to_string(type)[0] + std::to_string(size_of(type));
}

/// Magic to padding, so that the elements begin at a multiple of 64 bytes (version 1).
[[nodiscard]] inline std::string npy_header_text(element_type type,
                                                 std::vector<index_t> const& shape) {
  std::string text = "{'descr': '" + npy_type_name(type) + "', 'fortran_order': False, 'shape': (";
  for (index_t extent : shape) text += std::to_string(extent) + ", ";
  if (shape.size() > 1) text.resize(text.size() - 2);
  text += "), }";
  text.resize((text.size() + 11 + 63) / 64 * 64 - 11, ' ');
  text += '\n';
  std::string start("\x93NUMPY\x01\x00", 8);
  start += static_cast<char>(text.size() % 256);
  start += static_cast<char>(text.size() / 256);
  return start + text;
}

}  // namespace voxstitch::io::detail
