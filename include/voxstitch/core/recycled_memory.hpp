// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does the next block get the memory of the last one?
///
/// Memory that the system hands out anew is cleared first, page by page: for a cheap classifier
/// that was a third of all work.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <list>
#include <mutex>
#include <unordered_map>

namespace voxstitch {

namespace detail {

/// Freed arrays that wait for another of their size. Nothing is kept before somebody allows it.
/// @thread_safety All members may be called concurrently.
class recycling_bin {
 public:
  /// Arrays below this size are the allocator's own business.
  static constexpr std::size_t least_bytes = std::size_t{1} << 20;

  /// An array of at least `bytes` and little more, or none.
  [[nodiscard]] void* take(std::size_t bytes) {
    std::lock_guard const lock(mutex_);
    for (auto at = kept_.begin(); at != kept_.end(); ++at) {
      if (at->bytes < bytes || at->bytes > bytes + bytes / 16) continue;
      auto const [memory, size] = *at;
      kept_bytes_ -= size;
      kept_.erase(at);
      use(memory, size);
      return memory;
    }
    shrink_to(limit_ > live_bytes_ + bytes ? limit_ - live_bytes_ - bytes : 0);
    return nullptr;
  }

  /// A new array is in use.
  void count(void* memory, std::size_t bytes) {
    std::lock_guard const lock(mutex_);
    use(memory, bytes);
  }

  /// Keeps an array that is no longer in use, or frees it; frees what was never counted.
  void give(void* memory) {
    std::lock_guard const lock(mutex_);
    auto const found = live_.find(memory);
    if (found == live_.end()) return std::free(memory);
    std::size_t const bytes = found->second;
    live_.erase(found);
    live_bytes_ -= bytes;
    if (live_bytes_ + kept_bytes_ + bytes > limit_) return std::free(memory);
    kept_.push_back({memory, bytes});
    kept_bytes_ += bytes;
  }

  /// Allows arrays of `bytes` more than are in use now; returns what to take back later.
  [[nodiscard]] std::size_t allow(std::size_t bytes) {
    std::lock_guard const lock(mutex_);
    std::size_t const more = bytes + live_bytes_;
    limit_ += more;
    return more;
  }
  void forbid(std::size_t bytes) {
    std::lock_guard const lock(mutex_);
    limit_ -= bytes;
    shrink_to(limit_ > live_bytes_ ? limit_ - live_bytes_ : 0);
  }

 private:
  struct array {
    void* memory;
    std::size_t bytes;
  };

  void use(void* memory, std::size_t bytes) {
    live_.emplace(memory, bytes);
    live_bytes_ += bytes;
  }

  /// Frees the oldest.
  void shrink_to(std::size_t bytes) {
    for (; kept_bytes_ > bytes; kept_.pop_front()) {
      std::free(kept_.front().memory);
      kept_bytes_ -= kept_.front().bytes;
    }
  }

  std::mutex mutex_;
  std::list<array> kept_;  ///< oldest first
  std::unordered_map<void*, std::size_t> live_;
  std::size_t kept_bytes_ = 0;
  std::size_t live_bytes_ = 0;
  std::size_t limit_ = 0;
};

/// Never destroyed: arrays that live as long as the process give back to it at its end.
[[nodiscard]] inline recycling_bin& bin() {
  static auto& the_bin = *new recycling_bin;
  return the_bin;
}

}  // namespace detail

/// While one lives, large arrays that are freed are kept for others of their size, as long as those
/// in use and those kept are together no more than what was in use before and `bytes` more.
class memory_recycling {
 public:
  explicit memory_recycling(std::int64_t bytes)
      : allowed_(detail::bin().allow(static_cast<std::size_t>(bytes))) {}
  memory_recycling(memory_recycling const&) = delete;
  memory_recycling& operator=(memory_recycling const&) = delete;
  ~memory_recycling() { detail::bin().forbid(allowed_); }

 private:
  std::size_t allowed_;
};

}  // namespace voxstitch
