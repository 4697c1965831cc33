// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/geometry/blocking.hpp"

#include <algorithm>
#include <iterator>
#include <ranges>

#include "support/blocking_laws.hpp"
#include "support/catch.hpp"

using namespace voxstitch;

static_assert(std::random_access_iterator<blocking<3>::iterator>);
static_assert(std::sentinel_for<blocking<2>::iterator, blocking<2>::iterator>);
static_assert(std::ranges::random_access_range<blocking<3> const>);

namespace {

/// Blocks of one axis: the others have a single voxel.
blocking<3> along_z(index_t extent, index_t step, index_t halo) {
  return {box<3>::at_origin({{extent, 1, 1}}), {{step, 1, 1}}, {{halo, 0, 0}}};
}

template <std::size_t N>
blocking<N> random_blocking(test::random_source& random, index_t largest) {
  box<N> domain = box<N>::at_origin(random.shape<N>(largest));
  coord<N> origin;
  for (auto& i : origin.values) i = random.between(-100, 100);
  coord<N> const one = coord<N>::filled(1);
  return {shifted(domain, origin), random.shape<N>(largest + 3), random.shape<N>(9) - one,
          random.shape<N>(4) - one};
}

}  // namespace

TEMPLATE_TEST_CASE_SIG("any blocking keeps the laws of blockings", "[geometry]",
                       ((std::size_t N), N), 1, 2, 3) {
  test::random_source random;
  CAPTURE(random);
  for (int i = 0; i < 300; ++i) test::check_blocking_laws(random_blocking<N>(random, 20));
}

TEST_CASE("a remainder of less than half a block joins its neighbour", "[geometry]") {
  auto const blocks = along_z(249, 100, 0);
  REQUIRE(blocks.size() == 2);
  CHECK(blocks[1].core.extent(0) == 149);
  CHECK(blocks.largest_core_shape()[0] == 149);
}

TEST_CASE("a remainder of half a block stands alone", "[geometry]") {
  auto const blocks = along_z(250, 100, 0);
  REQUIRE(blocks.size() == 3);
  CHECK(blocks[2].core.extent(0) == 50);
}

TEST_CASE("a block larger than the domain is clipped to it", "[geometry]") {
  auto const blocks = along_z(30, 400, 38);
  REQUIRE(blocks.size() == 1);
  CHECK(blocks[0].core == blocks.domain());
  CHECK(blocks[0].read == blocks.domain());
  CHECK(blocks.largest_read_shape() == coord<3>{{30, 1, 1}});
}

TEST_CASE("an overlap that would leave the volume is clipped, not dropped", "[geometry]") {
  for (index_t extent : {819, 820, 821}) {  // block 400, halo 20: dropped, 19 to 21 voxels are lost
    auto const blocks = along_z(extent, 400, 20);
    REQUIRE(blocks.size() == 2);
    CHECK(blocks[0].read == box<3>{{{0, 0, 0}}, {{420, 1, 1}}});
    CHECK(blocks[1].core == box<3>{{{400, 0, 0}}, {{extent, 1, 1}}});
    CHECK(blocks[1].read == box<3>{{{380, 0, 0}}, {{extent, 1, 1}}});
  }
}

TEST_CASE("a last voxel makes no block of its own", "[geometry]") {
  auto const blocks = along_z(801, 400, 20);
  REQUIRE(blocks.size() == 2);
  CHECK(blocks[1].core == box<3>{{{400, 0, 0}}, {{801, 1, 1}}});
}

TEST_CASE("margins add up: read is the core grown by overlap and halo", "[geometry]") {
  blocking<2> const blocks(box<2>::at_origin({{100, 100}}), {{50, 50}}, {{3, 4}}, {{1, 2}});
  CHECK(blocks[0].core == box<2>::at_origin({{50, 50}}));
  CHECK(blocks[0].result == box<2>::at_origin({{51, 52}}));
  CHECK(blocks[0].read == box<2>::at_origin({{54, 56}}));
}

TEST_CASE("indices run along the last axis first", "[geometry]") {
  blocking<2> const blocks({{{-5, 10}}, {{5, 40}}}, {{5, 10}});
  CHECK(blocks.counts() == coord<2>{{2, 3}});
  CHECK(blocks[1].core == box<2>{{{-5, 20}}, {{0, 30}}});
  CHECK(blocks[3].core == box<2>{{{0, 10}}, {{5, 20}}});
}

