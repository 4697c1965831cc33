// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which packed chunks are read at once, to be written together?

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "voxstitch/io/packed_chunks.hpp"

namespace voxstitch::io {

/// Whether a dataset has all its chunks, or those that are there: the others are 0.
enum class chunks_wanted { all, present };

namespace detail {

/// Consecutive chunks of a dataset in memory, which is used again for later ones.
class chunk_batch {
 public:
  struct chunk {
    index_t index = 0;  ///< in the file's order
    std::vector<std::byte> packed;
  };

  /// An empty batch before the first chunk.
  chunk_batch(packed_chunks const& store, chunks_wanted wanted) : store_(&store), wanted_(wanted) {}

  /// Reads the chunks that follow another batch's: a few megabytes, or one chunk.
  /// @throws io_error when a chunk that is wanted was never written, or cannot be read.
  void read_after(chunk_batch const& before) {
    constexpr std::size_t enough = std::size_t{4} << 20;
    count_ = 0;
    end_ = wanted_from(before.end_);
    for (std::size_t bytes = 0; bytes < enough && end_ < store_->grid().size();
         end_ = wanted_from(end_ + 1)) {
      if (count_ == chunks_.size()) chunks_.emplace_back();
      auto& [index, packed] = chunks_[count_++];
      index = end_;
      store_->encoded(index, packed);
      bytes += packed.size();
    }
    expect(before.end_ == 0 ? end_ : before.end_ + ahead, end_ + ahead);
  }

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] chunk const* begin() const { return chunks_.data(); }
  [[nodiscard]] chunk const* end() const { return chunks_.data() + count_; }

 private:
  static constexpr index_t ahead = 128;  ///< chunks that the disk may fetch meanwhile

  [[nodiscard]] index_t wanted_from(index_t index) const {
    return wanted_ == chunks_wanted::present ? store_->next(index) : index;
  }

  void expect(index_t first, index_t last) const {
    for (index_t i = first; i < std::min(last, store_->grid().size()); ++i) store_->expect(i);
  }

  packed_chunks const* store_;
  chunks_wanted wanted_;
  std::vector<chunk> chunks_;
  std::size_t count_ = 0;
  index_t end_ = 0;  ///< the first chunk that is wanted after these
};

}  // namespace detail

}  // namespace voxstitch::io
