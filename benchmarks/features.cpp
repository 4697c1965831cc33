// SPDX-License-Identifier: BSL-1.0
// How fast are 61 features of a voxel computed, against vigra's filters?
//
// voxstitch computes a block of 128 x 128 x 128 voxels as the program does, with all the voxels
// around it that its filters reach, tile after tile into a buffer of one tile. vigra's filters get
// the block alone and mirror at its border, which is less work.

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

#include <benchmark/benchmark.h>
#include <tbb/task_arena.h>

#include "baselines/vigra_filters.hpp"
#include "parts.hpp"
#include "support/example_block.hpp"
#include "support/thread_clock.hpp"
#include "voxstitch/core/recycled_memory.hpp"
#include "voxstitch/models/detail/packets.hpp"

namespace voxstitch::benchmarks {

namespace {

constexpr index_t side = 128;
/// Operations per voxel that the filters' formulas ask for, halo and margins left out.
constexpr double flops_per_voxel = 3200;

/// One block, computed again and again as models::pixel_classifier does it.
class block_of_features {
 public:
  explicit block_of_features(index_t extent)
      : bank_(full_selection(), 1), block_(phantom_block(extent, bank_.halo())),
        packet_(models::detail::packet_layout::packet_for(block_.region)),
        slabs_(block_.region, packet_[0]),
        tile_(coord<2>{
            {static_cast<index_t>(bank_.feature_count()), layout_of(0).lanes_per_tile() + 16}}) {}

  /// Slab after slab, tile after tile; `use` gets [feature, lane] of each.
  template <class Use>
  void compute(Use const& use) {
    features::presmoothed prepared(slabs_);
    for (index_t s = 0; s < slabs_.count(); ++s) {
      bank_.prepare(block_.input.view(), block_.read, s, block_.domain, prepared);
      auto const layout = layout_of(s);
      for (index_t i = 0; i < layout.tile_count(); ++i) {
        bank_.compute(prepared, layout.tile(i), packet_, scratch_, tile_.view());
        use(tile_.view());
      }
    }
  }

  [[nodiscard]] index_t voxels() const { return block_.region.size(); }

 private:
  [[nodiscard]] models::detail::packet_layout layout_of(index_t slab) const {
    return {slabs_[slab], features::tile_shape(bank_.feature_count(), packet_)};
  }

  features::filter_bank bank_;
  example_block block_;
  coord<3> packet_;
  features::slabs slabs_;
  features::tile_scratch scratch_;
  dense_array<float, 2> tile_;
};

/// The block without what is around it.
[[nodiscard]] dense_array<float, 3> image_of(example_block const& block) {
  dense_array<float, 3> result(block.region.shape());
  auto const all = block.input.view().slice(0, 0);
  copy(all.sub(relative_to(block.region, block.read)), result.view());
  return result;
}

/// Place of a channel in voxstitch's order of features.
[[nodiscard]] std::size_t number_of(features::selection const& s, feature_channel const& channel) {
  std::size_t number = channel.component;
  for (std::size_t row = 0; row < s.filters.size(); ++row)
    for (std::size_t column = 0; column < s.scales.size(); ++column) {
      if (s.filters[row] == channel.filter && column == channel.scale) return number;
      bool const tensor = s.filters[row] >= features::filter::structure_tensor_eigenvalues;
      number += s.chosen[row][column] ? (tensor ? 3 : 1) : 0;
    }
  throw std::logic_error("features: no such channel");
}

/// @throws std::logic_error when both do not make the same features of a voxel that is farther from
/// the border than the filters reach, but for rounding.
void check_same_features() {
  constexpr index_t half = 40;
  constexpr index_t middle = (half * 2 * half + half) * 2 * half + half;
  features::filter_bank const bank(full_selection(), 1);
  auto const block = phantom_block(2 * half, bank.halo());
  auto const rows = rows_of_voxels(bank, block);
  float const* const ours = rows.row(static_cast<std::size_t>(middle));
  compute_with_vigra(full_selection(), image_of(block).data(), {2 * half, 2 * half, 2 * half},
                     [&](feature_channel const& channel) {
                       float const value = ours[number_of(full_selection(), channel)];
                       float const theirs = channel.values[middle * channel.step];
                       if (std::abs(theirs - value) > 0.02f + 1e-3f * std::abs(value))
                         throw std::logic_error("features: voxstitch and vigra disagree");
                     });
}

void report(benchmark::State& state, index_t voxels) {
  state.SetItemsProcessed(state.iterations() * voxels);
  state.counters["flops_per_item"] = flops_per_voxel;
}

void compute_with_filter_bank(benchmark::State& state) {
  memory_recycling const recycling(std::int64_t{1} << 30);  // as the program from block to block
  static block_of_features block(side);
  tbb::task_arena one_thread(1);
  for ([[maybe_unused]] auto _ : state)
    state.SetIterationTime(thread_seconds_of([&] {
      one_thread.execute([&] {
        block.compute([](strided_view<float, 2> tile) { benchmark::DoNotOptimize(tile.data()); });
      });
    }));
  report(state, block.voxels());
}

void compute_with_vigra_filters(benchmark::State& state) {
  static bool const checked = (check_same_features(), true);
  benchmark::DoNotOptimize(checked);
  static auto image = image_of(phantom_block(side, {}));
  for ([[maybe_unused]] auto _ : state)
    state.SetIterationTime(thread_seconds_of([&] {
      compute_with_vigra(
          full_selection(), image.data(), {side, side, side},
          [](feature_channel const& channel) { benchmark::DoNotOptimize(channel.values); });
    }));
  report(state, image.view().size());
}

}  // namespace

void register_features() {
  auto const add = [](std::string const& who, auto* run) {
    benchmark::RegisterBenchmark(("features/61 channels, 3D/" + who).c_str(), run)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  };
  add("voxstitch", compute_with_filter_bank);
  add("vigra", compute_with_vigra_filters);
}

}  // namespace voxstitch::benchmarks
