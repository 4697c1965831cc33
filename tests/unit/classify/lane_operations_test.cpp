// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/classify/detail/lane_operations.hpp"

#include <array>

#include "support/catch.hpp"
#include "support/random.hpp"

using namespace voxstitch;
using namespace voxstitch::classify::detail;

namespace {

struct lane_case {
  std::array<std::int8_t, lanes> codes;
  std::int8_t pivot;
  lane_mask mask{};
  lane_mask less;
};

lane_mask random_mask(test::random_source& random) {
  lane_mask mask{};
  for (auto& word : mask.words)
    if (random.flip()) word = random.bits() & (random.flip() ? random.bits() : ~0ull);
  return mask;
}

lane_case random_case(test::random_source& random) {
  lane_case c{};
  index_t const range = random.between(0, 127);
  for (auto& code : c.codes) code = static_cast<std::int8_t>(random.between(-range - 1, range));
  c.pivot = static_cast<std::int8_t>(random.between(-range - 1, range));
  c.mask = random_mask(random);
  c.less = random_mask(random);
  return c;
}

/// Each lane by itself.
template <class Target>
void check_case(lane_case const& c) {
  lane_mask less;
  bool const open = compare_codes(Target{}, c.codes.data(), c.pivot, c.mask, less);
  lane_mask const same = same_codes(Target{}, c.codes.data(), c.pivot, c.mask);
  lane_mask left;
  lane_mask right;
  occupied_sides const sides = split(Target{}, c.mask, c.less, left, right);
  std::array<std::uint8_t, lanes> counters;
  counters.fill(17);
  count(Target{}, counters.data(), c.mask);
  bool right_everywhere = true;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    bool const in = c.mask.contains(lane);
    bool const below = c.less.contains(lane);
    right_everywhere = right_everywhere && less.contains(lane) == (c.codes[lane] < c.pivot) &&
                       same.contains(lane) == (in && c.codes[lane] == c.pivot) &&
                       left.contains(lane) == (in && below) &&
                       right.contains(lane) == (in && !below) && counters[lane] == (in ? 18 : 17);
  }
  CHECK(right_everywhere);
  CHECK(open == same.any());
  CHECK(sides.left == left.any());
  CHECK(sides.right == right.any());
}

}  // namespace

TEST_CASE("lane operations: every instruction set does what is done lane by lane", "[classify]") {
  test::random_source random;
  CAPTURE(random);
  for (int round = 0; round < 300; ++round) {
    lane_case const c = random_case(random);
    check_case<simd::baseline>(c);
    if (simd::best_supported() >= simd::target::avx2) check_case<simd::avx2>(c);
    if (simd::best_supported() >= simd::target::avx512) check_case<simd::avx512>(c);
  }
}

TEST_CASE("lane operations: the plain functions agree with the processor's own", "[classify]") {
  test::random_source random;
  CAPTURE(random);
  for (int round = 0; round < 300; ++round) {
    lane_case const c = random_case(random);
    lane_mask plain;
    lane_mask own;
    CHECK(portable::compare_codes(c.codes.data(), c.pivot, c.mask, plain) ==
          compare_codes(simd::baseline{}, c.codes.data(), c.pivot, c.mask, own));
    CHECK(plain.words == own.words);
    CHECK(portable::same_codes(c.codes.data(), c.pivot, c.mask).words ==
          same_codes(simd::baseline{}, c.codes.data(), c.pivot, c.mask).words);
  }
}
