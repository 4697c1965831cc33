// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/placed_source.hpp"

#include "support/catch.hpp"
#include "support/volume_source_laws.hpp"
#include "voxstitch/io/view_source.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

TEST_CASE("placed_source: a part is read where it was in the whole", "[io]") {
  random_source random;
  auto whole = random_volume(element_type::uint16, {{1, 2, 7, 9, 11}}, random);
  io::view_source const everything(whole.view(), "czyx");
  box<5> const cut{{{0, 0, 2, 3, 4}}, {{1, 2, 5, 9, 8}}};
  io::view_source const part(whole.view().sub(cut), "czyx");
  io::placed_source const placed(part, everything.description(), cut.inclusive_min);
  STATIC_REQUIRE(io::volume_source<decltype(placed)>);
  CHECK(placed.description().shape == whole.shape());
  box<5> const b{{{0, 1, 3, 3, 5}}, {{1, 2, 5, 8, 8}}};
  any_array<5> values(element_type::uint16, b.shape());
  placed.read(b, values.view());
  CHECK(same_bits(values.view(), whole.view().sub(b)));

  any_array<5> more(element_type::uint16, whole.shape());
  CHECK_THROWS_WITH(placed.read(box<5>::at_origin(whole.shape()), more.view()),
                    Contains("leaves the part"));
  CHECK_THROWS_WITH((io::placed_source(part, everything.description(), coord<5>{{0, 0, 5, 3, 4}})),
                    Contains("leaves the volume"));
}
