// SPDX-License-Identifier: BSL-1.0
// Any bytes as an ilastik project.

#include "fuzz_target.hpp"
#include "use_project.hpp"

using namespace voxstitch;

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static fuzz::scratch_file const file("input.ilp");
  file.write({data, size});
  fuzz::use_project(file.path());
  return 0;
}
