// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where do packed chunks wait until all of them are there?

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "voxstitch/io/posix_file.hpp"

namespace voxstitch::io {

/// Where a packed chunk lies in a spool file; of size 0: nowhere.
struct chunk_place {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;

  friend bool operator==(chunk_place const&, chunk_place const&) = default;
};

/// Says that a file is only read.
struct read_only_t {};
inline constexpr read_only_t read_only;

/// An append-only file of packed chunks. It stays when the object goes.
/// @thread_safety append() and read() may be called concurrently.
class chunk_spool {
 public:
  /// Makes an empty file, whatever was there.
  /// @throws io_error when it cannot be made.
  explicit chunk_spool(std::string const& path) : file_(posix_file::create(path)) {}

  /// Goes on with a file, made when it is not there; what lies beyond `kept` bytes is cut off.
  /// @throws io_error when it cannot be opened or is shorter than that.
  chunk_spool(std::string const& path, std::uint64_t kept)
      : file_(posix_file::open_to_write(path)), end_(kept) {
    if (auto const size = file_.size(); size < kept)
      throw io_error("chunks of " + quoted(path) + ": the file ends at byte " +
                     std::to_string(size) + ", but chunks reach to byte " + std::to_string(kept));
    file_.resize(kept);
  }

  /// A file to be read only.
  /// @throws io_error when it cannot be opened.
  chunk_spool(std::string const& path, read_only_t)
      : file_(posix_file::open_to_read(path)), end_(file_.size()) {}

  [[nodiscard]] std::string const& path() const { return file_.path(); }
  /// Bytes in the file.
  [[nodiscard]] std::uint64_t bytes() const { return end_.load(); }

  /// @throws io_error when the disk refuses.
  [[nodiscard]] chunk_place append(std::span<std::byte const> packed) {
    chunk_place const place{end_.fetch_add(packed.size()), packed.size()};
    try {
      file_.write_at(place.offset, packed);
    } catch (io_error const& refused) {
      throw io_error(std::string(refused.what()) +
                     "; free space there, or let the job work in another folder");
    }
    return place;
  }

  /// @throws io_error when the file ends before.
  [[nodiscard]] std::vector<std::byte> read(chunk_place const& place) const {
    std::vector<std::byte> packed;
    read(place, packed);
    return packed;
  }
  /// The same into memory that is there already, as far as it suffices.
  void read(chunk_place const& place, std::vector<std::byte>& packed) const {
    packed.resize(place.size);
    file_.read_at(place.offset, packed);
  }

  /// Has the disk work on what will be read soon.
  void expect(chunk_place const& place) const { file_.expect(place.offset, place.size); }

  /// Waits until all is on the disk.
  /// @throws io_error when the disk refuses.
  void sync() const { file_.sync(); }

 private:
  posix_file file_;
  std::atomic<std::uint64_t> end_{0};
};

}  // namespace voxstitch::io
