// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do finished blocks become permanent without anybody waiting for the disk?

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace voxstitch::pipeline {

/// Hands lines to a thread of its own, which makes permanent, at once, all that came since the last
/// time. Who adds a line waits only when the disk is far behind.
class committer {
 public:
  /// @param commit makes lines permanent; called by one thread
  explicit committer(std::function<void(std::vector<std::string> const&)> commit)
      : commit_(std::move(commit)),
        thread_([this](std::stop_token const& quit) { work_until(quit); }) {}
  committer(committer const&) = delete;
  committer& operator=(committer const&) = delete;
  ~committer() = default;

  /// @throws what an earlier line met.
  /// @thread_safety may be called concurrently
  void add(std::string line) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() < most_waiting || failure_; });
    if (failure_) std::rethrow_exception(failure_);
    waiting_.push_back(std::move(line));
    changed_.notify_all();
  }

  /// Waits until every line is permanent.
  /// @throws what a line met.
  void finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return (waiting_.empty() && !busy_) || failure_; });
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  static constexpr std::size_t most_waiting = 16;

  void work_until(std::stop_token const& quit) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, quit, [&] { return !waiting_.empty(); })) {
      auto const lines = std::exchange(waiting_, {});
      busy_ = true;
      lock.unlock();
      std::exception_ptr met;
      try {
        commit_(lines);
      } catch (...) {
        met = std::current_exception();
      }
      lock.lock();
      busy_ = false;
      if (met) failure_ = met;
      changed_.notify_all();
      if (met) return;
    }
  }

  std::function<void(std::vector<std::string> const&)> commit_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::string> waiting_;
  bool busy_ = false;
  std::exception_ptr failure_;
  std::jthread thread_;
};

}  // namespace voxstitch::pipeline
