// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Are the strings of an HDF5 file where its references say?
///
/// Strings of varying length lie in "global heap collections" (HDF5 File Format Specification,
/// III.E). The library believes what stands there: a damaged collection makes it run forever, read
/// beyond its memory or ask for any amount of it. So a file is looked at here, first.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/detail/byte_order.hpp"
#include "voxstitch/io/posix_file.hpp"

namespace voxstitch::io::detail {

/// The number (little endian in the file) at `at`.
template <class T>
[[nodiscard]] T little_endian(std::span<std::byte const> bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return std::endian::native == std::endian::little ? value : reversed(value);
}

/// Checks references of a file whose offsets and lengths have 8 bytes.
class hdf5_string_heap {
 public:
  static constexpr std::size_t reference_bytes = 16;

  /// @param base what addresses count from (the length of the user block)
  hdf5_string_heap(posix_file const& file, std::uint64_t base)
      : file_(file), base_(base), left_(small + 4 * file.size()) {}

  /// @param references length (4 bytes), address of a collection (8), index in it (4) of each
  /// @throws format_error when one leads to no string of that length.
  void check(std::span<std::byte const> references) {
    for (std::size_t at = 0; at < references.size(); at += reference_bytes) {
      auto const length = little_endian<std::uint32_t>(references, at);
      auto const address = little_endian<std::uint64_t>(references, at + 4);
      auto const index = little_endian<std::uint32_t>(references, at + 12);
      if (address == 0) continue;  // an empty string
      auto const& sizes = collection_at(address);
      auto const found = sizes.find(index);
      if (found == sizes.end() || found->second != length)
        fail("a string of " + std::to_string(length) + " bytes is not where it should be");
    }
  }

 private:
  /// Bytes of each string of a collection, by its index.
  using sizes_by_index = std::map<std::uint32_t, std::uint64_t>;

  static constexpr std::uint64_t small = 1 << 20;
  static constexpr std::size_t header_bytes = 16;  ///< of a collection, and of each object in it

  [[noreturn]] void fail(std::string const& what) const {
    throw format_error(quoted(file_.path()) + " is damaged: " + what);
  }

  [[nodiscard]] sizes_by_index const& collection_at(std::uint64_t address) {
    auto const [at, is_new] = collections_.try_emplace(address);
    if (is_new) at->second = sizes_in(read(address));
    return at->second;
  }

  [[nodiscard]] std::vector<std::byte> read(std::uint64_t address) {
    std::uint64_t const file = file_.size();
    if (address > file || base_ > file - address || file - address - base_ < header_bytes)
      fail("strings lie beyond its end");
    std::uint64_t const begin = base_ + address;
    std::array<std::byte, header_bytes> header{};
    file_.read_at(begin, header);
    auto const size = little_endian<std::uint64_t>(header, 8);
    if (std::memcmp(header.data(), "GCOL\1", 5) != 0 || size < header_bytes || size > file - begin)
      fail("no strings are where they should be");
    if (size > left_) fail("its strings overlap");
    left_ -= size;
    std::vector<std::byte> bytes(size);
    file_.read_at(begin, bytes);
    return bytes;
  }

  /// The objects of a collection fill it; number 0 is what is free, its header included.
  [[nodiscard]] sizes_by_index sizes_in(std::vector<std::byte> const& bytes) const {
    sizes_by_index sizes;
    std::uint64_t at = header_bytes;
    while (bytes.size() - at >= header_bytes) {
      auto const index = little_endian<std::uint16_t>(bytes, at);
      auto const size = little_endian<std::uint64_t>(bytes, at + 8);
      std::uint64_t const room = bytes.size() - at - (index == 0 ? 0 : header_bytes);
      if (size > room || (index == 0 && size < header_bytes))
        fail("a string reaches beyond its place");
      if (index != 0 && !sizes.emplace(index, size).second) fail("two strings have one number");
      std::uint64_t const taken = index == 0 ? size : header_bytes + (size + 7) / 8 * 8;
      at += std::min<std::uint64_t>(taken, bytes.size() - at);
    }
    return sizes;
  }

  posix_file const& file_;
  std::uint64_t base_;
  std::uint64_t left_;  ///< bytes that may be looked at: collections do not overlap
  std::map<std::uint64_t, sizes_by_index> collections_;
};

}  // namespace voxstitch::io::detail
