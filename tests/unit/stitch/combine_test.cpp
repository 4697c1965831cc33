// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/stitch/combine.hpp"

#include <vector>

#include "support/block_values.hpp"
#include "support/catch.hpp"
#include "voxstitch/stitch/linear.hpp"
#include "voxstitch/stitch/mean.hpp"

using namespace voxstitch;

namespace {

coord<3> const overlap{{1, 2, 3}};
blocking<3> const some_blocks({{{-3, 5, 0}}, {{4, 17, 19}}}, {{3, 4, 5}}, {}, overlap);

void nothing(block<3> const&, box<3> const&, strided_view<float, 4> const&) {}

struct fetches_in_2d {
  void operator()(block<3> const&, box<2> const&, strided_view<float, 4> const&) const {}
};
struct fetches_double {
  void operator()(block<3> const&, box<3> const&, strided_view<double, 4> const&) const {}
};

}  // namespace

static_assert(stitch::block_fetch<decltype(nothing)&>);
static_assert(stitch::block_fetch<test::block_values const&>);
static_assert(!stitch::block_fetch<fetches_in_2d>);
static_assert(!stitch::block_fetch<fetches_double>);

TEST_CASE("combine: each block that reaches the part is fetched once, in ascending order",
          "[stitch]") {
  test::random_source random;
  CAPTURE(random);
  for (int i = 0; i < 100; ++i) {
    coord<3> const wide = random.shape<3>(6) - coord<3>::filled(1);
    blocking<3> const blocks(test::random_domain(random, 14), random.shape<3>(6), {}, wide);
    box<3> const part = random.box_within(blocks.domain());
    CAPTURE(blocks.domain(), blocks.block_shape(), wide, part);
    std::vector<index_t> expected;
    for (auto const& b : blocks)
      if (!intersection(b.result, part).empty()) expected.push_back(b.index);

    std::vector<index_t> fetched;
    auto const fetch = [&](block<3> const& b, box<3> const& piece,
                           strided_view<float, 4> const& to) {
      CHECK(b == blocks[b.index]);
      CHECK(piece == intersection(b.result, part));
      CHECK(to.shape() == coord{piece.extent(0), piece.extent(1), piece.extent(2), index_t{2}});
      fetched.push_back(b.index);
      fill(to, 0.5f);
    };
    dense_array<float, 4> p(coord{part.extent(0), part.extent(1), part.extent(2), index_t{2}});
    stitch::combine(stitch::mean(wide), blocks, part, fetch, p.view());
    CHECK(fetched == expected);
  }
}

TEST_CASE("combine: views of any strides hold the same values", "[stitch]") {
  box<3> const domain = some_blocks.domain();
  test::block_values const values(domain, 3, 7);
  stitch::linear const policy(overlap);
  auto const expected = test::blended(policy, some_blocks, values, domain.shape());
  auto const [z, y, x] = domain.shape().values;
  dense_array<float, 4> by_class(coord{index_t{3}, z, y, x});
  dense_array<float, 3> transposed(coord{x, y, z});
  stitch::combine(policy, some_blocks, domain, values, by_class.view().permuted({1, 2, 3, 0}),
                  transposed.view().permuted({2, 1, 0}));
  test::blended_volume found(domain, 3);
  copy(by_class.view().permuted({1, 2, 3, 0}),
       strided_view<float, 4>(found.p.data(), {{z, y, x, 3}}));
  copy(transposed.view().permuted({2, 1, 0}),
       strided_view<float, 3>(found.disagreement.data(), {{z, y, x}}));
  CHECK(found == expected);
}

TEST_CASE("combine: probabilities are the same with and without a disagreement map", "[stitch]") {
  box<3> const part{{{-2, 6, 3}}, {{3, 9, 17}}};
  test::block_values const values(some_blocks.domain(), 2, 8);
  auto const [z, y, x] = part.shape().values;
  dense_array<float, 4> with(coord{z, y, x, index_t{2}});
  dense_array<float, 4> without(with.shape());
  dense_array<float, 3> map(part.shape());
  stitch::mean const policy(overlap);
  stitch::combine(policy, some_blocks, part, values, with.view(), map.view());
  stitch::combine(policy, some_blocks, part, values, without.view());
  CHECK(std::equal(with.data(), with.data() + with.view().size(), without.data()));
}

TEST_CASE("combine: nothing is fetched for an empty part", "[stitch]") {
  bool called = false;
  auto const fetch = [&](auto const&...) { called = true; };
  box<3> const part{{{0, 6, 7}}, {{2, 8, 7}}};
  stitch::combine(stitch::mean(overlap), some_blocks, part, fetch,
                  strided_view<float, 4>(nullptr, {{2, 2, 0, 3}}));
  CHECK(!called);
}

TEST_CASE("combine: what fetch throws reaches the caller", "[stitch]") {
  auto const fetch = [](auto const&...) { throw io_error("no such shard"); };
  dense_array<float, 4> p(coord{1, 1, 1, 2});
  box<3> const part{{{0, 6, 7}}, {{1, 7, 8}}};
  CHECK_THROWS_WITH(stitch::combine(stitch::mean(overlap), some_blocks, part, fetch, p.view()),
                    "no such shard");
}

TEST_CASE("combine: memory is a matter of the part, whatever the overlap", "[stitch]") {
  // 4 + 8 + 4 + 4 bytes per class and 8 more per voxel, and the tables of an axis
  CHECK(stitch::combine_bytes({{10, 20, 30}}, 3) == 6000 * (20 * 3 + 8) + 8 * (10 + 20 + 60));
}

TEST_CASE("combine: what does not fit together is an error that says why", "[stitch]") {
  box<3> const part{{{0, 6, 7}}, {{2, 8, 10}}};
  strided_view<float, 4> const p(nullptr, {{2, 2, 3, 2}});
  auto const combined = [&](coord<3> const& o, box<3> const& where, coord<4> const& shape,
                            strided_view<float, 3> const& map) {
    stitch::combine(stitch::mean(o), some_blocks, where, nothing,
                    strided_view<float, 4>(nullptr, shape), map);
  };
  CHECK_THROWS_AS(combined({{1, 2, 2}}, part, p.shape(), {}), usage_error);
  CHECK_THROWS_WITH(combined({{1, 2, 2}}, part, p.shape(), {}),
                    "combine: the blocks overlap by 1,2,3 voxels (z, y, x), but the policy blends "
                    "over 1,2,2; divide the domain with the policy's overlap()");
  box<3> const outside{{{0, 4, 7}}, {{2, 6, 10}}};
  CHECK_THROWS_AS(combined(overlap, outside, p.shape(), {}), shape_error);
  CHECK_THROWS_WITH(combined(overlap, outside, p.shape(), {}),
                    "combine: the part [0:2, 4:6, 7:10] leaves the domain [-3:4, 5:17, 0:19]; ask "
                    "for voxels of the domain");
  CHECK_THROWS_WITH(combined(overlap, part, {{2, 3, 3, 2}}, {}),
                    "combine: p is a view of 2,3,3 voxels (z, y, x), but the part [0:2, 6:8, 7:10] "
                    "has 2,2,3");
  float one = 0;
  CHECK_THROWS_AS(combined(overlap, part, p.shape(), {&one, {{1, 1, 1}}}), shape_error);
  CHECK_THROWS_WITH(combined(overlap, part, p.shape(), {&one, {{1, 1, 1}}}),
                    "combine: disagreement is a view of 1,1,1 voxels (z, y, x), but the part [0:2, "
                    "6:8, 7:10] has 2,2,3");
}
