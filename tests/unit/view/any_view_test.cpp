// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/view/any_view.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "support/catch.hpp"
#include "voxstitch/view/rows.hpp"

using namespace voxstitch;

TEST_CASE("an any_view gives its typed view back", "[view]") {
  std::vector<std::uint16_t> memory(24);
  strided_view<std::uint16_t, 3> const typed(memory.data(), {{2, 3, 4}});
  any_view<3> const any = typed.permuted({1, 0, 2});
  CHECK(any.type() == element_type::uint16);
  CHECK(any.shape() == coord<3>{{3, 2, 4}});
  CHECK(any.size() == 24);
  CHECK(any.as<std::uint16_t>().strides() == coord<3>{{4, 12, 1}});
  CHECK(&any.as<std::uint16_t const>()(2, 1, 3) == &memory[23]);
}

TEST_CASE("asking for another type is a shape_error that names both", "[view]") {
  any_array<2> array(element_type::uint8, {{2, 2}});
  CHECK_THROWS_AS(array.view().as<float>(), shape_error);
  CHECK_THROWS_WITH(array.view().as<float>(), "any_view: the elements are uint8, not float32");
}

TEST_CASE("visit passes the view of the elements' own type", "[view]") {
  for (element_type type : all_element_types) {
    any_array<2> array(type, {{3, 4}});
    auto const found = array.view().visit([]<class T>(strided_view<T, 2> const& v) {
      fill(v, T{1});
      return element_type_of<T>;
    });
    CHECK(found == type);
    CHECK(array.bytes().size() == 12 * size_of(type));
    CHECK(std::any_of(array.bytes().begin(), array.bytes().end(),
                      [](std::byte b) { return b != std::byte{}; }));
  }
}

TEST_CASE("a part of an any_view is the part of its typed view", "[view]") {
  std::vector<double> memory(60);
  std::iota(memory.begin(), memory.end(), 0.0);
  strided_view<double, 3> const typed(memory.data(), {{3, 4, 5}});
  box<3> const part{{{1, 1, 2}}, {{3, 3, 5}}};
  auto const sub = any_view<3>(typed).sub(part);
  CHECK(sub.shape() == part.shape());
  CHECK(sub.as<double>()(1, 1, 2) == typed(2, 2, 4));
}

TEST_CASE("an any_array starts with zeros", "[view]") {
  any_array<5> array(element_type::float32, {{1, 2, 3, 4, 5}});
  CHECK(array.shape() == coord<5>{{1, 2, 3, 4, 5}});
  for_each_voxel(box<5>::at_origin(array.shape()),
                 [v = array.view().as<float>()](auto const& at) { CHECK(v[at] == 0.0f); });
}
