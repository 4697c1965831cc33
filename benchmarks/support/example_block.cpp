// SPDX-License-Identifier: BSL-1.0
#include "support/example_block.hpp"

#include <cstdlib>
#include <filesystem>

#include "voxstitch/io/open_source.hpp"
#include "voxstitch/models/detail/packets.hpp"
#include "voxstitch/synthetic/phantom.hpp"

namespace voxstitch::benchmarks {

namespace {

/// A synthetic brain, and a place in it with many cells and vessels.
constexpr coord<3> phantom_shape{{512, 512, 512}};
constexpr coord<3> phantom_middle{{384, 408, 328}};

[[nodiscard]] box<3> phantom_cube(index_t side) {
  coord<3> const low = phantom_middle - coord<3>::filled(side / 2);
  return {low, low + coord<3>::filled(side)};
}

[[nodiscard]] example_block made_block(box<3> const& domain, box<3> const& region,
                                       coord<3> const& halo) {
  example_block block{domain, grown_within(region, halo, domain), region, {}};
  coord<3> const s = block.read.shape();
  block.input = dense_array<float, 4>(coord<4>{{1, s[0], s[1], s[2]}});
  return block;
}

/// Calls `f(tile, layout, features [feature, lane])` for every `step`-th tile.
template <class Function>
void for_each_tile(features::filter_bank const& bank, example_block const& block, index_t step,
                   Function f) {
  using layout_type = models::detail::packet_layout;
  auto const tile_shape =
      features::tile_shape(bank.feature_count(), layout_type::packet_for(block.region));
  layout_type const layout(block.region, tile_shape);
  auto const prepared = bank.prepare(block.input.view(), block.read, block.region, block.domain);
  dense_array<float, 2> tile_features(
      coord<2>{{static_cast<index_t>(bank.feature_count()), layout.lanes_per_tile()}});
  features::tile_scratch scratch;
  for (index_t i = 0; i < layout.tile_count(); i += step) {
    bank.compute(prepared, layout.tile(i), layout.packet_shape(), scratch, tile_features.view());
    f(layout.tile(i), layout, tile_features.view());
  }
}

}  // namespace

example_block phantom_block(index_t side, coord<3> const& halo) {
  auto block = made_block(box<3>::at_origin(phantom_shape), phantom_cube(side), halo);
  dense_array<std::uint16_t, 3> raw(block.read.shape());
  synthetic::phantom(phantom_shape).raw(block.read, raw.view());
  copy(raw.view(), block.input.view().slice(0, 0));
  return block;
}

std::vector<int> phantom_classes(index_t side) {
  constexpr std::array classes{0, 0, 0, 1, 2, 1};  // of background, tissue, cell, vessel, axon
  dense_array<std::uint8_t, 3> truth(coord<3>::filled(side));
  synthetic::phantom(phantom_shape).truth(phantom_cube(side), truth.view());
  std::vector<int> result;
  for (index_t i = 0; i < truth.view().size(); ++i) result.push_back(classes[truth.data()[i]]);
  return result;
}

std::optional<std::string> brain_folder() {
  char const* const wish = std::getenv("VOXSTITCH_TEST_DATA");
  std::filesystem::path const data =
      wish != nullptr && *wish != '\0'
          ? std::filesystem::path(wish)
          : std::filesystem::path(VOXSTITCH_SOURCE_DIR) / "../shared/data";
  auto const folder = data / "brain-lightsheet";
  if (!std::filesystem::is_directory(folder)) return std::nullopt;
  return folder.string();
}

example_block brain_block(box<3> const& region, coord<3> const& halo) {
  auto const opened = io::open_source(brain_folder().value() + "/slices/slice_*.tif", {});
  auto const& d = opened.source.description();
  auto block = made_block(box<3>::at_origin({{d.shape[2], d.shape[3], d.shape[4]}}), region, halo);
  auto const& lo = block.read.inclusive_min;
  auto const& hi = block.read.exclusive_max;
  dense_array<std::uint16_t, 5> raw(block.input.view().expanded(0).shape());
  opened.source.read({{{0, 0, lo[0], lo[1], lo[2]}}, {{1, 1, hi[0], hi[1], hi[2]}}}, raw.view());
  copy(raw.view(), block.input.view().expanded(0));
  return block;
}

features::selection full_selection() {
  features::selection all;
  all.filters.assign(features::all_filters.begin(), features::all_filters.end());
  for (double sigma : {0.3, 0.7, 1.0, 1.6, 3.5, 5.0, 10.0}) all.scales.push_back({sigma, false});
  all.chosen.assign(all.filters.size(), std::vector<bool>(all.scales.size(), true));
  for (std::size_t i = 1; i < all.filters.size(); ++i) all.chosen[i][0] = false;
  return all;
}

feature_rows rows_of_tiles(features::filter_bank const& bank, example_block const& block,
                           index_t step) {
  feature_rows rows{bank.feature_count(), 0, {}};
  for_each_tile(bank, block, step, [&](auto const&, auto const&, auto const& features) {
    rows.per_tile = static_cast<std::size_t>(features.extent(1));
    for (index_t lane = 0; lane < features.extent(1); ++lane)
      for (index_t f = 0; f < features.extent(0); ++f) rows.values.push_back(features(f, lane));
  });
  return rows;
}

feature_rows rows_of_voxels(features::filter_bank const& bank, example_block const& block) {
  auto const channels = static_cast<index_t>(bank.feature_count());
  feature_rows rows{bank.feature_count(), 0, {}};
  rows.values.resize(static_cast<std::size_t>(block.region.size() * channels));
  coord<3> const s = block.region.shape();
  strided_view<float, 4> const all(rows.values.data(), {{s[0], s[1], s[2], channels}});
  for_each_tile(bank, block, 1, [&](box<3> const& tile, auto const& layout, auto const& features) {
    box<3> const at = relative_to(tile, block.region);
    auto const& lo = at.inclusive_min;
    auto const& hi = at.exclusive_max;
    layout.scatter(features, tile,
                   all.sub({{{lo[0], lo[1], lo[2], 0}}, {{hi[0], hi[1], hi[2], channels}}}));
  });
  return rows;
}

}  // namespace voxstitch::benchmarks
