// SPDX-License-Identifier: BSL-1.0
// What does it cost to stitch blocks and to make outputs of probabilities, against loops over raw
// pointers? These parts move memory and compute little.

#include <cstring>
#include <string>

#include <benchmark/benchmark.h>
#include <tbb/task_arena.h>

#include "parts.hpp"
#include "support/probability_block.hpp"
#include "support/thread_clock.hpp"
#include "voxstitch/geometry/blocking.hpp"
#include "voxstitch/pipeline/recipe.hpp"
#include "voxstitch/stitch/keep_core.hpp"

namespace voxstitch::benchmarks {

namespace {

constexpr index_t class_count = 3;

/// Blocks of 64 x 64 x 64 that overlap by 16, all with the same values, and the whole volume.
struct stitching_example {
  coord<3> shape{{128, 256, 256}};
  blocking<3> blocks{box<3>::at_origin(shape), coord<3>::filled(64), {}, coord<3>::filled(16)};
  dense_array<float, 4> result{with_classes(blocks.largest_result_shape())};
  dense_array<float, 4> whole{with_classes(shape)};

  stitching_example() {
    fill(result.view(), 0.5f);
    fill(whole.view(), 0.0f);
  }
  [[nodiscard]] static coord<4> with_classes(coord<3> const& s) {
    return {{class_count, s[0], s[1], s[2]}};
  }
};

[[nodiscard]] box<4> all_classes(box<3> const& b) {
  auto const& lo = b.inclusive_min;
  auto const& hi = b.exclusive_max;
  return {{{0, lo[0], lo[1], lo[2]}}, {{class_count, hi[0], hi[1], hi[2]}}};
}

void stitch_with_views(stitching_example& e) {
  stitch::keep_core const policy;
  for (block<3> const& b : e.blocks) {
    box<3> const kept = policy.contributes(b);
    copy_elements<4>(e.result.view().sub(all_classes(relative_to(kept, b.result))),
                     e.whole.view().sub(all_classes(kept)));
  }
}

void stitch_with_pointers(stitching_example& e) {
  auto const from = e.result.view().strides();
  auto const to = e.whole.view().strides();
  for (block<3> const& b : e.blocks) {
    box<3> const in_result = relative_to(b.core, b.result);
    auto const& lo = in_result.inclusive_min;
    auto const& at = b.core.inclusive_min;
    auto const n = b.core.shape();
    for (index_t c = 0; c < class_count; ++c)
      for (index_t z = 0; z < n[0]; ++z)
        for (index_t y = 0; y < n[1]; ++y)
          std::memcpy(
              e.whole.data() + c * to[0] + (at[0] + z) * to[1] + (at[1] + y) * to[2] + at[2],
              e.result.data() + c * from[0] + (lo[0] + z) * from[1] + (lo[1] + y) * from[2] + lo[2],
              static_cast<std::size_t>(n[2]) * sizeof(float));
  }
}

constexpr index_t cube_side = 128;

/// [class, voxel] of a cube, and room for a byte per class and voxel.
struct reducing_example {
  dense_array<float, 4> p = probability_block(cube_side);
  dense_array<std::uint8_t, 4> out{p.shape()};
};

void labels_with_reducer(reducing_example& e) {
  pipeline::recipe{pipeline::output_kind::labels}(
      e.p.view(), {}, e.out.view().sub({{}, {{1, cube_side, cube_side, cube_side}}}));
}

void masks_with_reducer(reducing_example& e) {
  pipeline::recipe{pipeline::output_kind::classes}(e.p.view(), {}, e.out.view());
}

/// The first of the largest, 1 to 3; 0 where all are 0.
[[nodiscard]] std::uint8_t label_of(float const* p, index_t step) {
  std::uint8_t label = 0;
  float best = 0;
  for (index_t c = 0; c < class_count; ++c)
    if (p[c * step] > best) {
      best = p[c * step];
      label = static_cast<std::uint8_t>(c + 1);
    }
  return label;
}

void labels_with_pointers(reducing_example& e) {
  index_t const count = e.p.view().stride(0);
  float const* const p = e.p.data();
  std::uint8_t* const out = e.out.data();
  for (index_t i = 0; i < count; ++i) out[i] = label_of(p + i, count);
}

void masks_with_pointers(reducing_example& e) {
  index_t const count = e.p.view().stride(0);
  float const* const p = e.p.data();
  std::uint8_t* const out = e.out.data();
  for (index_t i = 0; i < count; ++i) {
    std::uint8_t const label = label_of(p + i, count);
    for (index_t c = 0; c < class_count; ++c) out[c * count + i] = label == c + 1;
  }
}

template <class Example>
void measure(benchmark::State& state, void (*work)(Example&), index_t voxels, double bytes) {
  static Example example;
  tbb::task_arena one_thread(1);
  for ([[maybe_unused]] auto _ : state) {
    state.SetIterationTime(thread_seconds_of([&] { one_thread.execute([&] { work(example); }); }));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * voxels);
  state.counters["bytes_per_item"] = bytes;
}

void add(std::string const& name, auto* work, index_t voxels, double bytes) {
  benchmark::RegisterBenchmark(
      name.c_str(), [=](benchmark::State& state) { measure(state, work, voxels, bytes); })
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace

void register_blocks() {
  constexpr index_t volume = 128 * 256 * 256;
  add("stitch/keep_core, float32 x 3/voxstitch", stitch_with_views, volume, 24);
  add("stitch/keep_core, float32 x 3/raw pointers", stitch_with_pointers, volume, 24);
  constexpr index_t cube = cube_side * cube_side * cube_side;
  add("reduce/labels (argmax) of 3 classes/voxstitch", labels_with_reducer, cube, 13);
  add("reduce/labels (argmax) of 3 classes/raw pointers", labels_with_pointers, cube, 13);
  add("reduce/masks of 3 classes/voxstitch", masks_with_reducer, cube, 15);
  add("reduce/masks of 3 classes/raw pointers", masks_with_pointers, cube, 15);
}

}  // namespace voxstitch::benchmarks
