// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a person, or a program, see how far a job has come?

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include <unistd.h>

#include "arguments.hpp"
#include "process.hpp"
#include "voxstitch/core/progress.hpp"

namespace app {

enum class progress_style { bar, plain, json, none };

/// @throws usage_error that lists the styles.
[[nodiscard]] inline progress_style parse_progress_style(std::string const& text) {
  if (text.empty()) return isatty(STDERR_FILENO) ? progress_style::bar : progress_style::plain;
  if (text == "bar") return progress_style::bar;
  if (text == "plain") return progress_style::plain;
  if (text == "json") return progress_style::json;
  if (text == "none") return progress_style::none;
  throw usage_error("--progress '" + text + "': allowed are bar, plain, json, none");
}

/// Shows voxels done, rate, memory and time left on standard error until it is destroyed.
class progress_display {
 public:
  progress_display(voxstitch::progress const& voxels, progress_style style)
      : voxels_(voxels), style_(style) {
    if (style != progress_style::none)
      painter_ = std::jthread([this](std::stop_token const& quit) { paint_until(quit); });
  }
  ~progress_display() {
    if (!painter_.joinable()) return;
    painter_.request_stop();
    painter_.join();
    if (style_ == progress_style::bar) std::fputs("\r\033[K", stderr);
  }

 private:
  using clock = std::chrono::steady_clock;

  void paint_until(std::stop_token const& quit) {
    auto const pause = std::chrono::milliseconds(style_ == progress_style::bar ? 200 : 5000);
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, quit, pause, [&] { return quit.stop_requested(); })) {
      if (auto const total = voxels_.total(); std::exchange(total_, total) != total)
        begin_ = clock::now();  // the next part of the work, with a rate of its own
      paint();
    }
  }

  void paint() const {
    double const seconds = std::chrono::duration<double>(clock::now() - begin_).count();
    double const total = std::max(1.0, double(voxels_.total()));
    double const done = std::min(total, double(voxels_.done()));
    double const rate = done / std::max(1e-3, seconds);
    double const left = done > 0 ? (total - done) / rate : 0;
    if (style_ == progress_style::json)
      return void(std::fprintf(
          stderr,
          "{\"voxels\":%.0f,\"total\":%.0f,\"seconds\":%.1f,\"left\":%.1f,\"memory\":%lld}\n", done,
          total, seconds, left, static_cast<long long>(resident_bytes())));
    std::string const eta = done > 0 ? duration_text(left) + " left" : "starting";
    std::string const text = counted(done, "voxels") + " of " + with_unit(total) + ", " +
                             counted(rate, "voxel/s") + ", " + memory_text(resident_bytes()) +
                             ", " + eta;
    if (style_ == progress_style::plain)
      return void(std::fprintf(stderr, "%3.0f %%  %s\n", 100 * done / total, text.c_str()));
    constexpr int width = 30;
    int const filled = static_cast<int>(width * done / total);
    std::fprintf(stderr, "\r\033[K[%s%s] %3.0f %%  %s",
                 std::string(static_cast<std::size_t>(filled), '#').c_str(),
                 std::string(static_cast<std::size_t>(width - filled), '.').c_str(),
                 100 * done / total, text.c_str());
  }

  voxstitch::progress const& voxels_;
  progress_style style_;
  clock::time_point begin_ = clock::now();
  std::int64_t total_ = voxels_.total();  ///< of the work since `begin_`
  std::jthread painter_;
};

}  // namespace app
