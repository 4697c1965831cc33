// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/view_source.hpp"

#include "support/volume_source_laws.hpp"

using namespace voxstitch;
using namespace voxstitch::test;

TEST_CASE("view_source: keeps the laws of sources", "[io]") {
  random_source random;
  auto values = random_volume(element_type::int16, {{2, 3, 4, 5, 6}}, random);
  check_volume_source_laws(io::view_source(values.view(), "tzyxc"), values);
}

TEST_CASE("view_source: axes that do not name every voxel are refused", "[io]") {
  any_array<5> values(element_type::uint8, {{1, 2, 3, 4, 5}});
  for (char const* axes : {"zyx", "czyy", "czyxq", "", "cyx"})
    CHECK_THROWS_AS(io::view_source(values.view(), axes), shape_error);
  CHECK_NOTHROW(io::view_source(values.view(), "zyxc"));
}

TEST_CASE("view_source: a target of another shape or type is refused", "[io]") {
  any_array<5> values(element_type::uint8, {{1, 1, 3, 4, 5}});
  io::view_source const source(values.view());
  any_array<5> small(element_type::uint8, {{1, 1, 2, 4, 5}});
  any_array<5> other(element_type::uint16, {{1, 1, 3, 4, 5}});
  auto const all = box<5>::at_origin(values.shape());
  CHECK_THROWS_AS(source.read(all, small.view()), shape_error);
  CHECK_THROWS_AS(source.read(all, other.view()), shape_error);
}
