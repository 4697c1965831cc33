// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/unit_cache.hpp"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "voxstitch/core/error.hpp"

using namespace voxstitch;
using namespace voxstitch::io;

namespace {

/// Asks for units whose every byte is their key, and counts how many had to be decoded.
class counted_cache {
 public:
  explicit counted_cache(std::int64_t capacity) : cache_(capacity) {}
  bool ask(index_t key, index_t next_use) {
    auto const unit = cache_.get(key, unit_bytes, next_use, [&](std::byte* bytes) {
      ++decoded_;
      std::fill(bytes, bytes + unit_bytes, static_cast<std::byte>(key));
    });
    return unit[0] == static_cast<std::byte>(key) &&
           unit[unit_bytes - 1] == static_cast<std::byte>(key);
  }
  void forget_before(index_t step) { cache_.forget_before(step); }
  [[nodiscard]] int decoded() const { return decoded_; }
  [[nodiscard]] std::int64_t bytes() const { return cache_.bytes(); }
  static constexpr std::int64_t unit_bytes = 100;

 private:
  unit_cache cache_;
  std::atomic<int> decoded_{0};
};

}  // namespace

TEST_CASE("unit_cache: what is wanted again is decoded once", "[io]") {
  counted_cache cache(250);
  CHECK(cache.ask(1, 5));
  CHECK(cache.ask(2, 6));
  CHECK(cache.ask(1, 7));
  CHECK(cache.ask(2, never));
  CHECK(cache.decoded() == 2);
  CHECK(cache.bytes() == 100);
  CHECK(cache.ask(1, never));
  CHECK(cache.decoded() == 2);
  CHECK(cache.bytes() == 0);
}

TEST_CASE("unit_cache: what is never wanted again is not kept", "[io]") {
  counted_cache cache(1000);
  CHECK(cache.ask(1, never));
  CHECK(cache.bytes() == 0);
  CHECK(cache.ask(1, never));
  CHECK(cache.decoded() == 2);
}

TEST_CASE("unit_cache: where room is short, what is wanted last goes first", "[io]") {
  counted_cache cache(200);
  CHECK(cache.ask(1, 10));
  CHECK(cache.ask(2, 30));
  CHECK(cache.ask(3, 20));  // 2 goes
  CHECK(cache.ask(4, 40));  // is itself wanted last
  CHECK(cache.bytes() == 200);
  CHECK(cache.ask(1, never));
  CHECK(cache.ask(3, never));
  CHECK(cache.decoded() == 4);
  CHECK(cache.ask(2, never));
  CHECK(cache.decoded() == 5);
}

TEST_CASE("unit_cache: what a read that was left out wanted is dropped", "[io]") {
  counted_cache cache(1000);
  CHECK(cache.ask(1, 3));
  CHECK(cache.ask(2, 4));
  cache.forget_before(4);
  CHECK(cache.bytes() == 100);
  CHECK(cache.ask(2, never));
  CHECK(cache.decoded() == 2);
}

TEST_CASE("unit_cache: a cyclic scan of more than fits keeps what fits", "[io]") {
  counted_cache cache(600);
  for (index_t step = 0; step < 100; ++step) CHECK(cache.ask(step % 10, step + 10));
  CHECK(cache.decoded() < 50);  // a least-recently-used cache would decode 100
}

TEST_CASE("unit_cache: a unit wanted by many threads at once is decoded once", "[io]") {
  counted_cache cache(10000);
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] {
        for (index_t key = 0; key < 100; ++key) wrong += cache.ask(key, 1000) ? 0 : 1;
      });
  }
  CHECK(wrong == 0);
  CHECK(cache.decoded() == 100);
  CHECK(cache.bytes() == 10000);
}

TEST_CASE("unit_cache: threads that push each other's units out read the right values", "[io]") {
  test::random_source random;
  CAPTURE(random);
  std::vector<std::uint64_t> seeds(4);
  for (auto& seed : seeds) seed = static_cast<std::uint64_t>(random.bits());
  counted_cache cache(500);
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (auto seed : seeds)
      threads.emplace_back([&cache, &wrong, seed]() mutable {
        for (int i = 0; i < 2000; ++i) {
          seed = seed * 6364136223846793005U + 1442695040888963407U;
          auto const key = static_cast<index_t>(seed >> 60U);
          auto const next = static_cast<index_t>(seed >> 40U & 7U);
          wrong += cache.ask(key, next == 0 ? never : next) ? 0 : 1;
        }
      });
  }
  CHECK(wrong == 0);
  CHECK(cache.bytes() <= 500);
}

TEST_CASE("unit_cache: a unit that cannot be decoded is an error each time, and is not kept",
          "[io]") {
  unit_cache cache(1000);
  auto const broken = [](std::byte*) { throw format_error("damaged"); };
  for (int i = 0; i < 2; ++i)
    CHECK_THROWS_WITH(static_cast<void>(cache.get(1, 100, 5, broken)), "damaged");
  CHECK(cache.bytes() == 0);
  CHECK_NOTHROW(static_cast<void>(cache.get(1, 100, 5, [](std::byte*) {})));
  CHECK(cache.bytes() == 100);
}
