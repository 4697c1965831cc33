// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How far has long work come?

#include <atomic>
#include <cstdint>

namespace voxstitch {

/// A counter of finished work that workers advance and an observer polls from another thread.
/// Units are the caller's (voxels in the pipeline).
/// @thread_safety All members may be called concurrently.
class progress {
 public:
  void start(std::int64_t total) noexcept {
    done_.store(0, std::memory_order_relaxed);
    total_.store(total, std::memory_order_relaxed);
  }
  void advance(std::int64_t amount) noexcept { done_.fetch_add(amount, std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t done() const noexcept { return done_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t total() const noexcept {
    return total_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::int64_t> done_{0};
  std::atomic<std::int64_t> total_{0};
};

}  // namespace voxstitch
