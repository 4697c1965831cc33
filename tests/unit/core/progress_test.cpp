// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/core/progress.hpp"

#include <thread>
#include <vector>

#include "support/catch.hpp"

using namespace voxstitch;

TEST_CASE("progress adds up what all workers did", "[core]") {
  progress done;
  done.start(40000);
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i)
    workers.emplace_back([&] {
      for (int j = 0; j < 1000; ++j) done.advance(10);
    });
  for (auto& worker : workers) worker.join();
  CHECK(done.done() == 40000);
  CHECK(done.total() == 40000);
}

TEST_CASE("progress starts again from nothing", "[core]") {
  progress done;
  done.start(5);
  done.advance(5);
  done.start(7);
  CHECK(done.done() == 0);
  CHECK(done.total() == 7);
}
