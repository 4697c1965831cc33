// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which decoded strips, tiles and chunks are kept until they are read again?

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <future>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <set>
#include <unordered_map>
#include <utility>

#include "voxstitch/core/recycled_memory.hpp"
#include "voxstitch/geometry/coord.hpp"

namespace voxstitch::io {

/// A unit that nobody will read again.
inline constexpr index_t never = std::numeric_limits<index_t>::max();

/// Decoded units, within a bound of bytes. The order of all reads is known beforehand, so each
/// asker says when its unit is wanted next; where room is short, what is wanted last goes first
/// (Belady: no other choice decodes less), and what is never wanted again is not kept at all.
/// @thread_safety All members may be called concurrently. A unit that several threads ask for at
/// once is decoded by one of them; the others wait, so decoding must not wait for other tasks.
class unit_cache {
 public:
  /// The bytes of one unit; they live as long as somebody holds them.
  using unit = std::shared_ptr<std::byte[]>;

  explicit unit_cache(std::int64_t capacity_bytes)
      : memory_(std::make_shared<unit_memory>(capacity_bytes)), capacity_(capacity_bytes) {}

  /// @param key      which unit
  /// @param bytes    its size
  /// @param next_use number of the read that wants it next, after this one; or `never`
  /// @param decode   called as decode(std::byte*) to fill the unit where it is not at hand
  /// @throws what `decode` throws, to everybody who waits for that unit; it is not kept then.
  template <class Decode>
  [[nodiscard]] unit get(index_t key, std::int64_t bytes, index_t next_use, Decode&& decode) {
    std::promise<unit> promise;
    {
      std::unique_lock lock(mutex_);
      if (auto const found = entries_.find(key); found != entries_.end())
        return taken(found, next_use, lock);
      entries_.emplace(key, entry{promise.get_future().share(), bytes, next_use, false});
    }
    unit const made = decoded(decode, key, bytes, promise);
    std::lock_guard const lock(mutex_);
    keep_or_forget(entries_.find(key));
    return made;
  }

  /// The unit where it is at hand (or being decoded), else none.
  /// @throws what decoding it throws.
  [[nodiscard]] unit find(index_t key, index_t next_use) {
    std::unique_lock lock(mutex_);
    auto const found = entries_.find(key);
    return found == entries_.end() ? nullptr : taken(found, next_use, lock);
  }

  /// Drops what was wanted by reads before number `step`: they are over, or were left out.
  void forget_before(index_t step) {
    std::lock_guard const lock(mutex_);
    while (!order_.empty() && order_.begin()->first < step)
      forget(entries_.find(order_.begin()->second));
  }

  /// Of all units that are kept.
  [[nodiscard]] std::int64_t bytes() const {
    std::lock_guard const lock(mutex_);
    return bytes_;
  }

 private:
  /// Memory of units, used again and again: from an allocator that others use at the same time, it
  /// would come back in pieces.
  class unit_memory {
   public:
    explicit unit_memory(std::int64_t bytes)
        : allowed_(bin_.allow(static_cast<std::size_t>(bytes))) {}
    unit_memory(unit_memory const&) = delete;
    unit_memory& operator=(unit_memory const&) = delete;
    ~unit_memory() { bin_.forbid(allowed_); }

    /// @throws std::bad_alloc
    [[nodiscard]] static unit make(std::shared_ptr<unit_memory> const& self, std::size_t bytes) {
      void* memory = self->bin_.take(bytes);
      if (memory == nullptr) {
        memory = std::malloc(bytes);
        if (memory == nullptr) throw std::bad_alloc{};
        self->bin_.count(memory, bytes);
      }
      return {static_cast<std::byte*>(memory), [self](std::byte* m) { self->bin_.give(m); }};
    }

   private:
    voxstitch::detail::recycling_bin bin_;
    std::size_t allowed_;
  };

  struct entry {
    std::shared_future<unit> promised;
    std::int64_t bytes;
    index_t next_use;
    bool kept;  ///< decoded, and counted in bytes_
  };
  using entry_map = std::unordered_map<index_t, entry>;

  [[nodiscard]] unit taken(entry_map::iterator at, index_t next_use,
                           std::unique_lock<std::mutex>& lock) {
    auto const promised = at->second.promised;
    want_next(at, next_use);
    lock.unlock();
    return promised.get();
  }

  template <class Decode>
  [[nodiscard]] unit decoded(Decode& decode, index_t key, std::int64_t bytes,
                             std::promise<unit>& promise) {
    try {
      unit made = unit_memory::make(memory_, static_cast<std::size_t>(bytes));
      decode(made.get());
      promise.set_value(made);
      return made;
    } catch (...) {
      promise.set_exception(std::current_exception());
      std::lock_guard const lock(mutex_);
      entries_.erase(key);
      throw;
    }
  }

  void want_next(entry_map::iterator at, index_t next_use) {
    entry& e = at->second;
    if (!e.kept) {  // being decoded: the later wish counts
      e.next_use = next_use;
      return;
    }
    order_.erase({e.next_use, at->first});
    e.next_use = next_use;
    order_.insert({next_use, at->first});
    if (next_use == never) forget(at);
  }

  void keep_or_forget(entry_map::iterator at) {
    entry& e = at->second;
    e.kept = true;
    bytes_ += e.bytes;
    order_.insert({e.next_use, at->first});
    if (e.next_use == never) return forget(at);
    while (bytes_ > capacity_) forget(entries_.find(order_.rbegin()->second));
  }

  void forget(entry_map::iterator at) {
    bytes_ -= at->second.bytes;
    order_.erase({at->second.next_use, at->first});
    entries_.erase(at);
  }

  std::shared_ptr<unit_memory> memory_;
  std::mutex mutable mutex_;
  entry_map entries_;
  std::set<std::pair<index_t, index_t>> order_;  ///< next use, key; of what is kept
  std::int64_t bytes_ = 0;
  std::int64_t capacity_;
};

}  // namespace voxstitch::io
