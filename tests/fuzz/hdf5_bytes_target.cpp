// SPDX-License-Identifier: BSL-1.0
// Any bytes as an HDF5 file with volumes.

#include "read_hdf5.hpp"

using namespace voxstitch;

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static fuzz::scratch_file const file("input.h5");
  file.write({data, size});
  fuzz::read_hdf5_volumes(file.path());
  return 0;
}
