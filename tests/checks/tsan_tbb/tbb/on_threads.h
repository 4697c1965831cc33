// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What stands in for TBB where ThreadSanitizer looks?
///
/// TBB's library is not compiled with ThreadSanitizer, which then misses how tasks are handed over
/// and takes every one of them for a race; suppressing those would hide ours. Here the parts of TBB
/// that the library uses run on plain threads, and order no more than TBB promises: a start, and an
/// end. Iterations are dealt out without any order between them.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace tbb {

namespace on_threads {

inline std::atomic<int>& allowed() {
  static std::atomic<int> threads{1 << 20};
  return threads;
}

/// What a thread inherits from the one that started it.
struct place {
  int width = static_cast<int>(std::max(2u, std::thread::hardware_concurrency()));
  int depth = 0;
  int index = 0;
};
inline thread_local place here;

/// Sets `here` for a scope.
class moved {
 public:
  explicit moved(place const& to) : before_(std::exchange(here, to)) {}
  moved(moved const&) = delete;
  moved& operator=(moved const&) = delete;
  ~moved() { here = before_; }

 private:
  place before_;
};

/// The first exception of several threads.
class first_exception {
 public:
  template <class Function>
  void guard(Function&& f) {
    try {
      f();
    } catch (...) {
      std::lock_guard lock(mutex_);
      if (!caught_) caught_ = std::current_exception();
      any_.store(true, std::memory_order_relaxed);
    }
  }
  [[nodiscard]] bool any() const { return any_.load(std::memory_order_relaxed); }
  void rethrow() {
    if (caught_) std::rethrow_exception(std::exchange(caught_, nullptr));
  }

 private:
  std::mutex mutex_;
  std::exception_ptr caught_;
  std::atomic<bool> any_{false};
};

/// Calls f(0), ..., f(count - 1) on as many threads as the arena is wide; two levels deep at most.
template <class Function>
void for_each_index(std::size_t count, Function const& f) {
  int const width = std::min(here.width, allowed().load());
  std::size_t const helpers = here.depth < 2 && width > 1 && count > 1
                                  ? std::min(count, static_cast<std::size_t>(width)) - 1
                                  : 0;
  std::atomic<std::size_t> next{0};
  first_exception failure;
  auto const work = [&](place const& at) {
    moved const scope(at);
    for (std::size_t i;
         !failure.any() && (i = next.fetch_add(1, std::memory_order_relaxed)) < count;)
      failure.guard([&] { f(i); });
  };
  std::vector<std::thread> threads;
  for (std::size_t n = 1; n <= helpers; ++n)
    threads.emplace_back(work, place{here.width, here.depth + 1, static_cast<int>(n)});
  work({here.width, here.depth + 1, here.index});
  for (std::thread& thread : threads) thread.join();
  failure.rethrow();
}

}  // namespace on_threads

struct split {};
struct simple_partitioner {};
struct auto_partitioner {};
struct static_partitioner {};

template <class Value>
class blocked_range {
 public:
  using const_iterator = Value;
  blocked_range(Value begin, Value end, std::size_t grain = 1)
      : begin_(begin), end_(end), grain_(grain) {}
  blocked_range(blocked_range& other, split)
      : begin_(other.begin_ + (other.end_ - other.begin_) / 2), end_(other.end_),
        grain_(other.grain_) {
    other.end_ = begin_;
  }
  [[nodiscard]] Value begin() const { return begin_; }
  [[nodiscard]] Value end() const { return end_; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
  [[nodiscard]] bool empty() const { return !(begin_ < end_); }
  [[nodiscard]] bool is_divisible() const { return grain_ < size(); }

 private:
  Value begin_;
  Value end_;
  std::size_t grain_;
};

template <class Index, class Function>
void parallel_for(Index first, Index last, Function const& f) {
  if (!(first < last)) return;
  on_threads::for_each_index(static_cast<std::size_t>(last - first), [&](std::size_t i) {
    f(static_cast<Index>(first + static_cast<Index>(i)));
  });
}

template <class Range, class Body, class Partitioner = auto_partitioner>
requires requires(Range const& r) { r.is_divisible(); }
void parallel_for(Range const& range, Body const& body, Partitioner = {}) {
  std::vector<Range> pieces;
  std::deque<Range> open{range};
  while (!open.empty()) {
    Range piece = open.front();
    open.pop_front();
    if (piece.is_divisible() && pieces.size() + open.size() < 64) {
      open.emplace_back(piece, split{});
      open.push_back(piece);
    } else if (!piece.empty()) {
      pieces.push_back(piece);
    }
  }
  on_threads::for_each_index(pieces.size(), [&](std::size_t i) { body(std::as_const(pieces[i])); });
}

template <class... Functions>
void parallel_invoke(Functions const&... functions) {
  std::vector<std::function<void()>> const all{std::cref(functions)...};
  on_threads::for_each_index(all.size(), [&](std::size_t i) { all[i](); });
}

class global_control {
 public:
  enum parameter { max_allowed_parallelism, thread_stack_size };
  global_control(parameter what, std::size_t value) : what_(what) {
    if (what_ == max_allowed_parallelism)
      before_ = on_threads::allowed().exchange(static_cast<int>(value));
  }
  global_control(global_control const&) = delete;
  global_control& operator=(global_control const&) = delete;
  ~global_control() {
    if (what_ == max_allowed_parallelism) on_threads::allowed().store(before_);
  }

