// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/committer.hpp"

#include <algorithm>
#include <atomic>

#include "support/catch.hpp"
#include "voxstitch/core/error.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

TEST_CASE("committer: every line becomes permanent, once, before finish() returns", "[pipeline]") {
  std::vector<std::string> lines;
  std::size_t commits = 0;
  {
    committer c([&](std::vector<std::string> const& some) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      lines.insert(lines.end(), some.begin(), some.end());
      ++commits;
    });
    std::vector<std::jthread> workers;
    for (int w = 0; w < 4; ++w)
      workers.emplace_back([&c, w] {
        for (int i = 0; i < 100; ++i) c.add(std::to_string(1000 * w + i));
      });
    workers.clear();
    c.finish();
    CHECK(lines.size() == 400);
  }
  std::sort(lines.begin(), lines.end());
  CHECK(std::unique(lines.begin(), lines.end()) == lines.end());
  CHECK(commits < 400);  // together, where the disk was busy
}

TEST_CASE("committer: what waits when it goes is made permanent", "[pipeline]") {
  std::vector<std::string> lines;
  {
    committer c([&](std::vector<std::string> const& some) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      lines.insert(lines.end(), some.begin(), some.end());
    });
    for (int i = 0; i < 5; ++i) c.add("line");
  }
  CHECK(lines.size() == 5);
}

TEST_CASE("committer: a failure reaches whoever comes next", "[pipeline]") {
  std::atomic<int> calls{0};
  committer c([&](std::vector<std::string> const&) {
    ++calls;
    throw io_error("the disk is full");
  });
  c.add("line");
  CHECK_THROWS_WITH(c.finish(), "the disk is full");
  CHECK_THROWS_AS(c.add("another"), io_error);
  CHECK(calls == 1);
}
