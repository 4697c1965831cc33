// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/core/recycled_memory.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "voxstitch/core/large_memory.hpp"

using namespace voxstitch;

namespace {

constexpr std::int64_t mebibyte = 1 << 20;

/// The address of an array of that size that is freed at once.
void* freed(std::size_t bytes) { return make_large_array<std::byte>(bytes).get(); }

}  // namespace

TEST_CASE("recycled memory: a freed array is the next one of its size", "[core]") {
  memory_recycling const recycling(64 * mebibyte);
  void* const first = freed(8 * mebibyte);
  auto const other_size = make_large_array<std::byte>(16 * mebibyte);
  auto const again = make_large_array<std::byte>(8 * mebibyte);
  CHECK(again.get() == first);
  auto const taken = make_large_array<std::byte>(8 * mebibyte);
  CHECK(taken.get() != first);
}

TEST_CASE("recycled memory: no more is kept than was allowed, and nothing afterwards", "[core]") {
  detail::recycling_bin bin;
  auto const allowed = bin.allow(100);
  void* const a = std::malloc(60);
  void* const b = std::malloc(60);
  bin.count(a, 60);
  bin.count(b, 60);
  bin.give(a);  // kept: 60 in use and 60 kept are more than 100; freed
  CHECK(bin.take(60) == nullptr);
  bin.give(b);
  CHECK(bin.take(60) == b);
  bin.give(b);
  bin.forbid(allowed);
  CHECK(bin.take(60) == nullptr);
}

TEST_CASE("recycled memory: the oldest array goes where room is needed", "[core]") {
  detail::recycling_bin bin;
  auto const allowed = bin.allow(100);
  void* const old = std::malloc(50);
  void* const young = std::malloc(50);
  for (void* const array : {old, young}) bin.count(array, 50);
  for (void* const array : {old, young}) bin.give(array);
  CHECK(bin.take(40) == nullptr);  // both are much larger; 40 more would be too much
  CHECK(bin.take(50) == young);
  bin.give(young);
  bin.forbid(allowed);
}

TEST_CASE("recycled memory: threads never share an array", "[core]") {
  memory_recycling const recycling(64 * mebibyte);
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (int own = 0; own < 4; ++own)
      threads.emplace_back([&wrong, own] {
        for (int i = 0; i < 200; ++i) {
          auto const numbers = make_large_array<int>(mebibyte);
          numbers[0] = numbers[mebibyte - 1] = own;
          std::this_thread::yield();
          wrong += numbers[0] == own && numbers[mebibyte - 1] == own ? 0 : 1;
        }
      });
  }
  CHECK(wrong == 0);
}
