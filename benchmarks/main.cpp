// SPDX-License-Identifier: BSL-1.0
#include <benchmark/benchmark.h>

#include "parts.hpp"

int main(int count, char** arguments) {
  using namespace voxstitch::benchmarks;
  register_machine();
  register_features();
  register_forest();
  register_blocks();
  register_chunks();
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
