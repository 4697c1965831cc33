// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a volume written as packed chunks that go when nobody needs them any more?

#include "voxstitch/io/packed_chunks.hpp"

namespace voxstitch::io {

/// One dataset's chunks, deflated by whoever writes them, in one spool file that goes when the
/// store does. A volume_sink; after finish() also a volume_source.
class chunk_store : public packed_chunks {
 public:
  /// @param path  of the spool file; what was there is lost
  /// @param chunk extents of a chunk (t, c, z, y, x); clipped to the volume
  /// @param level of deflate, 1 (fast) to 9 (small)
  /// @throws io_error when the file cannot be made; shape_error, usage_error for a wrong chunk or
  /// level.
  chunk_store(std::string const& path, volume_description description, coord<5> const& chunk,
              int level = 1)
      : packed_chunks(std::move(description), chunk, level),
        spool_(new chunk_spool(path), [](chunk_spool* old) {
          ::unlink(old->path().c_str());
          delete old;
        }) {
    add(spool_);
    zeros_ = spool_->append(packer().zeros());
  }

  [[nodiscard]] std::string const& path() const { return spool_->path(); }
  /// Bytes in the spool file.
  [[nodiscard]] std::uint64_t spool_bytes() const { return spool_->bytes(); }

  /// Packs and appends the chunks of `b`, in parallel.
  /// @throws shape_error when `b` is not made of whole chunks or `v` does not fit; io_error when
  /// the disk refuses.
  /// @thread_safety may be called concurrently for disjoint boxes
  void write(box<5> const& b, any_view<5> const& v) {
    detail::check_request(where(0), description(), b, v);
    if (b.empty()) return;
    require_whole_chunks(b);
    box<5> const positions = grid().positions_in(b);
    tbb::parallel_for(index_t{0}, positions.size(), [&](index_t n) {
      coord<5> const position = nth_position(positions, n);
      auto const packed = packer().pack(v.sub(relative_to(grid().box_of(position), b)));
      put(grid().index_of(position), 0, packed ? spool_->append(*packed) : zeros_);
    });
  }

  /// @throws io_error that names the first chunk that was not written.
  void finish() { require_all(); }

  /// Removes the spool file; nothing can be written or read afterwards.
  void abandon() {
    forget_spools();
    spool_.reset();
  }

 private:
  void require_whole_chunks(box<5> const& b) const {
    for (std::size_t axis = 0; axis < 5; ++axis) {
      index_t const step = chunk()[axis];
      index_t const end = b.exclusive_max[axis];
      bool const ends_well = end % step == 0 || end == description().shape[axis];
      if (b.inclusive_min[axis] % step != 0 || !ends_well)
        throw shape_error(where(0) + ": the box " + to_string(b) + " cuts chunks of " +
                          to_string(chunk()) + " (t, c, z, y, x)");
    }
  }

  std::shared_ptr<chunk_spool> spool_;
  chunk_place zeros_;
};

static_assert(volume_sink<chunk_store> && volume_source<chunk_store>);

}  // namespace voxstitch::io
