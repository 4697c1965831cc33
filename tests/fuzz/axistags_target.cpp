// SPDX-License-Identifier: BSL-1.0
// Any text as axis tags; any letters as the axes of a shape.

#include <cmath>
#include <set>

#include "fuzz_input.hpp"
#include "fuzz_target.hpp"
#include "voxstitch/io/axes.hpp"
#include "voxstitch/io/axistags.hpp"
#include "voxstitch/io/detail/describe.hpp"

using namespace voxstitch;

namespace {

void check_tags(std::string const& text) {
  auto const tags = io::parse_axistags(text);
  if (!tags) return;
  auto const again = io::parse_axistags(io::write_axistags(tags->axes, tags->voxel_size));
  fuzz::promise(again && again->axes == tags->axes && again->voxel_size == tags->voxel_size,
                "axis tags are read as they were written");
}

void check_axes(fuzz::fuzz_input& input) {
  io::file_layout layout;
  for (std::size_t rank = input.up_to(6); rank > 0; --rank)
    layout.shape.push_back(std::max<index_t>(1, input.number<index_t>()));
  if (input.flag()) layout.axes = input.text(6);
  if (layout.axes && layout.axes->size() != layout.shape.size()) layout.axes.reset();
  io::axes_request const request{input.text(6), input.text(6)};
  fuzz::accepted([&] {
    auto const found = io::resolve_axes("file", layout, request);
    fuzz::promise(found.axes.size() == layout.shape.size(), "one letter per axis");
    fuzz::promise(!io::detail::fault_of_axes(found.axes), "axes that name axes: " + found.axes);
    static_cast<void>(io::detail::describe(layout, found));
  });
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  fuzz::fuzz_input input({data, size});
  if (input.flag())
    check_axes(input);
  else
    check_tags(input.rest());
  return 0;
}
