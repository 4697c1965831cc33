// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does Ctrl-C become a clean stop?

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace app {

/// Blocks SIGINT and SIGTERM in this thread and all that it starts, and waits for them in one
/// thread of its own. The first signal requests a stop; the second kills.
class signal_watch {
 public:
  signal_watch() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, wake);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    watcher_ = std::jthread([this](std::stop_token const& quit) { watch(quit); });
  }

  ~signal_watch() {
    watcher_.request_stop();
    pthread_kill(watcher_.native_handle(), wake);
  }
  signal_watch(signal_watch const&) = delete;
  signal_watch& operator=(signal_watch const&) = delete;

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  /// 0, or the signal that came.
  [[nodiscard]] int caught() const { return caught_.load(); }

 private:
  /// Ends the waiting when nothing else does.
  inline static int const wake = SIGRTMIN;

  void watch(std::stop_token const& quit) {
    while (!quit.stop_requested()) {
      int const signal = sigwaitinfo(&set_, nullptr);
      if (signal <= 0 || signal == wake) continue;
      if (caught_.exchange(signal) != 0) {
        std::signal(signal, SIG_DFL);
        pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
        std::raise(signal);
      }
      stop_.request_stop();
    }
  }

  sigset_t set_{};
  std::atomic<int> caught_{0};
  std::stop_source stop_;
  std::jthread watcher_;
};

}  // namespace app