 private:
  parameter what_;
  int before_ = 0;
};

class task_arena {
 public:
  static constexpr int automatic = -1;
  enum class priority { low, normal, high };
  explicit task_arena(int width = automatic, unsigned = 1, priority = priority::normal)
      : width_(width == automatic ? on_threads::place{}.width : width) {}
  task_arena(task_arena const&) = delete;
  task_arena& operator=(task_arena const&) = delete;
  ~task_arena() {
    for (std::thread& thread : enqueued_) thread.join();
  }
  void initialize() {}
  void initialize(int width, unsigned = 1) { width_ = width; }
  [[nodiscard]] int max_concurrency() const { return width_; }
  template <class Function>
  decltype(auto) execute(Function&& f) {
    on_threads::moved const scope({width_, on_threads::here.depth, on_threads::here.index});
    return std::forward<Function>(f)();
  }
  /// Each task has a thread of its own; never more than 64.
  template <class Function>
  void enqueue(Function f) {
    for (; enqueued_.size() > 63; enqueued_.pop_front()) enqueued_.front().join();
    enqueued_.emplace_back([width = width_, f = std::move(f)] {
      on_threads::moved const scope({width, 0, 0});
      f();
    });
  }

 private:
  int width_;
  std::deque<std::thread> enqueued_;
};

namespace this_task_arena {
inline int max_concurrency() { return on_threads::here.width; }
inline int current_thread_index() { return on_threads::here.index; }
template <class Function>
decltype(auto) isolate(Function&& f) {
  return std::forward<Function>(f)();
}
}  // namespace this_task_arena

enum task_group_status { not_complete, complete, canceled };

/// Each task has a thread of its own, from run() to wait(); never more than 64.
class task_group {
 public:
  task_group() = default;
  task_group(task_group const&) = delete;
  task_group& operator=(task_group const&) = delete;
  ~task_group() { join_until(0); }

  template <class Function>
  void run(Function f) {
    join_until(63);
    threads_.emplace_back([this, f = std::move(f), at = on_threads::here]() mutable {
      on_threads::moved const scope({at.width, at.depth + 1, at.index});
      if (!cancelled_.load(std::memory_order_relaxed) && !failure_.any()) failure_.guard(f);
    });
  }
  template <class Function>
  task_group_status run_and_wait(Function const& f) {
    failure_.guard(f);
    return wait();
  }
  task_group_status wait() {
    join_until(0);
    bool const was = cancelled_.exchange(false);
    failure_.rethrow();
    return was ? canceled : complete;
  }
  void cancel() { cancelled_ = true; }

 private:
  void join_until(std::size_t left) {
    for (; threads_.size() > left; threads_.pop_front()) threads_.front().join();
  }

  std::deque<std::thread> threads_;
  on_threads::first_exception failure_;
  std::atomic<bool> cancelled_{false};
};

/// A value per thread, made at its first call of local(). Slots are found without ordering threads.
template <class T>
class enumerable_thread_specific {
 public:
  enumerable_thread_specific() : make_([] { return std::make_unique<T>(); }) {}
  template <class Make>
  requires std::is_invocable_r_v<T, Make>
  explicit enumerable_thread_specific(Make make)
      : make_([make = std::move(make)] { return std::unique_ptr<T>(new T(make())); }) {}
  /// Each made of these arguments, as of a T that all begin as.
  template <class... Arguments>
  requires(std::is_constructible_v<T, Arguments const&...> && sizeof...(Arguments) > 0)
  explicit enumerable_thread_specific(Arguments const&... arguments)
      : make_([=] { return std::make_unique<T>(arguments...); }) {}

  T& local() {
    for (slot& s : slots_) {
      std::thread::id owner{};
      auto const me = std::this_thread::get_id();
      if (!s.owner.compare_exchange_strong(owner, me, std::memory_order_relaxed) && owner != me)
        continue;
      if (!s.value) s.value = make_();
      return *s.value;
    }
    throw std::length_error("enumerable_thread_specific: more than 512 threads");
  }
  template <class Function>
  void combine_each(Function f) {
    for (slot& s : slots_)
      if (s.value) f(*s.value);
  }

 private:
  struct slot {
    std::atomic<std::thread::id> owner{};
    std::unique_ptr<T> value;
  };
  std::function<std::unique_ptr<T>()> make_;
  std::array<slot, 512> slots_;
};

}  // namespace tbb
