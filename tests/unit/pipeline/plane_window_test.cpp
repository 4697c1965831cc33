// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/plane_window.hpp"

#include "support/random.hpp"
#include "voxstitch/io/view_source.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

TEST_CASE("plane window: lies around the place and within the volume", "[pipeline]") {
  coord<3> const shape{{10, 100, 30}};
  CHECK(window_around({{{2, 40, 8}}, {{6, 60, 16}}}, shape, 20) ==
        box<3>{{{4, 40, 2}}, {{5, 60, 22}}});
  CHECK(window_around({{{0, 0, 0}}, {{1, 1, 1}}}, shape, 20) == box<3>{{{0, 0, 0}}, {{1, 20, 20}}});
  CHECK(window_around({{{9, 99, 29}}, {{10, 100, 30}}}, shape, 20) ==
        box<3>{{{9, 80, 10}}, {{10, 100, 30}}});
  CHECK(window_around({{{0, 50, 0}}, {{1, 51, 1}}}, shape, 50) ==
        box<3>{{{0, 25, 0}}, {{1, 75, 30}}});
}

TEST_CASE("plane window: all channels of the wanted voxels are read", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  coord<5> const shape{{2, 3, 4, 9, 11}};
  dense_array<std::uint16_t, 5> values(shape);
  for_each_voxel(box<5>::at_origin(shape), [&](coord<5> const& at) {
    values.view()[at] = static_cast<std::uint16_t>(random.between(0, 60000));
  });
  io::view_source const source(any_view<5>(values.view()), "tczyx");
  auto const picture = read_window(source, {{{2, 1, 3}}, {{3, 9, 8}}}, 1);
  REQUIRE(picture.shape() == coord<3>{{8, 5, 3}});
  for_each_voxel(box<3>::at_origin(picture.shape()), [&](coord<3> const& at) {
    CHECK(picture.view()[at] == values.view()(1, at[2], 2, 1 + at[0], 3 + at[1]));
  });
}
