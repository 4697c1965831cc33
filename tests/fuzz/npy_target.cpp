// SPDX-License-Identifier: BSL-1.0
// Any bytes as a .npy file.

#include "read_volume.hpp"
#include "voxstitch/io/npy_source.hpp"

using namespace voxstitch;

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static fuzz::scratch_file const file("input.npy");
  file.write({data, size});
  auto const open = [](std::string const& axes) {
    return fuzz::accepted([&] {
      fuzz::read_parts(io::npy_source(file.path(), {axes, ""}), file.path());
    });
  };
  std::size_t rank = 0;
  bool const probed =
      fuzz::accepted([&] { rank = io::probe_npy(file.path()).shape.size(); }, file.path());
  if (!open("") && probed) open(fuzz::usual_axes(rank));
  return 0;
}