TEMPLATE_TEST_CASE_SIG("the blocks near any box are those that a search of all blocks finds",
                       "[geometry]", ((std::size_t N), N), 1, 2, 3) {
  test::random_source random;
  CAPTURE(random);
  for (int i = 0; i < 300; ++i) {
    auto const blocks = random_blocking<N>(random, 12);
    CAPTURE(blocks.domain(), blocks.block_shape());
    coord<N> const margin = random.template shape<N>(20) - coord<N>::filled(1);
    // boxes that leave the domain, or lie beside it, too
    auto const around = grown(blocks.domain(), coord<N>::filled(10));
    test::check_positions(blocks, margin, random.box_within(around));
    test::check_positions(blocks, blocks.overlap(), random.box_within(blocks.domain()));
  }
}

TEST_CASE("the last block of an axis is found beyond its own first block shape", "[geometry]") {
  auto const blocks = along_z(249, 100, 0);
  CHECK(blocks.positions_within({}, {{{240, 0, 0}}, {{241, 1, 1}}}) ==
        box<3>{{{1, 0, 0}}, {{2, 1, 1}}});
  CHECK(blocks.positions_within({{200, 0, 0}}, {{{0, 0, 0}}, {{1, 1, 1}}}) ==
        box<3>{{{0, 0, 0}}, {{2, 1, 1}}});
}

TEST_CASE("a volume of 2^60 voxels is numbered without overflow", "[geometry]") {
  auto const side = index_t{1} << 20;
  blocking<3> const blocks(box<3>::at_origin(coord<3>::filled(side)), coord<3>::filled(64));
  CHECK(blocks.size() == index_t{1} << 42);
  CHECK(blocks[blocks.size() - 1].core.exclusive_max == coord<3>::filled(side));
}

TEST_CASE("iterators of a blocking are random-access", "[geometry]") {
  blocking<2> const blocks(box<2>::at_origin({{30, 30}}), {{7, 8}}, {{1, 1}});
  auto const begin = blocks.begin();
  auto const end = blocks.end();
  CHECK(end - begin == blocks.size());
  CHECK(std::ranges::distance(blocks) == blocks.size());
  for (index_t i = 0; i < blocks.size(); ++i) {
    CHECK(*(begin + i) == blocks[i]);
    CHECK(*(i + begin) == begin[i]);
    CHECK(*(end - (blocks.size() - i)) == blocks[i]);
    CHECK(((begin + i) <=> end) == std::strong_ordering::less);
  }
  auto it = begin;
  CHECK(it++ == begin);
  CHECK(it == begin + 1);
  CHECK(it-- == begin + 1);
  CHECK(++it - 1 == begin);
  CHECK(--it == begin);
  CHECK((it += 3) - begin == 3);
  CHECK((it -= 3) == begin);
}

TEST_CASE("blocks are found by binary search over the range", "[geometry]") {
  blocking<1> const blocks(box<1>::at_origin({{1000}}), {{10}});
  auto const first = [](block<1> const& b) { return b.core.inclusive_min[0]; };
  auto const found = std::ranges::upper_bound(blocks, index_t{456}, {}, first) - 1;
  CHECK(contains((*found).core, coord<1>{{456}}));
}

TEST_CASE("blocks rounded up to chunks never share a chunk", "[geometry]") {
  CHECK(rounded_up_to_chunks<3>({{1, 64, 65}}, {{64, 64, 64}}) == coord<3>{{64, 64, 128}});
  test::random_source random;
  CAPTURE(random);
  for (int i = 0; i < 100; ++i) {
    auto const chunk = random.shape<2>(8);
    auto const step = rounded_up_to_chunks(random.shape<2>(20), chunk);
    for (auto const& b : blocking<2>(box<2>::at_origin(random.shape<2>(60)), step))
      for (std::size_t axis = 0; axis < 2; ++axis)
        CHECK(b.core.inclusive_min[axis] % chunk[axis] == 0);
  }
}

TEST_CASE("what cannot be divided into blocks is a shape_error that says why", "[geometry]") {
  using blocks = blocking<2>;
  auto const domain = box<2>::at_origin({{10, 10}});
  CHECK_THROWS_AS(blocks(box<2>{}, {{1, 1}}), shape_error);
  CHECK_THROWS_WITH(blocks(box<2>::at_origin({{10, 0}}), {{1, 1}}),
                    "blocking: axis 1: the domain [0:10, 0:0] is empty");
  CHECK_THROWS_WITH(blocks(domain, {{0, 4}}),
                    "blocking: axis 0: the block shape 0,4 must be at least 1");
  CHECK_THROWS_WITH(blocks(domain, {{4, 4}}, {{0, -1}}),
                    "blocking: axis 1: halo 0,-1 and overlap 0,0 must not be negative");
  CHECK_THROWS_AS(blocks(domain, {{4, 4}}, {}, {{-1, 0}}), shape_error);
}
