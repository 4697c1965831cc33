// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/core/large_memory.hpp"

#include <cstdint>

#include "support/catch.hpp"

using namespace voxstitch;

TEST_CASE("large memory: arrays of every size begin on a cache line and hold what is written",
          "[core]") {
  for (std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, std::size_t{1} << 21,
                            (std::size_t{1} << 21) + 7}) {
    auto const numbers = make_large_array<float>(count);
    REQUIRE(numbers != nullptr);
    CHECK(reinterpret_cast<std::uintptr_t>(numbers.get()) % 64 == 0);
    for (std::size_t i = 0; i < count; ++i) numbers[i] = static_cast<float>(i % 1000);
    bool kept = true;
    for (std::size_t i = 0; i < count; ++i)
      kept = kept && numbers[i] == static_cast<float>(i % 1000);
    CHECK(kept);
  }
}
