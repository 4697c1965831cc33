// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/core/memory_budget.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/temporary_folder.hpp"

using namespace voxstitch;

TEST_CASE("a lease gives its bytes back when it ends", "[core]") {
  memory_budget budget(100);
  { auto const lease = budget.take(100); }
  CHECK(budget.take(100).bytes() == 100);
  CHECK(budget.total() == 100);
}

TEST_CASE("a moved lease gives its bytes back once", "[core]") {
  memory_budget budget(100);
  auto first = budget.take(60);
  auto second = std::move(first);
  CHECK(second.bytes() == 60);
  first = memory_budget::lease{};
  auto third = budget.take(40);  // would wait for ever if the move had lost or doubled bytes
  second = std::move(third);     // swaps
  CHECK(second.bytes() == 40);
}

TEST_CASE("more than the whole budget is an error, not a wait for ever", "[core]") {
  memory_budget budget(100);
  CHECK_THROWS_AS(budget.take(101), budget_error);
  CHECK_THROWS_WITH(budget.take(101), "memory budget: 101 bytes are needed at once, but only 100 "
                                      "are allowed");
}

TEST_CASE("a taker waits until enough bytes came back", "[core]") {
  memory_budget budget(100);
  auto first = std::make_unique<memory_budget::lease>(budget.take(50));
  auto second = std::make_unique<memory_budget::lease>(budget.take(40));
  std::atomic<bool> got = false;
  std::thread waiter([&] {
    auto const lease = budget.take(60);
    got = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  CHECK(!got);
  second.reset();  // 50 free: not enough yet
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  CHECK(!got);
  first.reset();
  waiter.join();
  CHECK(got);
}

TEST_CASE("who waits long may do something about it", "[core]") {
  memory_budget budget(10);
  auto all = std::make_optional(budget.take(10));
  int asked = 0;
  auto const part = budget.take(4, std::chrono::milliseconds(1), [&] {
    if (++asked == 3) all.reset();
  });
  CHECK(asked == 3);
  CHECK(part.bytes() == 4);
}

TEST_CASE("workers together never hold more than the budget", "[core]") {
  memory_budget budget(1000);
  std::atomic<std::int64_t> held = 0;
  std::atomic<std::int64_t> most = 0;
  auto const work = [&](std::uint64_t seed) {
    test::random_source random(seed);
    for (int i = 0; i < 500; ++i) {
      auto const lease = budget.take(random.between(1, 700));
      std::int64_t const now = held += lease.bytes();
      for (std::int64_t seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      held -= lease.bytes();
    }
  };
  std::vector<std::thread> workers;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) workers.emplace_back(work, seed);
  for (auto& worker : workers) worker.join();
  CHECK(held == 0);
  CHECK(most <= 1000);
  CHECK(budget.take(1000).bytes() == 1000);
}

TEST_CASE("available memory is positive and at most the physical memory", "[core]") {
  auto const physical = std::int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  CHECK(available_memory() > 0);
  CHECK(available_memory() <= physical);
}

TEST_CASE("a limit of the address space lowers the available memory", "[core]") {
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_AS, &before) == 0);
  rlimit low = before;
  low.rlim_cur = std::min<rlim_t>(before.rlim_max, rlim_t{1} << 40);
  REQUIRE(setrlimit(RLIMIT_AS, &low) == 0);
  CHECK(detail::address_space_limit() == static_cast<std::int64_t>(low.rlim_cur));
  REQUIRE(setrlimit(RLIMIT_AS, &before) == 0);
}

TEST_CASE("a cgroup file holds a number, or the word max, or is not there", "[core]") {
  constexpr auto none = std::numeric_limits<std::int64_t>::max();
  test::temporary_folder folder;
  std::ofstream(folder / "number") << "123456789\n";
  std::ofstream(folder / "word") << "max\n";
  CHECK(detail::limit_in_file((folder / "number").c_str()) == 123456789);
  CHECK(detail::limit_in_file((folder / "word").c_str()) == none);
  CHECK(detail::limit_in_file((folder / "absent").c_str()) == none);
}
