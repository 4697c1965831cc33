// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are bytes packed into zlib streams, and out of them again?
///
/// With libdeflate when the build found it (VOXSTITCH_HAS_LIBDEFLATE), else with zlib. Both write
/// streams that either reads; the bytes are the same for one library version and level.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <vector>

#if defined(VOXSTITCH_HAS_LIBDEFLATE)
#include <libdeflate.h>
#else
#include <zlib.h>
#endif

#include "voxstitch/core/error.hpp"

namespace voxstitch::io {

/// Deflate packs no better than 1 : 1032: what to ask before memory is allocated for what a file
/// says that it holds.
inline constexpr int best_deflation = 1032;

#if defined(VOXSTITCH_HAS_LIBDEFLATE)
namespace detail {

struct free_compressor {
  void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
};
struct free_decompressor {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};

/// This thread's compressor of that level; kept, because making one costs more than a small chunk.
[[nodiscard]] inline libdeflate_compressor* thread_compressor(int level) {
  thread_local std::unique_ptr<libdeflate_compressor, free_compressor> kept;
  thread_local int level_of_kept = -1;
  if (!kept || level != level_of_kept) {
    kept.reset(libdeflate_alloc_compressor(level));
    level_of_kept = level;
  }
  if (!kept) throw std::bad_alloc{};
  return kept.get();
}

[[nodiscard]] inline libdeflate_decompressor* thread_decompressor() {
  thread_local std::unique_ptr<libdeflate_decompressor, free_decompressor> const kept(
      libdeflate_alloc_decompressor());
  if (!kept) throw std::bad_alloc{};
  return kept.get();
}

}  // namespace detail

/// `bytes` as a zlib stream.
/// @param level 1 (fast) to 9 (small)
/// @thread_safety may be called concurrently
[[nodiscard]] inline std::vector<std::byte> deflated(std::span<std::byte const> bytes, int level) {
  libdeflate_compressor* const compressor = detail::thread_compressor(level);
  std::vector<std::byte> packed(libdeflate_zlib_compress_bound(compressor, bytes.size()));
  packed.resize(libdeflate_zlib_compress(compressor, bytes.data(), bytes.size(), packed.data(),
                                         packed.size()));
  return packed;
}

/// Unpacks a zlib stream into `bytes`, at most as many as fit.
/// @return how many were written
/// @throws format_error when the stream is damaged or longer than `bytes`
/// @thread_safety may be called concurrently
[[nodiscard]] inline std::size_t inflate_into(std::span<std::byte const> packed,
                                              std::span<std::byte> bytes) {
  std::size_t written = 0;
  auto const result =
      libdeflate_zlib_decompress(detail::thread_decompressor(), packed.data(), packed.size(),
                                 bytes.data(), bytes.size(), &written);
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
    throw format_error("deflate: the data are longer than the " + std::to_string(bytes.size()) +
                       " bytes they should be");
  if (result != LIBDEFLATE_SUCCESS) throw format_error("deflate: the compressed data are damaged");
  return written;
}

/// Adler-32: what a zlib stream of `bytes` ends with, highest byte first.
[[nodiscard]] inline std::uint32_t zlib_checksum(std::span<std::byte const> bytes) {
  return libdeflate_adler32(1, bytes.data(), bytes.size());
}

/// CRC-32, as PNG and gzip have it.
[[nodiscard]] inline std::uint32_t crc32_of(std::span<std::byte const> bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

#else

/// `bytes` as a zlib stream.
/// @param level 1 (fast) to 9 (small)
/// @thread_safety may be called concurrently
[[nodiscard]] inline std::vector<std::byte> deflated(std::span<std::byte const> bytes, int level) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::vector<std::byte> packed(size);
  int const result = compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
                               reinterpret_cast<Bytef const*>(bytes.data()),
                               static_cast<uLong>(bytes.size()), level);
  if (result != Z_OK) throw std::bad_alloc{};
  packed.resize(size);
  return packed;
}

/// Unpacks a zlib stream into `bytes`, at most as many as fit.
/// @return how many were written
/// @throws format_error when the stream is damaged or longer than `bytes`
/// @thread_safety may be called concurrently
[[nodiscard]] inline std::size_t inflate_into(std::span<std::byte const> packed,
                                              std::span<std::byte> bytes) {
  auto written = static_cast<uLongf>(bytes.size());
  int const result =
      uncompress(reinterpret_cast<Bytef*>(bytes.data()), &written,
                 reinterpret_cast<Bytef const*>(packed.data()), static_cast<uLong>(packed.size()));
  if (result == Z_MEM_ERROR) throw std::bad_alloc{};
  if (result == Z_BUF_ERROR && written == bytes.size())
    throw format_error("deflate: the data are longer than the " + std::to_string(bytes.size()) +
                       " bytes they should be");
  if (result != Z_OK) throw format_error("deflate: the compressed data are damaged");
  return static_cast<std::size_t>(written);
}

/// Adler-32: what a zlib stream of `bytes` ends with, highest byte first.
[[nodiscard]] inline std::uint32_t zlib_checksum(std::span<std::byte const> bytes) {
  return static_cast<std::uint32_t>(
      adler32_z(1, reinterpret_cast<Bytef const*>(bytes.data()), bytes.size()));
}

/// CRC-32, as PNG and gzip have it.
[[nodiscard]] inline std::uint32_t crc32_of(std::span<std::byte const> bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<Bytef const*>(bytes.data()), bytes.size()));
}

#endif

}  // namespace voxstitch::io
