// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/classify/detail/lane_operations.hpp"

#include <memory>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "voxstitch/core/simd.hpp"

using namespace voxstitch;
using namespace voxstitch::classify::detail;

namespace {

constexpr std::size_t features = 3;
constexpr std::size_t visits = 21;  // no multiple of a vector's length

lane_mask random_mask(test::random_source& random) {
  lane_mask mask{};
  for (auto& word : mask.words)
    if (random.flip()) word = random.bits() & (random.flip() ? random.bits() : ~0ull);
  return mask;
}

/// A level of some nodes over random codes, many of them equal to a pivot.
struct level_case {
  std::array<std::array<std::int32_t, lanes>, features> codes;
  std::array<code_planes, features> planes;
  std::array<std::int32_t, visits> pivots;
  std::array<pruned_node, visits> nodes;
  std::array<lane_mask, visits> masks;
  branch_list level;

  explicit level_case(test::random_source& random) {
    auto const range = static_cast<std::int32_t>(random.between(1, (1 << code_bits) - 1));
    for (std::size_t f = 0; f < features; ++f) {
      planes[f] = {};
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        codes[f][lane] = static_cast<std::int32_t>(random.between(0, range));
        for (std::size_t b = 0; b < code_bits; ++b)
          if ((codes[f][lane] >> b & 1) != 0) planes[f].bits[b].insert(lane);
      }
    }
    level.clear();
    for (std::uint32_t i = 0; i < visits; ++i) {
      pivots[i] = static_cast<std::int32_t>(random.between(0, range));
      auto const side = [&] {
        auto const number = static_cast<branch>(random.between(0, 1000));
        return random.flip() ? number | leaf_flag : number;
      };
      branch const left = side();
      nodes[i] = {{left, side()},
                  static_cast<std::uint32_t>(random.between(0, features - 1)),
                  code_pivot::of(pivots[i])};
      masks[i] = random_mask(random);
      level.add(visits - 1 - i, i);
    }
  }
};

/// Each lane by itself.
template <class Target>
void check_split(level_case const& c, level_result& result) {
  split_nodes(Target{}, c.nodes.data(), c.planes.data(), c.level, c.masks.data(), result);
  bool right_everywhere = true;
  std::size_t open = 0;
  for (std::size_t i = 0; i < visits; ++i) {
    branch const node = c.level.to[i];
    lane_mask left{}, right{}, same{};
    for_each_lane(c.masks[c.level.place[i]], [&](std::size_t lane) {
      std::int32_t const code = c.codes[c.nodes[node].feature][lane];
      (code < c.pivots[node] ? left : right).insert(lane);
      if (code == c.pivots[node]) same.insert(lane);
    });
    right_everywhere = right_everywhere && result.masks[2 * i].words == left.words &&
                       result.masks[2 * i + 1].words == right.words &&
                       result.child[2 * i] == c.nodes[node].sides[0] &&
                       result.child[2 * i + 1] == c.nodes[node].sides[1] &&
                       (result.occupied[2 * i] != 0) == left.any() &&
                       (result.occupied[2 * i + 1] != 0) == right.any();
    if (!same.any()) continue;
    right_everywhere = right_everywhere && open < result.open_count &&
                       result.open_visit[open] == i && result.open[open].words == same.words;
    ++open;
  }
  CHECK(right_everywhere);
  CHECK(result.open_count == open);
}

template <class Target>
void check_lists(level_result const& result) {
  auto next = std::make_unique<branch_list>();
  auto leaves = std::make_unique<branch_list>();
  next->add(7, 7);  // lists are appended to
  list_children(Target{}, result, visits, *next, *leaves);
  std::size_t inner = 1;
  std::size_t leaf = 0;
  bool right_everywhere = true;
  for (std::uint32_t i = 0; i < 2 * visits; ++i) {
    if (result.occupied[i] == 0) continue;
    bool const is_leaf = (result.child[i] & leaf_flag) != 0;
    branch_list const& list = is_leaf ? *leaves : *next;
    std::size_t const at = is_leaf ? leaf++ : inner++;
    right_everywhere = right_everywhere && list.to[at] == result.child[i] && list.place[at] == i;
  }
  CHECK(right_everywhere);
  CHECK(next->count == inner);
  CHECK(leaves->count == leaf);
}

template <class Target>
void check_bytes(test::random_source& random) {
  std::array<std::uint8_t, lanes> bytes;
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.bits());
  auto const count = static_cast<int>(random.between(1, 8));
  std::array<lane_mask, 8> planes;
  split_bits(Target{}, bytes.data(), count, planes.data());
  lane_mask const mask = random_mask(random);
  std::array<std::uint8_t, lanes> counters;
  counters.fill(17);
  voxstitch::classify::detail::count(Target{}, counters.data(), mask);
  bool right_everywhere = true;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    for (int b = 0; b < count; ++b)
      right_everywhere = right_everywhere && planes[static_cast<std::size_t>(b)].contains(lane) ==
                                                 ((bytes[lane] >> (8 - count + b) & 1) != 0);
    right_everywhere = right_everywhere && counters[lane] == (mask.contains(lane) ? 18 : 17);
  }
  CHECK(right_everywhere);
}

template <class Target>
void check_target(level_case const& c, level_result& result, test::random_source& random) {
  check_split<Target>(c, result);
  check_lists<Target>(result);
  check_bytes<Target>(random);
}

}  // namespace

TEST_CASE("lane operations: every instruction set does what is done lane by lane", "[classify]") {
  test::random_source random;
  CAPTURE(random);
  auto const result = std::make_unique<level_result>();
  for (int round = 0; round < 100; ++round) {
    auto const c = std::make_unique<level_case>(random);
    check_target<simd::baseline>(*c, *result, random);
    if (simd::best_supported() >= simd::target::avx2) check_target<simd::avx2>(*c, *result, random);
    if (simd::best_supported() >= simd::target::avx512)
      check_target<simd::avx512>(*c, *result, random);
  }
}

TEST_CASE("lane operations: the plain functions agree with the processor's own", "[classify]") {
  test::random_source random;
  CAPTURE(random);
  auto const plain = std::make_unique<level_result>();
  auto const own = std::make_unique<level_result>();
  for (int round = 0; round < 100; ++round) {
    auto const c = std::make_unique<level_case>(random);
    portable::split_nodes(c->nodes.data(), c->planes.data(), c->level, c->masks.data(), *plain);
    split_nodes(simd::baseline{}, c->nodes.data(), c->planes.data(), c->level, c->masks.data(),
                *own);
    bool equal = plain->open_count == own->open_count;
    for (std::size_t i = 0; i < 2 * visits; ++i)
      equal = equal && plain->masks[i].words == own->masks[i].words &&
              plain->child[i] == own->child[i] &&
              (plain->occupied[i] != 0) == (own->occupied[i] != 0);
    for (std::size_t k = 0; equal && k < plain->open_count; ++k)
      equal =
          plain->open[k].words == own->open[k].words && plain->open_visit[k] == own->open_visit[k];
    CHECK(equal);
    std::array<std::uint8_t, lanes> bytes;
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.bits());
    std::array<lane_mask, 8> a, b;
    portable::split_bits(bytes.data(), 8, a.data());
    split_bits(simd::baseline{}, bytes.data(), 8, b.data());
    for (std::size_t i = 0; i < 8; ++i) CHECK(a[i].words == b[i].words);
  }
}
