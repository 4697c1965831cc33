// SPDX-License-Identifier: BSL-1.0
#include <string_view>

#include <benchmark/benchmark.h>

#include "parts.hpp"
#include "support/example_projects.hpp"

int main(int count, char** arguments) {
  using namespace voxstitch::benchmarks;
  if (count == 3 && arguments[1] == std::string_view("--write-projects")) {
    write_projects(arguments[2]);
    return 0;
  }
  register_machine();
  register_features();
  register_forest();
  register_training();
  register_blocks();
  register_chunks();
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
