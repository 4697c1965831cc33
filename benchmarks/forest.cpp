// SPDX-License-Identifier: BSL-1.0
// How fast do forests classify, against vigra's RandomForest, which ilastik uses?
//
// One iteration classifies the same tiles in either engine. A tile's features are brought into the
// cache before the clock starts, for in the program the filters have just written them.

#include <string>

#include <benchmark/benchmark.h>

#include "parts.hpp"
#include "support/forest_examples.hpp"
#include "support/thread_clock.hpp"

namespace voxstitch::benchmarks {

namespace {

using make_example = forest_example const& (*)();

void report(benchmark::State& state, forest_example const& example) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(example.rows.voxels()));
  state.counters["nodes"] = static_cast<double>(example.nodes);
  state.counters["comparisons"] = example.comparisons;
}

void predict_with_voxstitch(benchmark::State& state, make_example make) {
  forest_example const& e = make();
  auto const features = static_cast<index_t>(e.rows.features);
  auto const lanes = static_cast<index_t>(e.rows.per_tile);
  constexpr index_t padding = 16;  // as in models::pixel_classifier
  dense_array<float, 2> x(coord<2>{{features, lanes + padding}});
  dense_array<float, 2> p(coord<2>{{static_cast<index_t>(e.ours.class_count()), lanes}});
  auto const tile = x.view().sub({{}, {{features, lanes}}});
  for ([[maybe_unused]] auto _ : state) {
    double seconds = 0;
    for (std::size_t i = 0; i < e.rows.voxels() / e.rows.per_tile; ++i) {
      load_tile(e.rows, i, tile);
      seconds += thread_seconds_of([&] { e.ours.predict(tile, p.view()); });
    }
    state.SetIterationTime(seconds);
  }
  report(state, e);
}

void predict_with_vigra(benchmark::State& state, make_example make) {
  forest_example const& e = make();
  std::size_t const count = e.rows.per_tile;
  std::vector<float> p(count * e.ours.class_count());
  for ([[maybe_unused]] auto _ : state) {
    double seconds = 0;
    for (std::size_t first = 0; first < e.rows.voxels(); first += count)
      seconds += thread_seconds_of([&] { e.theirs.predict(e.rows.row(first), count, p.data()); });
    state.SetIterationTime(seconds);
  }
  report(state, e);
}

void register_example(std::string const& name, make_example make) {
  auto const add = [&](char const* who, auto* run) {
    benchmark::RegisterBenchmark(("forest/" + name + "/" + who).c_str(), run, make)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  };
  add("voxstitch", predict_with_voxstitch);
  add("vigra", predict_with_vigra);
}

}  // namespace

void register_forest() {
  register_example("11k nodes", small_forest);
  register_example("60k nodes", middle_forest);
  register_example("360k nodes", large_forest);
  register_example("60k nodes, shuffled voxels", shuffled_voxels);
  if (!brain_folder()) return;
  register_example("real brain, among cells", brain_cells);
  register_example("real brain, plain tissue", brain_tissue);
}

}  // namespace voxstitch::benchmarks
