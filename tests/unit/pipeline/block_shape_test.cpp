// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"
#include "voxstitch/pipeline/block_shape.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

/// The definition: sums over the blocks themselves.
grid_overhead counted(block_grid const& g, coord<3> const& shape, coord<3> const& unit) {
  double read = 0;
  double decoded = 0;
  auto const grid = g.blocks(shape);
  for (index_t i = 0; i < grid.size(); ++i) {
    box<3> const b = g.at(grid, i).read;
    read += double(b.size());
    coord<3> const low = zip(b.inclusive_min, unit, [](index_t v, index_t u) { return v / u * u; });
    coord<3> const high =
        zip(b.exclusive_max, unit, [](index_t v, index_t u) { return divide_up(v, u) * u; });
    decoded += double(box<3>{low, min(high, g.volume.exclusive_max)}.size());
  }
  return {read / double(g.region.size()), decoded / double(g.region.size())};
}

}  // namespace

TEST_CASE("overhead: factors equal a count over all blocks", "[pipeline]") {
  block_grid const whole{{{}, {{70, 200, 333}}}, {{}, {{70, 200, 333}}}, {{5, 20, 38}}, {}};
  block_grid const part{
      {{}, {{70, 200, 333}}}, {{{10, 33, 60}}, {{60, 190, 331}}}, {{3, 20, 7}}, {}};
  for (auto const& g : {whole, part}) {
    grid_reading reading(g);
    for (coord<3> const shape : {coord<3>{{8, 16, 16}}, {{64, 64, 64}}, {{70, 100, 400}}}) {
      auto const fast = overhead_of(reading, shape, {{1, 10, 333}});
      auto const slow = counted(g, shape, {{1, 10, 333}});
      CHECK(fast.halo == Approx(slow.halo));
      CHECK(fast.decode == Approx(slow.decode));
    }
  }
}

TEST_CASE("block grid: a region reads beyond its border, but never beyond the volume",
          "[pipeline]") {
  block_grid const g{{{}, {{50, 60, 70}}}, {{{20, 5, 40}}, {{40, 55, 70}}}, {{10, 10, 10}}, {}};
  auto const grid = g.blocks({{64, 64, 64}});
  REQUIRE(grid.size() == 1);
  CHECK(g.at(grid, 0).read == box<3>{{{10, 0, 30}}, {{50, 60, 70}}});
  CHECK(g.at(grid, 0).core == g.region);
}

TEST_CASE("block shape: the cheapest of those that fit", "[pipeline]") {
  box<3> const volume{{}, {{512, 1024, 1024}}};
  grid_reading g(block_grid{volume, volume, {{38, 38, 38}}, {}});
  coord<3> const chunk{{64, 64, 64}};
  auto const halo = [&](coord<3> const& s) { return overhead_of(g, s, {{1, 1, 1}}).halo; };
  auto const all = cheapest_block_shape(
      volume, chunk, [&](coord<3> const& s) -> std::optional<double> { return halo(s); });
  CHECK(to_string(all.value()) == "512,1024,1024");
  auto const part =
      cheapest_block_shape(volume, chunk, [&](coord<3> const& s) -> std::optional<double> {
        if (product(s) > index_t{1} << 24) return std::nullopt;
        return halo(s);
      });
  REQUIRE(part.has_value());
  CHECK(product(*part) <= index_t{1} << 24);
  CHECK(halo(*part) <= halo({{256, 256, 256}}));
}

TEST_CASE("block shape: among equals the smaller one", "[pipeline]") {
  auto const same = [](coord<3> const&) { return std::optional(1.0); };
  CHECK(cheapest_block_shape({{}, {{300, 300, 300}}}, {{64, 64, 64}}, same) ==
        coord<3>{{64, 64, 64}});
}

TEST_CASE("block shape: none when not even a chunk fits", "[pipeline]") {
  auto const nothing = [](coord<3> const&) -> std::optional<double> { return std::nullopt; };
  CHECK_FALSE(cheapest_block_shape({{}, {{100, 100, 100}}}, {{64, 64, 64}}, nothing));
}
