// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where do the chunks of an output wait, already packed, until all of them are there?

#include <atomic>
#include <cstring>

#include "voxstitch/io/any_source.hpp"
#include "voxstitch/io/chunk_grid.hpp"
#include "voxstitch/io/deflate.hpp"

namespace voxstitch::io {

/// One dataset's chunks, deflated by whoever writes them, in an append-only spool file.
///
/// A volume_sink; after finish() also a volume_source. What a chunk's bytes are depends on its
/// values, the chunk shape and the level only. The spool file goes when the store does.
/// @complexity 16 bytes of memory per chunk, and one unpacked and one packed chunk per thread
class chunk_store {
 public:
  /// @param path  of the spool file; what was there is lost
  /// @param chunk extents of a chunk (t, c, z, y, x); clipped to the volume
  /// @param level of deflate, 1 (fast) to 9 (small)
  /// @throws io_error when the file cannot be made; shape_error, usage_error for a wrong chunk or
  /// level.
  chunk_store(std::string const& path, volume_description description, coord<5> const& chunk,
              int level = 1)
      : description_(std::move(description)), grid_(description_, min(chunk, description_.shape)),
        level_(checked_level(level)), spool_(std::make_unique<spool>(path)) {
    entries_.resize(static_cast<std::size_t>(grid_.size()));
    std::vector<std::byte> const zeros(grid_.chunk_bytes());
    zero_chunk_ = append(deflated(zeros, level_));
  }

  [[nodiscard]] volume_description const& description() const { return description_; }
  [[nodiscard]] coord<5> chunk() const { return grid_.chunk(); }
  [[nodiscard]] coord<5> decode_unit() const { return grid_.chunk(); }
  [[nodiscard]] chunk_grid const& grid() const { return grid_; }
  [[nodiscard]] int level() const { return level_; }
  [[nodiscard]] std::string const& path() const { return spool_->file.path(); }
  /// Bytes in the spool file.
  [[nodiscard]] std::uint64_t spool_bytes() const { return spool_->end.load(); }
  /// Bytes of all packed chunks; more than spool_bytes() when many are zero, which is kept once.
  [[nodiscard]] std::uint64_t encoded_bytes() const {
    std::uint64_t bytes = 0;
    for (entry const& e : entries_) bytes += e.size;
    return bytes;
  }

  /// Packs and appends the chunks of `b`, in parallel.
  /// @throws shape_error when `b` is not made of whole chunks or `v` does not fit; io_error when
  /// the disk refuses.
  /// @thread_safety may be called concurrently for disjoint boxes
  void write(box<5> const& b, any_view<5> const& v) {
    detail::check_request(where(), description_, b, v);
    if (b.empty()) return;
    check_alignment(b);
    box<5> const positions = grid_.positions_in(b);
    tbb::parallel_for(index_t{0}, positions.size(), [&](index_t n) {
      coord<5> const position = detail::nth_position(positions, n);
      box<5> const part = grid_.box_of(position);
      entry_of(grid_.index_of(position)) = pack(position, v.sub(relative_to(part, b)));
    });
  }

  /// @throws io_error that names the first chunk that was not written.
  void finish() {
    for (index_t index = 0; index < grid_.size(); ++index)
      if (entry_of(index).size == 0) static_cast<void>(written(index));
  }

  /// The packed bytes of a chunk.
  /// @param index in the file's order
  /// @throws io_error when it was not written, or cannot be read.
  [[nodiscard]] std::vector<std::byte> encoded(index_t index) const {
    entry const& e = written(index);
    std::vector<std::byte> bytes(e.size);
    spool_->file.read_at(e.offset, bytes);
    return bytes;
  }

  /// @throws shape_error when `b` leaves the volume or `v` does not fit; io_error when a chunk was
  /// not written, or cannot be read.
  void read(box<5> const& b, any_view<5> const& v) const {
    detail::check_request(where(), description_, b, v);
    if (b.empty()) return;
    detail::read_chunks(grid_, b, v, [&](coord<5> const& position, std::span<std::byte> out) {
      if (inflate_into(encoded(grid_.index_of(position)), out) != out.size())
        throw io_error(where() + ": a chunk is too short; the file was changed by another program");
    });
  }

  /// Removes the spool file; nothing can be written or read afterwards.
  void abandon() { spool_.reset(); }

 private:
  /// A packed chunk's place in the spool file; size 0: not written.
  struct entry {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };

  struct spool {
    explicit spool(std::string const& path) : file(detail::posix_file::create(path)) {}
    spool(spool const&) = delete;
    spool& operator=(spool const&) = delete;
    ~spool() { ::unlink(file.path().c_str()); }

    detail::posix_file file;
    std::atomic<std::uint64_t> end{0};
  };

  [[nodiscard]] static int checked_level(int level) {
    if (level < 1 || level > 9)
      throw usage_error("chunks: compression level " + std::to_string(level) +
                        " is not between 1 and 9");
    return level;
  }

  [[nodiscard]] std::string where() const { return "chunks of " + quoted(path()); }

  [[nodiscard]] entry& entry_of(index_t index) { return entries_[static_cast<std::size_t>(index)]; }

  [[nodiscard]] entry const& written(index_t index) const {
    entry const& e = entries_[static_cast<std::size_t>(index)];
    if (e.size == 0)
      throw io_error(where() + ": chunk " + std::to_string(index) + " of " +
                     std::to_string(grid_.size()) + ", voxels " +
                     to_string(grid_.box_of(grid_.position_of(index))) +
                     " (t, c, z, y, x), was never written");
    return e;
  }

  void check_alignment(box<5> const& b) const {
    for (std::size_t axis = 0; axis < 5; ++axis) {
      index_t const step = grid_.chunk()[axis];
      index_t const end = b.exclusive_max[axis];
      bool const ends_well = end % step == 0 || end == description_.shape[axis];
      if (b.inclusive_min[axis] % step != 0 || !ends_well)
        throw shape_error(where() + ": the box " + to_string(b) + " cuts chunks of " +
                          to_string(grid_.chunk()) + " (t, c, z, y, x)");
    }
  }

  /// @param values the chunk's voxels within the volume; beyond its end the chunk is 0
  [[nodiscard]] entry pack(coord<5> const& position, any_view<5> const& values) {
    auto const memory = make_large_array<std::byte>(grid_.chunk_bytes());
    std::span<std::byte> const bytes(memory.get(), grid_.chunk_bytes());
    if (values.size() < product(grid_.chunk()))
      std::fill(bytes.begin(), bytes.end(), std::byte{0});
    box<5> const inside = relative_to(grid_.box_of(position), grid_.padded_box(position));
    copy_elements(values, grid_.view_of_chunk(bytes.data()).sub(inside));
    bool const zero = bytes[0] == std::byte{0} &&
                      std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
    return zero ? zero_chunk_ : append(deflated(bytes, level_));
  }

  [[nodiscard]] entry append(std::span<std::byte const> bytes) {
    entry const e{spool_->end.fetch_add(bytes.size()), bytes.size()};
    try {
      spool_->file.write_at(e.offset, bytes);
    } catch (io_error const& refused) {
      throw io_error(std::string(refused.what()) +
                     "; free space there, or let the job work in another folder");
    }
    return e;
  }

  volume_description description_;
  chunk_grid grid_;
  int level_;
  std::unique_ptr<spool> spool_;
  std::vector<entry> entries_;
  entry zero_chunk_;
};

static_assert(volume_sink<chunk_store> && volume_source<chunk_store>);

}  // namespace voxstitch::io
