// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does HDF5 notice that a chunk was damaged?

#include <cstddef>
#include <cstdint>
#include <span>

#include "voxstitch/core/error.hpp"

namespace voxstitch::io::detail {

/// Fletcher's checksum of 16-bit words, highest byte first, as HDF5's filter "fletcher32" computes
/// it; a last odd byte counts as the high byte of a word.
/// Source: J. Fletcher, An Arithmetic Checksum for Serial Transmissions, 1982; HDF5 format,
/// filter 3.
[[nodiscard]] inline std::uint32_t fletcher32(std::span<std::byte const> bytes) {
  constexpr std::size_t words_before_overflow = 360;
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  auto const fold = [&] {
    low = (low & 0xffffU) + (low >> 16U);
    high = (high & 0xffffU) + (high >> 16U);
  };
  std::size_t const words = (bytes.size() + 1) / 2;
  for (std::size_t i = 0; i < words; ++i) {
    auto const first = std::to_integer<std::uint32_t>(bytes[2 * i]) << 8U;
    bool const odd = 2 * i + 1 == bytes.size();
    low += odd ? first : first | std::to_integer<std::uint32_t>(bytes[2 * i + 1]);
    high += low;
    if ((i + 1) % words_before_overflow == 0) fold();
  }
  fold();
  fold();
  return high << 16U | low;
}

/// What stands before the four bytes of the checksum.
/// @throws format_error when they are not there, or are not those of the bytes before them.
[[nodiscard]] inline std::span<std::byte const> checked_bytes(std::span<std::byte const> chunk) {
  if (chunk.size() < 4) throw format_error("it is too short for its checksum");
  auto const bytes = chunk.first(chunk.size() - 4);
  std::uint32_t stored = 0;
  for (std::size_t i = 0; i < 4; ++i)
    stored |= std::to_integer<std::uint32_t>(chunk[bytes.size() + i]) << 8U * i;
  std::uint32_t const sum = fletcher32(bytes);
  auto const swapped = [](std::uint32_t v) {  // as versions before 1.6.3 wrote it
    return (v & 0x00ff00ffU) << 8U | (v & 0xff00ff00U) >> 8U;
  };
  if (stored != sum && stored != swapped(sum))
    throw format_error("its checksum is wrong: the data are damaged; use another copy");
  return bytes;
}

}  // namespace voxstitch::io::detail
