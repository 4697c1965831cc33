// SPDX-License-Identifier: BSL-1.0
/// @file What if a write, a sync or a rename goes wrong? A library to be preloaded.
///
/// FAULT_AT=n   the n-th call (from 1) goes wrong; others are as always
/// FAULT_HOW    fail: the call fails; kill: the process dies before it; torn: a write writes half
///              of its bytes, then the process dies
/// FAULT_COUNT  a file that gets the number of calls when the process ends

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

std::atomic<long> calls{0};

template <class Function>
Function* original(char const* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

/// Only files: what people read on a terminal does not count.
bool is_file(int descriptor) {
  struct stat status {};
  return descriptor > 2 && fstat(descriptor, &status) == 0 && !S_ISFIFO(status.st_mode) &&
         !S_ISCHR(status.st_mode);
}

enum class fault { none, fail, torn };

/// Counts a call; dies here when that is asked for.
fault next_call() {
  char const* const at = std::getenv("FAULT_AT");
  char const* const how = std::getenv("FAULT_HOW");
  if (calls.fetch_add(1) + 1 != (at == nullptr ? 0 : std::atol(at)) || how == nullptr)
    return fault::none;
  if (std::strcmp(how, "kill") == 0) std::raise(SIGKILL);
  return std::strcmp(how, "torn") == 0 ? fault::torn : fault::fail;
}

template <class Write>
ssize_t faulty_write(int descriptor, std::size_t size, Write write) {
  if (!is_file(descriptor)) return write(size);
  fault const what = next_call();
  if (what == fault::none) return write(size);
  if (what == fault::torn) {
    static_cast<void>(write(size / 2));
    std::raise(SIGKILL);
  }
  errno = ENOSPC;
  return -1;
}

template <class Call>
int faulty(Call call) {
  fault const what = next_call();
  if (what == fault::none) return call();
  if (what == fault::torn) std::raise(SIGKILL);
  errno = EIO;
  return -1;
}

[[gnu::destructor]] void tell() {
  char const* const path = std::getenv("FAULT_COUNT");
  if (path == nullptr) return;
  if (std::FILE* const file = std::fopen(path, "w"); file != nullptr) {
    std::fprintf(file, "%ld\n", calls.load());
    std::fclose(file);
  }
}

}  // namespace

extern "C" {

ssize_t write(int d, void const* bytes, std::size_t size) {
  static auto* const real = original<ssize_t(int, void const*, std::size_t)>("write");
  return faulty_write(d, size, [&](std::size_t n) { return real(d, bytes, n); });
}
ssize_t pwrite(int d, void const* bytes, std::size_t size, off_t at) {
  static auto* const real = original<ssize_t(int, void const*, std::size_t, off_t)>("pwrite");
  return faulty_write(d, size, [&](std::size_t n) { return real(d, bytes, n, at); });
}
ssize_t pwrite64(int d, void const* bytes, std::size_t size, off64_t at) {
  static auto* const real = original<ssize_t(int, void const*, std::size_t, off64_t)>("pwrite64");
  return faulty_write(d, size, [&](std::size_t n) { return real(d, bytes, n, at); });
}
int fsync(int d) {
  static auto* const real = original<int(int)>("fsync");
  return faulty([&] { return real(d); });
}
int fdatasync(int d) {
  static auto* const real = original<int(int)>("fdatasync");
  return faulty([&] { return real(d); });
}
int rename(char const* from, char const* to) noexcept {
  static auto* const real = original<int(char const*, char const*)>("rename");
  return faulty([&] { return real(from, to); });
}
int ftruncate(int d, off_t size) noexcept {
  static auto* const real = original<int(int, off_t)>("ftruncate");
  return faulty([&] { return real(d, size); });
}

}  // extern "C"
