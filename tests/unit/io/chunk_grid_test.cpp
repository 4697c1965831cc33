// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/chunk_grid.hpp"

#include "support/catch.hpp"
#include "support/random.hpp"
#include "voxstitch/io/chunk_shape.hpp"

using namespace voxstitch;
using Catch::Matchers::Contains;
using io::chunk_grid;

namespace {

volume_description volume(coord<5> const& shape, std::string const& axes) {
  volume_description description;
  description.shape = shape;
  description.axes = axes;
  description.type = element_type::uint16;
  return description;
}

}  // namespace

TEST_CASE("default_chunk is 64 voxels in space, 1 in time and channels, and fits the volume",
          "[io]") {
  CHECK(io::default_chunk({{5, 3, 100, 200, 300}}) == coord<5>{{1, 1, 64, 64, 64}});
  CHECK(io::default_chunk({{1, 1, 1, 30, 300}}) == coord<5>{{1, 1, 1, 30, 64}});
}

TEST_CASE("chunk_grid counts chunks in the file's order", "[io]") {
  chunk_grid const grid(volume({{1, 2, 5, 7, 9}}, "xyzc"), {{1, 1, 2, 3, 4}});
  CHECK(grid.counts() == coord<5>{{1, 2, 3, 3, 3}});
  CHECK(grid.size() == 54);
  CHECK(grid.chunk_bytes() == 48);
  CHECK(grid.index_of({{0, 1, 0, 0, 0}}) == 1);  // c is the file's fastest axis
  CHECK(grid.index_of({{0, 0, 1, 0, 0}}) == 2);
  CHECK(grid.index_of({{0, 0, 0, 0, 1}}) == 18);
  CHECK(grid.offset_in_file({{0, 1, 2, 1, 2}}) == std::vector<index_t>{8, 3, 4, 1});
  for (index_t index = 0; index < grid.size(); ++index)
    CHECK(grid.index_of(grid.position_of(index)) == index);
}

TEST_CASE("chunk_grid: the chunks tile the volume, and positions_in finds those of a box", "[io]") {
  test::random_source random;
  CAPTURE(random);
  for (int repeat = 0; repeat < 30; ++repeat) {
    auto const shape = random.shape<5>(9);
    auto const chunk = random.shape<5>(4);
    chunk_grid const grid(volume(shape, "tczyx"), chunk);
    auto const wanted = random.box_within(box<5>::at_origin(shape));
    CAPTURE(shape, chunk, to_string(wanted));
    index_t voxels = 0;
    for (index_t index = 0; index < grid.size(); ++index) {
      auto const position = grid.position_of(index);
      auto const b = grid.box_of(position);
      voxels += b.size();
      bool const touches = !intersection(b, wanted).empty();
      CHECK(contains(grid.positions_in(wanted), position) == touches);
      CHECK(grid.padded_box(position).shape() == chunk);
    }
    CHECK(voxels == product(shape));
  }
}

TEST_CASE("chunk_grid: axes that the file lacks have one voxel", "[io]") {
  CHECK_THROWS_AS(chunk_grid(volume({{1, 2, 5, 7, 9}}, "zyx"), {{1, 1, 2, 3, 4}}), shape_error);
  CHECK_THROWS_WITH(chunk_grid(volume({{1, 2, 5, 7, 9}}, "zyx"), {{1, 1, 2, 3, 4}}),
                    Contains("2 voxels along c, but its axes 'zyx' lack c"));
  CHECK_THROWS_WITH(chunk_grid(volume({{1, 1, 5, 7, 9}}, "zyx"), {{1, 1, 2, 0, 4}}),
                    Contains("along y the volume has 7 voxels and a chunk 0"));
}
