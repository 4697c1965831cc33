// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How long does this thread compute, whatever else the machine does?

#include <ctime>
#include <utility>

namespace voxstitch::benchmarks {

/// CPU time of this thread in seconds.
[[nodiscard]] inline double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// CPU time that `f()` takes.
template <class Function>
[[nodiscard]] double thread_seconds_of(Function&& f) {
  double const begin = thread_seconds();
  std::forward<Function>(f)();
  return thread_seconds() - begin;
}

}  // namespace voxstitch::benchmarks
