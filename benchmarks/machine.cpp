// SPDX-License-Identifier: BSL-1.0
// What could this machine do at best? One core's multiply-adds, and copying from memory to memory.

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include <benchmark/benchmark.h>

#include "parts.hpp"
#include "support/thread_clock.hpp"
#include "voxstitch/core/large_memory.hpp"
#include "voxstitch/core/simd.hpp"
#include "voxstitch/geometry/coord.hpp"

namespace voxstitch::benchmarks {

namespace {

constexpr index_t steps = 1'000'000;

/// Twelve chains of x <- x * a + b that do not wait for each other, in vectors of `Bytes`.
/// @return operations done, two per lane and step
template <int Bytes>
[[gnu::always_inline]] inline double multiply_and_add() {
  using vector [[gnu::vector_size(Bytes)]] = float;
  constexpr int chains = 12;
  constexpr int lanes = Bytes / 4;
  vector numbers[chains + 2] = {};
  vector x[chains + 2];
  asm volatile("" : : "r"(&numbers) : "memory");  // unknown numbers, or equal chains become one
  std::memcpy(&x, &numbers, sizeof x);
  for (index_t step = 0; step < steps; ++step)
    for (int i = 0; i < chains; ++i) x[i] = x[i] * x[chains] + x[chains + 1];
  std::memcpy(&numbers, &x, sizeof x);
  asm volatile("" : : "r"(&numbers) : "memory");
  return 2.0 * lanes * chains * static_cast<double>(steps);
}

VOXSTITCH_TARGET_BASELINE double multiply_and_add_baseline() { return multiply_and_add<16>(); }
VOXSTITCH_TARGET_AVX2 double multiply_and_add_avx2() { return multiply_and_add<32>(); }
VOXSTITCH_TARGET_AVX512 double multiply_and_add_avx512() { return multiply_and_add<64>(); }

void peak_flops(benchmark::State& state) {
  auto* const run =
      simd::choose(multiply_and_add_baseline, multiply_and_add_avx2, multiply_and_add_avx512);
  double operations = 0;
  for ([[maybe_unused]] auto _ : state)
    state.SetIterationTime(thread_seconds_of([&] { operations += run(); }));
  state.SetItemsProcessed(static_cast<std::int64_t>(operations));
}

/// a = b + s * c of numbers that no cache holds; counted as STREAM does: two reads and a write.
void triad(benchmark::State& state) {
  constexpr std::size_t count = std::size_t{16} << 20;
  std::array<large_array<float>, 3> numbers;
  for (auto& one : numbers) {
    one = make_large_array<float>(count);
    std::fill_n(one.get(), count, 1.0f);
  }
  float const* const b = numbers[1].get();
  float const* const c = numbers[2].get();
  float* const a = numbers[0].get();
  for ([[maybe_unused]] auto _ : state) {
    for (std::size_t i = 0; i < count; ++i) a[i] = b[i] + 3.0f * c[i];
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(12 * count));
}

}  // namespace

void register_machine() {
  benchmark::RegisterBenchmark("machine/fp32 operations/one core", peak_flops)
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("machine/bytes, triad/one core", triad)
      ->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("machine/bytes, triad/all cores", triad)
      ->ThreadPerCpu()
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace voxstitch::benchmarks
