// SPDX-License-Identifier: BSL-1.0
// Any text as the value of an option of the command line.

#include "../../apps/arguments.hpp"
#include "fuzz_input.hpp"
#include "fuzz_target.hpp"

using namespace voxstitch;

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  fuzz::fuzz_input input({data, size});
  auto const shape = coord<3>{{static_cast<index_t>(1 + input.up_to(1000)),
                               static_cast<index_t>(1 + input.up_to(1000)), 7}};
  std::string const text = input.rest();
  fuzz::accepted([&] {
    auto const counts = app::shape3("--block", text);
    fuzz::promise(min(counts, coord<3>::filled(1)) == coord<3>::filled(1), "extents from 1 on");
    for (index_t extent : counts) static_cast<void>(divide_up(extent, 64));
  });
  fuzz::accepted([&] { fuzz::promise(app::bytes("--ram", text) > 0, "a size above 0"); });
  fuzz::accepted([&] {
    auto const box = app::region("--roi", text, shape);
    fuzz::promise(!box.empty() && contains(voxstitch::box<3>::at_origin(shape), box),
                  "a region within the volume");
  });
  fuzz::accepted([&] {
    static_cast<void>(app::number<int>("--threads", text, "a whole number from 1 to 1024"));
  });
  return 0;
}
