// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are chunks that lie packed in spool files read as one volume?

#include <limits>
#include <memory>

#include "voxstitch/io/chunk_packer.hpp"
#include "voxstitch/io/chunk_spool.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/io/detail/decode_count.hpp"
#include "voxstitch/io/detail/paged_list.hpp"

namespace voxstitch::io {

/// The chunks of one dataset, in one or several spool files. A volume_source.
/// @complexity 16 bytes of memory per chunk that is there, and for its neighbours; next to nothing
/// for the volume's other chunks
class packed_chunks {
 public:
  /// Bytes of memory for the places of all chunks of a volume.
  [[nodiscard]] static std::int64_t bytes_of_places(coord<5> const& shape, coord<5> const& chunk) {
    return detail::paged_list<entry>::bytes_of(product(zip(shape, chunk, divide_up)));
  }

  /// None of the chunks is there yet.
  /// @param chunk extents of a chunk (t, c, z, y, x); clipped to the volume
  /// @throws shape_error, usage_error for a wrong chunk or level.
  packed_chunks(volume_description description, coord<5> const& chunk, int level)
      : packer_(std::move(description), chunk, level), entries_(packer_.grid().size()) {}

  [[nodiscard]] volume_description const& description() const { return packer_.description(); }
  [[nodiscard]] coord<5> chunk() const { return grid().chunk(); }
  [[nodiscard]] coord<5> decode_unit() const { return grid().chunk(); }
  [[nodiscard]] chunk_grid const& grid() const { return packer_.grid(); }
  [[nodiscard]] int level() const { return packer_.level(); }
  /// Chunks that were unpacked, each time anew.
  [[nodiscard]] std::int64_t units_decoded() const { return unpacked_.value(); }
  /// Bytes of all packed chunks; more than in the spool files when many are zero, which is kept
  /// once.
  [[nodiscard]] std::uint64_t encoded_bytes() const {
    std::uint64_t bytes = 0;
    for (index_t i = next(0); i < entries_.size(); i = next(i + 1)) bytes += entries_[i].size;
    return bytes;
  }
  /// Number of chunks that are there.
  [[nodiscard]] index_t count() const {
    index_t chunks = 0;
    for (index_t i = next(0); i < entries_.size(); i = next(i + 1)) ++chunks;
    return chunks;
  }

  /// One more file of chunks; returns its number.
  std::size_t add(std::shared_ptr<chunk_spool const> spool) {
    spools_.push_back(std::move(spool));
    return spools_.size() - 1;
  }

  /// Says where a chunk lies.
  /// @param index in the file's order
  /// @thread_safety may be called concurrently for different chunks
  void put(index_t index, std::size_t spool, chunk_place const& place) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    if (place.size > most)
      throw shape_error(where(spool) + ": a packed chunk of " + std::to_string(place.size) +
                        " bytes is too large; choose smaller chunks");
    entries_.set(index, {place.offset, static_cast<std::uint32_t>(place.size),
                         static_cast<std::uint32_t>(spool)});
  }

  /// @param index in the file's order
  [[nodiscard]] bool has(index_t index) const { return entries_[index].size > 0; }
  /// The first chunk from `index` on that is there; grid().size() when there is none.
  [[nodiscard]] index_t next(index_t index) const {
    for (;; ++index) {
      index = entries_.skip_missing_pages(index);
      if (index == entries_.size() || has(index)) return index;
    }
  }

  /// @throws io_error that names the first chunk that is missing.
  void require_all() const {
    for (index_t index = 0; index < grid().size(); ++index)
      if (!has(index)) static_cast<void>(written(index));
  }

  /// The packed bytes of a chunk.
  /// @param index in the file's order
  /// @throws io_error when it was not written, or cannot be read.
  [[nodiscard]] std::vector<std::byte> encoded(index_t index) const {
    std::vector<std::byte> packed;
    encoded(index, packed);
    return packed;
  }
  /// The same into memory that is there already, as far as it suffices.
  void encoded(index_t index, std::vector<std::byte>& packed) const {
    entry const& e = written(index);
    spools_[e.spool]->read({e.offset, e.size}, packed);
  }

  /// Has the disk work on a chunk whose bytes will be asked for soon, if it is there.
  void expect(index_t index) const {
    entry const& e = entries_[index];
    if (e.size > 0) spools_[e.spool]->expect({e.offset, e.size});
  }

  /// @throws shape_error when `b` leaves the volume or `v` does not fit; io_error when a chunk was
  /// not written, or cannot be read.
  void read(box<5> const& b, any_view<5> const& v) const {
    detail::check_request(where(0), description(), b, v);
    if (b.empty()) return;
    detail::read_chunks(grid(), b, v, [&](coord<5> const& position, std::span<std::byte> out) {
      unpacked_.add(1);
      if (!packer_.unpack(encoded(grid().index_of(position)), out))
        throw io_error(where(0) +
                       ": a chunk is too short; the file was changed by another program");
    });
  }

 protected:
  [[nodiscard]] chunk_packer const& packer() const { return packer_; }
  [[nodiscard]] chunk_spool const& spool(std::size_t number) const { return *spools_[number]; }
  void forget_spools() { spools_.clear(); }

  [[nodiscard]] std::string where(std::size_t spool) const {
    return spool < spools_.size() ? "chunks of " + quoted(spools_[spool]->path()) : "chunks";
  }

 private:
  /// A packed chunk's place; size 0: not there.
  struct entry {
    std::uint64_t offset = 0;
    std::uint32_t size = 0;
    std::uint32_t spool = 0;
  };

  [[nodiscard]] entry const& written(index_t index) const {
    entry const& e = entries_[index];
    if (e.size == 0)
      throw io_error(where(0) + ": chunk " + std::to_string(index) + " of " +
                     std::to_string(grid().size()) + ", voxels " +
                     to_string(grid().box_of(grid().position_of(index))) +
                     " (t, c, z, y, x), was never written");
    return e;
  }

  chunk_packer packer_;
  std::vector<std::shared_ptr<chunk_spool const>> spools_;
  detail::paged_list<entry> entries_;
  detail::decode_count unpacked_;
};

static_assert(volume_source<packed_chunks>);

}  // namespace voxstitch::io
