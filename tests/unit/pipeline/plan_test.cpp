// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "voxstitch/pipeline/plan.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

plan_request request(coord<3> const& shape, std::int64_t budget) {
  plan_request r;
  r.input.shape = {{1, 1, shape[0], shape[1], shape[2]}};
  r.input.type = element_type::uint16;
  r.region = box<3>::at_origin(shape);
  r.halo = {{38, 38, 38}};
  r.class_count = 3;
  r.scratch_bytes = [](block<3> const& b) { return b.read.size() * 28; };
  r.budget_bytes = budget;
  r.process_bytes = 50 << 20;
  r.threads = 2;
  auto labels = r.input;
  labels.type = element_type::uint8;
  r.datasets.push_back({"l.h5", "/exported_data", labels});
  return r;
}

}  // namespace

TEST_CASE("plan: the peak keeps every budget, and a larger budget never costs more halo",
          "[pipeline]") {
  double previous = 1e9;
  for (std::int64_t budget = std::int64_t{200} << 20; budget < std::int64_t{64} << 30;
       budget *= 2) {
    auto const p = make_plan(request({{2000, 3000, 2500}}, budget));
    CHECK(p.peak_bytes <= budget);
    CHECK(p.overhead.halo <= previous);
    CHECK(product(p.block_shape) <= largest_core_voxels);
    for (std::size_t axis = 0; axis < 3; ++axis) CHECK(p.block_shape[axis] % p.chunk[axis] == 0);
    previous = p.overhead.halo;
  }
}

TEST_CASE("plan: the named budget suffices and a smaller one is refused", "[pipeline]") {
  auto r = request({{300, 300, 300}}, 1 << 20);
  std::int64_t needed = 0;
  try {
    static_cast<void>(make_plan(r));
  } catch (budget_error const& e) {
    std::string const text = e.what();
    auto const at = text.find("at least --ram ");
    REQUIRE(at != std::string::npos);
    needed = std::stoll(text.substr(at + 15)) << 20;
  }
  REQUIRE(needed > 0);
  r.budget_bytes = needed;
  CHECK_NOTHROW(make_plan(r));
  r.budget_bytes = needed - (2 << 20);
  CHECK_THROWS_AS(make_plan(r), budget_error);
}

TEST_CASE("plan: a small budget is called as it was given", "[pipeline]") {
  for (auto const& [bytes, text] : {std::pair<std::int64_t, std::string>{1 << 10, "--ram 1K is"},
                                    {1'500 << 10, "--ram 1500K is"},
                                    {1'000, "--ram 1000 is"},
                                    {2 << 20, "--ram 2M is"},
                                    {(70 << 20) + 1, "--ram 71M is"}})
    CHECK_THROWS_WITH(make_plan(request({{1000, 2000, 2000}}, bytes)), Catch::Contains(text));
}

TEST_CASE("plan: an asked block is rounded up to chunks and counted in voxels", "[pipeline]") {
  auto r = request({{300, 300, 300}}, std::int64_t{8} << 30);
  r.block = {{100, 65, 1}};
  auto const p = make_plan(r);
  CHECK(p.block_shape == coord<3>{{128, 128, 64}});
  CHECK(p.blocks == 2 * 2 * 5);
  CHECK(p.voxels == 27'000'000);
}

TEST_CASE("plan: chunks are clipped to a small volume", "[pipeline]") {
  auto const p = make_plan(request({{10, 300, 40}}, std::int64_t{8} << 30));
  CHECK(p.chunk == coord<3>{{10, 64, 40}});
}

TEST_CASE("plan: a volume of 2^40 voxels is planned at once", "[pipeline]") {
  auto const p = make_plan(request({{1 << 12, 1 << 14, 1 << 14}}, std::int64_t{64} << 30));
  CHECK(p.voxels == index_t{1} << 40);
  CHECK(p.peak_bytes <= std::int64_t{64} << 30);
}

TEST_CASE("plan: what is kept of the mask is part of the peak", "[pipeline]") {
  auto r = request({{512, 2048, 2048}}, std::int64_t{4} << 30);
  auto const without = make_plan(r);
  CHECK(without.mask_cache_bytes == 0);
  CHECK(without.mask_decodes.times == 1);
  volume_description mask = r.input;
  mask.type = element_type::uint8;
  r.mask = mask_plan{mask, {{1, 1, 1, 2048, 2048}}, 5};
  r.block = without.block_shape;
  auto const with = make_plan(r);
  CHECK(with.mask_cache_bytes >= with.block_shape[0] * 2048 * 2048);
  CHECK(with.mask_decodes.times == 1);
  CHECK(with.peak_bytes >= without.peak_bytes + with.mask_cache_bytes);
  CHECK(with.peak_bytes <= r.budget_bytes);
  CHECK(with.price > without.price);
}

TEST_CASE("plan: a mask of many bytes per voxel is read before it becomes one", "[pipeline]") {
  auto r = request({{128, 128, 128}}, std::int64_t{4} << 30);
  r.halo = {};
  r.class_count = 0;
  r.keeps_raw = true;
  auto mask = r.input;
  mask.type = element_type::float64;
  r.mask = mask_plan{mask, coord<5>::filled(1), 0};
  auto const p = make_plan(r);
  CHECK(p.block_bytes >= 9 * product(p.block_shape));
}

TEST_CASE("plan: requests that nothing can be planned for are refused", "[pipeline]") {
  auto const refused = [](auto const& change) {
    auto r = request({{300, 300, 300}}, std::int64_t{1} << 30);
    CHECK_NOTHROW(make_plan(r));
    change(r);
    CHECK_THROWS_AS(make_plan(r), usage_error);
  };
  refused([](plan_request& r) { r.threads = 0; });
  refused([](plan_request& r) { r.shards = 0; });
  refused([](plan_request& r) { r.region = {}; });
  refused([](plan_request& r) {
    r.class_count = 2;
    r.scratch_bytes = {};
  });
}
