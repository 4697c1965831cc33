// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/view/strided_view.hpp"

#include <concepts>
#include <numeric>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "voxstitch/view/rows.hpp"

using namespace voxstitch;

static_assert(std::convertible_to<strided_view<int, 2>, strided_view<int const, 2>>);
static_assert(!std::convertible_to<strided_view<int const, 2>, strided_view<int, 2>>);
static_assert(!std::convertible_to<strided_view<int, 2>, strided_view<float const, 2>>);
static_assert(!std::convertible_to<strided_view<int, 2>, strided_view<int, 3>>);
static_assert(std::regular_invocable<strided_view<int, 2>, int, int>);
static_assert(!std::invocable<strided_view<int, 2>, int>);

namespace {

/// 0, 1, 2... in memory order.
std::vector<int> counted(index_t n) {
  std::vector<int> values(static_cast<std::size_t>(n));
  std::iota(values.begin(), values.end(), 0);
  return values;
}

}  // namespace

TEST_CASE("dense strides run along the last axis", "[view]") {
  CHECK(dense_strides(coord<3>{{2, 3, 4}}) == coord<3>{{12, 4, 1}});
  auto memory = counted(24);
  strided_view<int, 3> const v(memory.data(), {{2, 3, 4}});
  CHECK(v(1, 2, 3) == 23);
  CHECK(v[{{1, 0, 2}}] == 14);
  CHECK(v.size() == 24);
}

TEST_CASE("const is shallow: a const view writes, a view of const does not", "[view]") {
  auto memory = counted(4);
  strided_view<int, 2> const v(memory.data(), {{2, 2}});
  v(1, 1) = 9;
  CHECK(memory[3] == 9);
  strided_view<int const, 2> const readable = v;
  CHECK(readable(1, 1) == 9);
  STATIC_REQUIRE(!std::is_assignable_v<decltype(readable(0, 0)), int>);
}

TEST_CASE("the default view has no elements", "[view]") {
  strided_view<int, 3> const v;
  CHECK(v.size() == 0);
  CHECK(v.data() == nullptr);
}

TEST_CASE("a sub-view counts from its own first element", "[view]") {
  auto memory = counted(60);
  strided_view<int, 3> const whole(memory.data(), {{3, 4, 5}});
  test::random_source random;
  CAPTURE(random);
  for (int i = 0; i < 100; ++i) {
    auto const part = random.box_within(box<3>::at_origin(whole.shape()));
    auto const sub = whole.sub(part);
    REQUIRE(sub.shape() == part.shape());
    for_each_voxel(box<3>::at_origin(part.shape()),
                   [&](coord<3> const& v) { CHECK(&sub[v] == &whole[v + part.inclusive_min]); });
  }
}

TEST_CASE("a slice drops an axis", "[view]") {
  auto memory = counted(60);
  strided_view<int, 3> const v(memory.data(), {{3, 4, 5}});
  CHECK(v.slice(0, 2).shape() == coord<2>{{4, 5}});
  CHECK(v.slice(1, 3).shape() == coord<2>{{3, 5}});
  CHECK(v.slice(0, 2)(1, 4) == v(2, 1, 4));
  CHECK(v.slice(1, 3)(2, 4) == v(2, 3, 4));
  CHECK(v.slice(2, 4)(2, 1) == v(2, 1, 4));
}

TEST_CASE("an expanded view has an axis more, which a slice takes back", "[view]") {
  auto memory = counted(12);
  strided_view<int, 2> const v(memory.data(), {{3, 4}});
  CHECK(v.expanded(0).shape() == coord<3>{{1, 3, 4}});
  CHECK(v.expanded(1).shape() == coord<3>{{3, 1, 4}});
  CHECK(v.expanded(2).shape() == coord<3>{{3, 4, 1}});
  CHECK(&v.expanded(1)(2, 0, 3) == &v(2, 3));
  for (std::size_t axis = 0; axis < 3; ++axis) {
    CHECK(v.expanded(axis).slice(axis, 0).shape() == v.shape());
    CHECK(v.expanded(axis).slice(axis, 0).strides() == v.strides());
  }
}

TEST_CASE("permuted axes are the same elements", "[view]") {
  auto memory = counted(60);
  strided_view<int, 3> const v(memory.data(), {{3, 4, 5}});
  auto const p = v.permuted({2, 0, 1});
  CHECK(p.shape() == coord<3>{{5, 3, 4}});
  CHECK(&p(4, 1, 3) == &v(1, 3, 4));
}

TEST_CASE("strides may be zero or negative", "[view]") {
  auto memory = counted(4);
  strided_view<int, 1> const backwards(memory.data() + 3, {{4}}, {{-1}});
  CHECK(backwards(0) == 3);
  CHECK(backwards(3) == 0);
  strided_view<int const, 2> const repeated(memory.data(), {{9, 4}}, {{0, 1}});
  CHECK(repeated(8, 2) == 2);
}
