// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do numbers of the other byte order become this machine's?

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace voxstitch::io::detail {

inline std::uint16_t reversed(std::uint16_t v) { return __builtin_bswap16(v); }
inline std::uint32_t reversed(std::uint32_t v) { return __builtin_bswap32(v); }
inline std::uint64_t reversed(std::uint64_t v) { return __builtin_bswap64(v); }

template <class Word>
void reverse_words(std::span<std::byte> bytes) {
  for (std::size_t i = 0; i + sizeof(Word) <= bytes.size(); i += sizeof(Word)) {
    Word word;
    std::memcpy(&word, bytes.data() + i, sizeof(Word));
    word = reversed(word);
    std::memcpy(bytes.data() + i, &word, sizeof(Word));
  }
}

/// Reverses the bytes of every number of `width` bytes (1, 2, 4 or 8), in place.
inline void reverse_byte_order(std::span<std::byte> bytes, std::size_t width) {
  if (width == 2) reverse_words<std::uint16_t>(bytes);
  if (width == 4) reverse_words<std::uint32_t>(bytes);
  if (width == 8) reverse_words<std::uint64_t>(bytes);
}

}  // namespace voxstitch::io::detail
