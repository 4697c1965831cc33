// SPDX-License-Identifier: BSL-1.0
// Any bytes as a TIFF file.

#include "read_volume.hpp"
#include "voxstitch/io/tiff_source.hpp"

using namespace voxstitch;

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static fuzz::scratch_file const file("input.tif");
  file.write({data, size});
  fuzz::accepted([] { fuzz::read_parts(io::tiff_source(file.path()), file.path()); }, file.path());
  return 0;
}
