// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a thread that only waits hand work to an arena, which may get no threads?
///
/// TBB promises none: a host may limit it (global_control), or its threads may be waiting
/// themselves, as in a loop of theirs that calls this library. Who waits must then work.

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include <tbb/task_arena.h>
#include <tbb/task_group.h>

namespace voxstitch::pipeline {

/// How long nothing must happen until a waiting thread looks whether anybody works.
inline constexpr std::chrono::milliseconds patience{50};

/// Tasks of an arena, begun by a thread that is none of the arena's.
class handed_work {
 public:
  explicit handed_work(tbb::task_arena& arena) : arena_(arena) {}

  /// @param f must not throw; it is copied
  template <class Function>
  void add(Function f) {
    arena_.execute([&] {
      group_.run([this, f = std::move(f)] {
        ++at_work_;
        f();
        --at_work_;
      });
    });
  }

  /// Works on everything that was handed over, unless somebody is at work.
  void help_if_idle() {
    if (at_work_ == 0) wait();
  }

  /// Until all is done.
  void wait() {
    arena_.execute([this] { group_.wait(); });
  }

 private:
  tbb::task_arena& arena_;
  std::atomic<int> at_work_{0};
  tbb::task_group group_;
};

/// Has `f` done by a thread of the arena and waits; if none begins, this thread does it there.
/// @param f must not throw
template <class Function>
void do_in(tbb::task_arena& arena, Function const& f) {
  struct handover {
    std::atomic_flag begun;
    std::promise<void> done;
  };
  auto const shared = std::make_shared<handover>();
  arena.enqueue([&f, shared] {  // who comes too late must not touch f
    if (shared->begun.test_and_set()) return;
    f();
    shared->done.set_value();
  });
  auto const done = shared->done.get_future();
  while (done.wait_for(patience) != std::future_status::ready)
    if (!shared->begun.test_and_set()) return arena.execute(f);
}

}  // namespace voxstitch::pipeline
