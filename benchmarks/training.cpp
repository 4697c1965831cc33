// SPDX-License-Identifier: BSL-1.0
// How fast are forests trained, against vigra's RandomForest, which ilastik trains?
//
// An item is a sample of one tree. voxstitch trains 100 trees, with all that is done once for all
// of them; vigra, whose time is that of its trees, a few.

#include <algorithm>
#include <stdexcept>
#include <string>

#include <benchmark/benchmark.h>
#include <tbb/task_arena.h>

#include "baselines/vigra_training.hpp"
#include "parts.hpp"
#include "support/forest_examples.hpp"
#include "support/thread_clock.hpp"
#include "unit/classify/vigra_oracle.hpp"
#include "voxstitch/classify/train_forest.hpp"

namespace voxstitch::benchmarks {

namespace {

constexpr std::size_t our_trees = 100;
constexpr unsigned their_trees = 2;

/// The same samples in either engine's order.
struct training_example {
  /// @throws std::logic_error when the engines do not grow the same tree from the same random
  /// numbers, bit by bit.
  explicit training_example(labelled_rows const& rows);

  [[nodiscard]] classify::training_set ours() const { return {x.view(), y, 3}; }

  dense_array<float, 2> x;
  std::vector<std::uint32_t> y;
  vigra_training theirs;
};

[[nodiscard]] bool same_trees(classify::decision_tree const& a, classify::decision_tree const& b) {
  return std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(),
                    [](classify::tree_node const& m, classify::tree_node const& n) {
                      return m.feature == n.feature && m.threshold == n.threshold &&
                             m.left == n.left && m.right == n.right;
                    }) &&
         a.leaf_probabilities == b.leaf_probabilities && a.leaf_weights == b.leaf_weights;
}

training_example::training_example(labelled_rows const& rows)
    : x(coord<2>{{index_t(rows.features), index_t(rows.voxels())}}),
      y(rows.y.begin(), rows.y.end()), theirs(rows.features, rows.x, rows.y) {
  strided_view<float const, 2> const by_row(rows.x.data(),
                                            {{index_t(rows.voxels()), index_t(rows.features)}});
  for_each_voxel(box<2>::at_origin(x.shape()),
                 [&](coord<2> const& at) { x.view()[at] = by_row(at[1], at[0]); });
  constexpr std::uint64_t seed = 1;
  auto const expected = test::vigra_tree_with_our_dice(rows.x, rows.y, seed, 0, 0).tree;
  if (!same_trees(classify::train_forest(ours(), {1, seed}).trees[0], expected))
    throw std::logic_error("training: voxstitch and vigra grow different trees");
}

/// ilastik's set without the scale of 10: 51 channels.
[[nodiscard]] features::selection fine_scales() {
  auto chosen = full_selection();
  for (auto& of_filter : chosen.chosen) of_filter.back() = false;
  return chosen;
}

using make_example = training_example const& (*)();

[[nodiscard]] training_example const& few_rows() {
  static training_example const made(phantom_labels(fine_scales(), some_labels));
  return made;
}
[[nodiscard]] training_example const& many_rows() {
  static training_example const made(phantom_labels(fine_scales(), many_labels));
  return made;
}

void report(benchmark::State& state, training_example const& example, std::size_t trees) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(example.y.size() * trees));
}

void train_with_voxstitch(benchmark::State& state, make_example make) {
  training_example const& e = make();
  tbb::task_arena one_thread(1);
  std::uint64_t seed = 0;
  for ([[maybe_unused]] auto _ : state)
    one_thread.execute([&] {
      state.SetIterationTime(thread_seconds_of([&] {
        benchmark::DoNotOptimize(classify::train_forest(e.ours(), {our_trees, ++seed}));
      }));
    });
  report(state, e, our_trees);
}

void train_with_vigra(benchmark::State& state, make_example make) {
  training_example const& e = make();
  unsigned seed = 0;
  for ([[maybe_unused]] auto _ : state)
    state.SetIterationTime(
        thread_seconds_of([&] { benchmark::DoNotOptimize(e.theirs.train(their_trees, ++seed)); }));
  report(state, e, their_trees);
}

void register_example(std::string const& name, make_example make) {
  auto const add = [&](char const* who, auto* run) {
    benchmark::RegisterBenchmark(("training/" + name + "/" + who).c_str(), run, make)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  };
  add("voxstitch", train_with_voxstitch);
  add("vigra", train_with_vigra);
}

}  // namespace

void register_training() {
  register_example("6k labels, a tree", few_rows);
  register_example("40k labels, a tree", many_rows);
}

}  // namespace voxstitch::benchmarks
