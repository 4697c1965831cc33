// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are packed chunks written by a process that keeps no list of them?

#include <mutex>
#include <unordered_map>

#include "voxstitch/io/chunk_packer.hpp"
#include "voxstitch/io/chunk_spool.hpp"
#include "voxstitch/io/concepts.hpp"

namespace voxstitch::io {

/// Packs chunks and appends them to a spool file that stays. Where they lie is asked for, once, by
/// take(): memory holds the places of chunks that nobody has asked for yet. A volume_sink.
class spool_sink {
 public:
  /// @param path  of the spool file, made when it is not there
  /// @param kept  bytes of it that are known to be good; what follows is cut off
  /// @param chunk extents of a chunk (t, c, z, y, x); clipped to the volume
  /// @param level of deflate, 1 (fast) to 9 (small)
  /// @throws io_error when the file cannot be opened; shape_error, usage_error for a wrong chunk or
  /// level.
  spool_sink(std::string const& path, std::uint64_t kept, volume_description description,
             coord<5> const& chunk, int level = 1)
      : packer_(std::move(description), chunk, level), spool_(path, kept),
        zeros_(spool_.append(packer_.zeros())) {}

  [[nodiscard]] volume_description const& description() const { return packer_.description(); }
  [[nodiscard]] coord<5> chunk() const { return grid().chunk(); }
  [[nodiscard]] chunk_grid const& grid() const { return packer_.grid(); }
  [[nodiscard]] std::uint64_t spool_bytes() const { return spool_.bytes(); }

  /// Packs and appends the chunks of `b`, in parallel. `b` may begin and end within chunks: the
  /// rest of these is 0, and must not be written.
  /// @throws shape_error when `v` does not fit; io_error when the disk refuses.
  /// @thread_safety may be called concurrently for disjoint boxes
  void write(box<5> const& b, any_view<5> const& v) {
    detail::check_request("chunks of " + quoted(spool_.path()), description(), b, v);
    if (b.empty()) return;
    box<5> const positions = grid().positions_in(b);
    tbb::parallel_for(index_t{0}, positions.size(), [&](index_t n) {
      coord<5> const position = nth_position(positions, n);
      box<5> const chunk = grid().box_of(position);
      box<5> const part = intersection(chunk, b);
      auto const packed =
          packer_.pack(v.sub(relative_to(part, b)), part.inclusive_min - chunk.inclusive_min);
      auto const place = packed ? spool_.append(*packed) : zeros_;
      std::lock_guard const lock(mutex_);
      places_[grid().index_of(position)] = place;
    });
  }

  /// The places of all chunks of `b`, in index order (first axis slowest), and forgets them.
  /// @throws io_error when one was not written.
  [[nodiscard]] std::vector<chunk_place> take(box<5> const& b) {
    box<5> const positions = grid().positions_in(b);
    std::vector<chunk_place> places;
    std::lock_guard const lock(mutex_);
    for (index_t n = 0; n < positions.size(); ++n) {
      auto const found = places_.find(grid().index_of(nth_position(positions, n)));
      if (found == places_.end())
        throw io_error("chunks of " + quoted(spool_.path()) + ": a chunk of " + to_string(b) +
                       " (t, c, z, y, x) was never written");
      places.push_back(found->second);
      places_.erase(found);
    }
    return places;
  }

  /// Waits until all is on the disk.
  void sync() const { spool_.sync(); }
  void finish() const { sync(); }

 private:
  chunk_packer packer_;
  chunk_spool spool_;
  chunk_place zeros_;
  std::mutex mutex_;
  std::unordered_map<index_t, chunk_place> places_;
};

static_assert(volume_sink<spool_sink>);

}  // namespace voxstitch::io
