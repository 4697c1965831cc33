// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What are the bytes of a packed chunk?

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "voxstitch/io/chunk_grid.hpp"
#include "voxstitch/io/deflate.hpp"

namespace voxstitch::io {

/// Turns a chunk's voxels into a deflate stream and back. What the bytes are depends on the values,
/// the chunk shape and the level only.
/// @complexity one unpacked and one packed chunk of memory per call
class chunk_packer {
 public:
  /// @param chunk extents of a chunk (t, c, z, y, x); clipped to the volume
  /// @param level of deflate, 1 (fast) to 9 (small)
  /// @throws shape_error, usage_error for a wrong chunk or level.
  chunk_packer(volume_description description, coord<5> const& chunk, int level)
      : description_(std::move(description)), grid_(description_, min(chunk, description_.shape)),
        level_(checked_level(level)),
        zeros_(deflated(std::vector<std::byte>(grid_.chunk_bytes()), level_)) {}

  [[nodiscard]] volume_description const& description() const { return description_; }
  [[nodiscard]] chunk_grid const& grid() const { return grid_; }
  [[nodiscard]] int level() const { return level_; }
  /// The packed chunk of nothing but zeros.
  [[nodiscard]] std::vector<std::byte> const& zeros() const { return zeros_; }

  /// @param values voxels of the chunk; elsewhere the chunk is 0
  /// @param first  where in the chunk they begin
  /// @return nothing where all is 0: zeros() is meant
  /// @thread_safety may be called concurrently
  [[nodiscard]] std::optional<std::vector<std::byte>> pack(any_view<5> const& values,
                                                           coord<5> const& first = {}) const {
    auto const memory = make_large_array<std::byte>(grid_.chunk_bytes());
    std::span<std::byte> const bytes(memory.get(), grid_.chunk_bytes());
    if (values.size() < product(grid_.chunk())) std::fill(bytes.begin(), bytes.end(), std::byte{0});
    copy_elements(values, grid_.view_of_chunk(bytes.data()).sub({first, first + values.shape()}));
    bool const zero = bytes[0] == std::byte{0} &&
                      std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
    if (zero) return std::nullopt;
    return deflated(bytes, level_);
  }

  /// Unpacks a chunk into `bytes`, which is as large as an unpacked chunk.
  /// @return whether all of it was there
  /// @throws format_error when the stream is damaged.
  [[nodiscard]] bool unpack(std::span<std::byte const> packed, std::span<std::byte> bytes) const {
    return inflate_into(packed, bytes) == bytes.size();
  }

 private:
  [[nodiscard]] static int checked_level(int level) {
    if (level < 1 || level > 9)
      throw usage_error("chunks: compression level " + std::to_string(level) +
                        " is not between 1 and 9");
    return level;
  }

  volume_description description_;
  chunk_grid grid_;
  int level_;
  std::vector<std::byte> zeros_;
};

}  // namespace voxstitch::io
