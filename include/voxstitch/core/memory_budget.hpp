// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How much memory may a job use, and who waits when it is spent?

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <string>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

#include "voxstitch/core/cgroup_limit.hpp"
#include "voxstitch/core/error.hpp"

namespace voxstitch {

/// A number of bytes that workers take from and give back to.
/// @thread_safety All members may be called concurrently.
class memory_budget {
 public:
  explicit memory_budget(std::int64_t bytes) : free_(bytes), total_(bytes) {}

  /// A part of the budget; given back on destruction.
  class lease {
   public:
    lease() = default;
    lease(lease&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    lease& operator=(lease&& other) noexcept {
      std::swap(owner_, other.owner_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~lease() {
      if (owner_ != nullptr) owner_->give_back(bytes_);
    }
    [[nodiscard]] std::int64_t bytes() const noexcept { return bytes_; }

   private:
    friend class memory_budget;
    lease(memory_budget* owner, std::int64_t bytes) : owner_(owner), bytes_(bytes) {}
    memory_budget* owner_ = nullptr;
    std::int64_t bytes_ = 0;
  };

  /// Waits until `bytes` are free and takes them.
  /// @throws budget_error when the whole budget is smaller than that.
  [[nodiscard]] lease take(std::int64_t bytes) {
    return take(bytes, std::chrono::hours(1), [] {});
  }
  /// As above; whenever `patience` has passed in vain, calls `meanwhile`.
  template <class Function>
  [[nodiscard]] lease take(std::int64_t bytes, std::chrono::milliseconds patience,
                           Function const& meanwhile) {
    if (bytes > total_)
      throw budget_error("memory budget: " + std::to_string(bytes) +
                         " bytes are needed at once, but only " + std::to_string(total_) +
                         " are allowed");
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, patience, [&] { return free_ >= bytes; })) {
      lock.unlock();
      meanwhile();
      lock.lock();
    }
    free_ -= bytes;
    return {this, bytes};
  }

  [[nodiscard]] std::int64_t total() const noexcept { return total_; }

 private:
  void give_back(std::int64_t bytes) {
    {
      std::lock_guard lock(mutex_);
      free_ += bytes;
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t free_;
  std::int64_t total_;
};

namespace detail {

[[nodiscard]] inline std::int64_t address_space_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(
      std::min<rlim_t>(limit.rlim_cur, std::numeric_limits<std::int64_t>::max()));
}

}  // namespace detail

/// Bytes this process could use: the smallest of physical memory, the limits of its control groups
/// and RLIMIT_AS.
[[nodiscard]] inline std::int64_t available_memory() {
  std::int64_t const physical = std::int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  return std::min({physical, cgroup_memory_limit(), detail::address_space_limit()});
}

}  // namespace voxstitch
