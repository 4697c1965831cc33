// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is memory for whole blocks asked for, so that touching it is cheap?

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

#if defined(__linux__)
#include <malloc.h>
#include <sys/mman.h>
#endif

#include "voxstitch/core/recycled_memory.hpp"

namespace voxstitch {

namespace detail {

inline constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;
inline constexpr std::size_t cache_line_bytes = 64;

/// Not initialised. Large blocks begin at a huge page, and the system is asked to use such pages:
/// 512 times fewer faults when they are first touched, and fewer misses of the address cache after
/// that.
/// @throws std::bad_alloc
[[nodiscard]] inline void* allocate_new(std::size_t bytes) {
  bool const large = bytes >= 2 * huge_page_bytes;
  std::size_t const alignment = large ? huge_page_bytes : cache_line_bytes;
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, bytes == 0 ? alignment : bytes) != 0)
    throw std::bad_alloc{};
#if defined(__linux__)
  if (large) madvise(memory, bytes / huge_page_bytes * huge_page_bytes, MADV_HUGEPAGE);
#endif
  return memory;
}

#if defined(__linux__)

/// As allocate_new(), or an array that was freed before.
[[nodiscard]] inline void* allocate_large(std::size_t bytes) {
  if (bytes >= recycling_bin::least_bytes)
    if (void* const used = bin().take(bytes)) return used;
  void* const memory = allocate_new(bytes);
  if (bytes >= recycling_bin::least_bytes) bin().count(memory, bytes);
  return memory;
}

struct free_large {
  void operator()(void* memory) const {
    bool const large = malloc_usable_size(memory) >= recycling_bin::least_bytes;
    large ? bin().give(memory) : std::free(memory);
  }
};

#else

[[nodiscard]] inline void* allocate_large(std::size_t bytes) { return allocate_new(bytes); }

struct free_large {
  void operator()(void* memory) const { std::free(memory); }
};

#endif

}  // namespace detail

/// Owns an array of numbers that begins on a cache line and is not initialised.
template <class T>
using large_array = std::unique_ptr<T[], detail::free_large>;

/// @throws std::bad_alloc
template <class T>
[[nodiscard]] large_array<T> make_large_array(std::size_t count) {
  static_assert(std::is_trivially_destructible_v<T> &&
                std::is_trivially_default_constructible_v<T>);
  return large_array<T>(static_cast<T*>(detail::allocate_large(count * sizeof(T))));
}

}  // namespace voxstitch
