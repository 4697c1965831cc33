// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/view/element_type.hpp"

#include <cstdint>
#include <type_traits>

#include "support/catch.hpp"

using namespace voxstitch;

static_assert(element_type_of<std::uint16_t> == element_type::uint16);
static_assert(element_type_of<double> == element_type::float64);
static_assert(is_element<float>);
static_assert(!is_element<bool>);
static_assert(!is_element<float const>);
static_assert(!is_element<long double>);

TEST_CASE("every element type knows its size, its name and its C++ type", "[view]") {
  for (element_type type : all_element_types) {
    CAPTURE(to_string(type));
    CHECK(element_type_named(to_string(type)) == type);
    visit_type(type, [&]<class T>() {
      CHECK(element_type_of<T> == type);
      CHECK(size_of(type) == sizeof(T));
      bool const is_float = to_string(type).starts_with("float");
      bool const is_unsigned = to_string(type).starts_with("u");
      CHECK(std::is_floating_point_v<T> == is_float);
      CHECK(std::is_unsigned_v<T> == is_unsigned);
      CHECK(to_string(type).ends_with(std::to_string(8 * sizeof(T))));
    });
  }
}

TEST_CASE("numpy's names are understood, others are not", "[view]") {
  CHECK(element_type_named("float32") == element_type::float32);
  CHECK(!element_type_named("float"));
  CHECK(!element_type_named("float16"));
  CHECK(!element_type_named(""));
}

TEST_CASE("a value that is no element type is an error", "[view]") {
  CHECK_THROWS_AS(size_of(static_cast<element_type>(99)), usage_error);
}
