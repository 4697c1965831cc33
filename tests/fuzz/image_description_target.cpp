// SPDX-License-Identifier: BSL-1.0
// Any text as the image description of a TIFF file.

#include <cmath>

#include "fuzz_input.hpp"
#include "fuzz_target.hpp"
#include "voxstitch/io/detail/tiff_index.hpp"

using namespace voxstitch;

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  fuzz::fuzz_input input({data, size});
  auto const x_resolution = input.number<float>();
  auto const y_resolution = input.number<float>();
  auto const samples = static_cast<index_t>(1 + input.up_to(4));
  std::string const description = input.rest();
  auto const metadata = io::detail::metadata_in(description, {y_resolution, x_resolution}, samples);
  fuzz::promise(metadata.axes.size() == metadata.extents.size(), "one extent per axis");
  for (index_t extent : metadata.extents) fuzz::promise(extent >= 1, "an axis without extent");
  for (double side : metadata.voxel_size)
    fuzz::promise(std::isfinite(side) && side >= 0, "an odd voxel size");
  fuzz::promise(io::detail::pages_in(metadata) >= 0, "a negative number of pages");
  return 0;
}
