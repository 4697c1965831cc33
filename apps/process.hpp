// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does this process use, and how is its allocator kept from using more?

#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

namespace app {

/// Bytes of this process that are in memory now.
[[nodiscard]] inline std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t pages = 0;
  std::int64_t resident = 0;
  file >> pages >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

/// The most that ever was. (Resource usage would count the parent's memory, too, where that
/// process began this one.)
[[nodiscard]] inline std::int64_t peak_resident_bytes() {
  std::ifstream file("/proc/self/status");
  std::int64_t kibibytes = 0;
  for (std::string word; file >> word;)
    if (word == "VmHWM:" && file >> kibibytes) return kibibytes * 1024;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

/// User and system time of all threads.
[[nodiscard]] inline double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto const seconds = [](timeval const& t) { return double(t.tv_sec) + 1e-6 * double(t.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Of this machine; empty where it has no name.
[[nodiscard]] inline std::string host_name() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

/// The time now, as 2026-01-31T12:00:00Z.
[[nodiscard]] inline std::string time_text() {
  auto const now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%FT%TZ", std::gmtime(&now));
  return text;
}

/// Few arenas, and all that is as large as a chunk straight from and back to the system: otherwise
/// freed memory of one block is not there for the next, and the budget is not kept.
inline void bound_allocator() {
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_MMAP_THRESHOLD, 1 << 17);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

}  // namespace app
