// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/tile_walk.hpp"

#include "support/random.hpp"
#include "voxstitch/io/view_source.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

using walk_of_views = tile_walk<io::view_source>;

plan plan_for(io::view_source const& source, box<3> const& region, coord<3> const& block) {
  auto request = walk_of_views::request_for(source, region, 8);
  request.budget_bytes = std::int64_t{1} << 30;
  auto p = make_plan(request);
  p.block_shape = block;
  return p;
}

dense_array<std::uint16_t, 5> numbered(coord<5> const& shape) {
  dense_array<std::uint16_t, 5> values(shape);
  std::uint16_t next = 0;
  for_each_voxel(box<5>::at_origin(shape), [&](coord<5> const& at) { values.view()[at] = next++; });
  return values;
}

}  // namespace

TEST_CASE("tile walk: every voxel of the region once, with its place", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  coord<5> const shape{{2, 2, 8, 9, 10}};
  auto values = numbered(shape);
  io::view_source const source(any_view<5>(values.view()), "tczyx");
  for (int round = 0; round < 20; ++round) {
    box<3> const region = random.box_within(box<3>::at_origin({{8, 9, 10}}));
    auto const p = plan_for(source, region, random.shape<3>(6));
    CAPTURE(region, p.block_shape);
    progress done;
    index_t voxels = 0;
    bool right = true;
    walk_of_views const walk(source, region, p);
    walk({2, &done, {}}, [&](tile const& t) {
      auto const v = t.values.as<std::uint16_t>();
      voxels += v.size();
      for_each_voxel(box<4>::at_origin(v.shape()), [&](coord<4> const& at) {
        coord<3> const place =
            region.inclusive_min + t.where.inclusive_min + coord<3>{{at[1], at[2], at[3]}};
        right = right && v[at] == values.view()(t.time, at[0], place[0], place[1], place[2]);
      });
    });
    CHECK(right);
    CHECK(voxels == 4 * region.size());
    CHECK(done.done() == 2 * region.size());
  }
}

TEST_CASE("tile walk: what nobody wants is not read, but counts as done", "[pipeline]") {
  coord<5> const shape{{1, 1, 4, 4, 4}};
  auto values = numbered(shape);
  io::view_source const source(any_view<5>(values.view()), "tczyx");
  auto const all = box<3>::at_origin({{4, 4, 4}});
  walk_of_views const walk(source, all, plan_for(source, all, {{2, 4, 4}}));
  progress done;
  int tiles = 0;
  walk(
      {1, &done, {}}, [&](tile const& t) { tiles += t.where.inclusive_min[0] == 2 ? 1 : 100; },
      [](box<3> const& b) { return b.inclusive_min[0] == 2; });
  CHECK(tiles == 1);
  CHECK(done.done() == 64);
}

TEST_CASE("tile walk: a requested stop ends it as cancelled", "[pipeline]") {
  coord<5> const shape{{1, 1, 4, 4, 4}};
  auto values = numbered(shape);
  io::view_source const source(any_view<5>(values.view()), "tczyx");
  auto const all = box<3>::at_origin({{4, 4, 4}});
  walk_of_views const walk(source, all, plan_for(source, all, {{2, 2, 2}}));
  std::stop_source stop;
  stop.request_stop();
  CHECK_THROWS_AS(walk({1, nullptr, stop.get_token()}, [](tile const&) {}), cancelled);
}

TEST_CASE("tile walk: the plan counts what the visitor needs", "[pipeline]") {
  coord<5> const shape{{1, 1, 300, 300, 300}};
  dense_array<float, 5> one(coord<5>{{1, 1, 1, 1, 1}});
  io::view_source const source(any_view<5>(one.data(), element_type::float32, shape, coord<5>{}),
                               "zyx");
  auto request = walk_of_views::request_for(source, box<3>::at_origin({{300, 300, 300}}), 100);
  request.budget_bytes = std::int64_t{100} << 20;
  auto const p = make_plan(request);
  CHECK(p.peak_bytes <= request.budget_bytes);
  CHECK(p.peak_bytes > 100 * product(p.block_shape));
  request.budget_bytes = 1000;
  CHECK_THROWS_AS(make_plan(request), budget_error);
}
