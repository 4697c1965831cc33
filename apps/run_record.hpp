// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What did a job take, stage after stage, and how much memory over time?

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "process.hpp"

namespace app {

class stopwatch {
 public:
  [[nodiscard]] double wall() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }
  [[nodiscard]] double cpu() const { return cpu_seconds() - cpu_begin_; }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double cpu_begin_ = cpu_seconds();
};

/// Resident memory of this process from time to time: however long it takes, there are at most 200
/// points, evenly spread.
class memory_curve {
 public:
  using point = std::pair<double, std::int64_t>;  ///< seconds, bytes

  memory_curve() : sampler_([this](std::stop_token const& quit) { sample_until(quit); }) {}

  [[nodiscard]] std::vector<point> points() const {
    std::lock_guard const lock(mutex_);
    return points_;
  }

 private:
  static constexpr std::size_t most_points = 200;

  void sample_until(std::stop_token const& quit) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    do {
      take();
    } while (!wake.wait_for(lock, quit, pause_, [&] { return quit.stop_requested(); }));
  }

  void take() {
    point const now{watch_.wall(), resident_bytes()};
    std::lock_guard const lock(mutex_);
    points_.push_back(now);
    if (points_.size() < most_points) return;
    for (std::size_t i = 1; 2 * i < points_.size(); ++i) points_[i] = points_[2 * i];
    points_.resize(points_.size() / 2);
    pause_ *= 2;
  }

  stopwatch watch_;
  std::chrono::milliseconds pause_{50};
  std::vector<point> points_;
  mutable std::mutex mutex_;
  std::jthread sampler_;  // last: what it uses is there before it and after it
};

/// The stages of a job, one after the other.
class run_record {
 public:
  /// Runs `work` as the stage of that name.
  template <class Work>
  void stage(char const* name, Work const& work) {
    stages_.push_back({name, {}, 0, 0, false});
    work();
    auto& s = stages_.back();
    s = {s.name, s.watch, s.watch.wall(), s.watch.cpu(), true};
  }

  [[nodiscard]] stopwatch const& watch() const { return watch_; }

  std::int64_t blocks_before = 0;  ///< that an earlier process had finished

  /// The stage in work counts as far as it has come.
  [[nodiscard]] nlohmann::ordered_json stages() const {
    auto list = nlohmann::ordered_json::array();
    for (auto const& s : stages_)
      list.push_back({{"name", s.name},
                      {"wall_seconds", s.is_done ? s.wall : s.watch.wall()},
                      {"cpu_seconds", s.is_done ? s.cpu : s.watch.cpu()}});
    return list;
  }

  /// [[seconds, bytes], ...]
  [[nodiscard]] nlohmann::ordered_json memory() const {
    auto list = nlohmann::ordered_json::array();
    for (auto const& [seconds, bytes] : curve_.points())
      list.push_back(nlohmann::ordered_json::array({seconds, bytes}));
    return list;
  }

 private:
  struct measured_stage {
    std::string name;
    stopwatch watch;
    double wall = 0;
    double cpu = 0;
    bool is_done = false;
  };

  stopwatch watch_;
  std::vector<measured_stage> stages_;
  memory_curve curve_;
};

}  // namespace app
