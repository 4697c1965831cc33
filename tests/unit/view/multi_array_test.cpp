// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/view/multi_array.hpp"

#include <numeric>
#include <vector>

#include "support/catch.hpp"

using namespace voxstitch;

namespace {

using array_2 = boost::multi_array<int, 2>;
using array_3 = boost::multi_array<int, 3>;
using range = boost::multi_array_types::index_range;

/// Element (z, y, x) has the value 100 z + 10 y + x, counted from the bases.
void number(array_3& a) {
  for (std::size_t z = 0; z < a.shape()[0]; ++z)
    for (std::size_t y = 0; y < a.shape()[1]; ++y)
      for (std::size_t x = 0; x < a.shape()[2]; ++x)
        a[a.index_bases()[0] + long(z)][a.index_bases()[1] + long(y)]
         [a.index_bases()[2] + long(x)] = int(100 * z + 10 * y + x);
}

array_3 numbered() {
  array_3 a(boost::extents[3][4][5]);
  number(a);
  return a;
}

template <class View>
concept writable = requires(View const& v) {
  v(0, 0, 0) = 1;
};

}  // namespace

static_assert(detail::multi_array_like<array_3&>);
static_assert(detail::multi_array_like<array_3 const&>);
static_assert(!detail::multi_array_like<std::vector<int>&>);
static_assert(!detail::multi_array_like<int*&>);
static_assert(!detail::multi_array_like<strided_view<int, 3>&>);

TEST_CASE("a multi_array is viewed in place", "[view]") {
  auto array = numbered();
  auto const v = view_of(array);
  STATIC_REQUIRE(std::is_same_v<decltype(v), strided_view<int, 3> const>);
  CHECK(v.shape() == coord<3>{{3, 4, 5}});
  CHECK(v.data() == array.data());
  CHECK(v(2, 3, 4) == 234);
  v(2, 3, 4) = -1;
  CHECK(array[2][3][4] == -1);
}

TEST_CASE("a const multi_array is viewed read-only", "[view]") {
  auto const array = numbered();
  auto const v = view_of(array);
  STATIC_REQUIRE(std::is_same_v<decltype(v), strided_view<int const, 3> const>);
  STATIC_REQUIRE(!writable<decltype(v)>);
  CHECK(v(1, 2, 3) == 123);
}

TEST_CASE("multi_array_refs and const refs are viewed like arrays", "[view]") {
  std::vector<int> memory(24);
  std::iota(memory.begin(), memory.end(), 0);
  boost::multi_array_ref<int, 3> ref(memory.data(), boost::extents[2][3][4]);
  boost::const_multi_array_ref<int, 3> const_ref(memory.data(), boost::extents[2][3][4]);
  STATIC_REQUIRE(writable<decltype(view_of(ref))>);
  STATIC_REQUIRE(!writable<decltype(view_of(const_ref))>);
  CHECK(view_of(ref)(1, 2, 3) == 23);
  CHECK(view_of(const_ref)(1, 2, 3) == 23);
}

TEST_CASE("sub-arrays are viewed without a copy", "[view]") {
  auto array = numbered();
  auto const v = view_of(array[1]);
  CHECK(v.shape() == coord<2>{{4, 5}});
  CHECK(v(2, 3) == 123);
  v(2, 3) = -1;
  CHECK(array[1][2][3] == -1);
  auto const& constant = array;
  CHECK(view_of(constant[2][1])(4) == 214);
}

TEST_CASE("array views keep their ranges and steps", "[view]") {
  auto array = numbered();
  auto const part = array[boost::indices[range(1, 3)][range(0, 4, 2)][range(1, 5, 3)]];
  auto const v = view_of(part);
  CHECK(v.shape() == coord<3>{{2, 2, 2}});
  CHECK(v(1, 1, 1) == 224);
  CHECK(v(0, 0, 0) == 101);
  auto const plane = array[boost::indices[2][range()][range()]];
  CHECK(view_of(plane)(3, 4) == 234);
}

TEST_CASE("reversed array views start at their own first element", "[view]") {
  auto array = numbered();
  auto const back = array[boost::indices[range(2, -1, -1)][range()][range(4, -1, -2)]];
  auto const v = view_of(back);
  CHECK(v.shape() == coord<3>{{3, 4, 3}});
  CHECK(v(0, 0, 0) == 204);
  CHECK(v(2, 3, 2) == 30);
}

TEST_CASE("index bases other than 0 do not move the first element", "[view]") {
  using bounds = array_3::extent_range;
  array_3 array(boost::extents[bounds(-2, 1)][bounds(7, 11)][bounds(100, 105)]);
  number(array);
  auto const v = view_of(array);
  CHECK(&v(0, 0, 0) == &array[-2][7][100]);
  CHECK(&v(2, 3, 4) == &array[0][10][104]);
  CHECK(v.data() == array.data());
  CHECK(view_of(array[-1])(3, 4) == 134);
}

TEST_CASE("Fortran order is a matter of strides", "[view]") {
  array_2 array(boost::extents[2][3], boost::fortran_storage_order());
  array[1][2] = 5;
  auto const v = view_of(array);
  CHECK(v.strides() == coord<2>{{1, 2}});
  CHECK(v(1, 2) == 5);
}
