// SPDX-License-Identifier: BSL-1.0
#include "input_file.hpp"

#include <cstdio>

#include "voxstitch/geometry/extents_text.hpp"

namespace app {

namespace {

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string voxel_text(voxstitch::volume_description const& d) {
  if (d.voxel_size[0] <= 0 && d.voxel_size[1] <= 0 && d.voxel_size[2] <= 0)
    return "voxel size unknown";
  std::string text;
  for (double size : d.voxel_size)
    text += (text.empty() ? "voxels " : " x ") + (size > 0 ? short_number(size) : std::string("?"));
  return text + (d.voxel_unit.empty() ? "" : " " + d.voxel_unit) + " (z x y x x)";
}

}  // namespace

voxstitch::io::opened_source open_input(std::string const& path,
                                        voxstitch::io::source_options const& how) {
  return as_input([&] { return voxstitch::io::open_source(path, how); });
}

std::string description_text(voxstitch::volume_description const& d) {
  std::vector<voxstitch::index_t> shape;
  for (char letter : d.axes) shape.push_back(d.shape[voxstitch::canonical_axis(letter)]);
  return voxstitch::extents_text(shape) + " " + to_string(d.type) + ", axes " + d.axes + " (from " +
         d.axes_origin + "), " + voxel_text(d);
}

}  // namespace app
