// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does an HDF5 file say about a volume in it?

#include <algorithm>
#include <cmath>

#include "voxstitch/io/axistags.hpp"
#include "voxstitch/io/detail/hdf5_lookup.hpp"
#include "voxstitch/io/detail/hdf5_stored_values.hpp"
#include "voxstitch/io/file_layout.hpp"
#include "voxstitch/io/length_unit.hpp"

namespace voxstitch::io {

namespace detail {

/// One letter per axis, when the strings tell that.
[[nodiscard]] inline std::optional<std::string> letters(std::vector<std::string> const& strings) {
  std::string axes;
  for (auto const& text : strings) {
    if (text.empty()) return std::nullopt;
    axes += text;
  }
  for (char& letter : axes) letter = letter >= 'A' && letter <= 'Z' ? char(letter + 32) : letter;
  return are_axes(axes) ? std::optional(axes) : std::nullopt;
}

/// Attribute "axes": N5 and Neuroglancer list the fastest axis first; as strings or as JSON text.
[[nodiscard]] inline std::optional<std::string> axes_attribute(hdf5::handle const& dataset) {
  auto strings = hdf5::string_attribute(dataset, "axes");
  if (!strings) return std::nullopt;
  if (strings->size() == 1) {
    auto const json = nlohmann::json::parse(strings->front(), nullptr, false);
    try {
      if (json.is_array()) strings = json.get<std::vector<std::string>>();
    } catch (nlohmann::json::exception const&) {
      return std::nullopt;
    }
  }
  auto axes = letters(*strings);
  if (axes) std::reverse(axes->begin(), axes->end());
  return axes;
}

[[nodiscard]] inline std::optional<axistags> stored_axistags(hdf5::handle const& dataset) {
  auto const text = hdf5::string_attribute(dataset, "axistags");
  return text && text->size() == 1 ? parse_axistags(text->front()) : std::nullopt;
}

/// Takes the first metadata that name every axis; where none do, remembers which tried.
inline void find_axes(hdf5::handle const& dataset, file_layout& layout) {
  auto take = [&](std::optional<std::string> const& axes, std::string const& attribute) {
    if (layout.axes) return;
    bool const names_all = axes && axes->size() == layout.shape.size();
    std::string const origin = "attribute '" + attribute + "'";
    if (!names_all && layout.axes_doubt.empty() && hdf5::has_attribute(dataset, attribute))
      layout.axes_doubt = origin;
    if (!names_all) return;
    layout.axes = axes;
    layout.axes_origin = origin;
  };
  auto const tags = stored_axistags(dataset);
  take(tags ? std::optional(tags->axes) : std::nullopt, "axistags");
  take(axes_attribute(dataset), "axes");
  auto const labels = hdf5::string_attribute(dataset, "DIMENSION_LABELS");
  take(labels ? letters(*labels) : std::nullopt, "DIMENSION_LABELS");
}

/// The unit of ilastik's attribute axis_units, {"x": "um", ...}, when all space axes have the same.
[[nodiscard]] inline std::string stored_unit(hdf5::handle const& dataset) {
  auto const text = hdf5::string_attribute(dataset, "axis_units");
  if (!text || text->size() != 1) return "";
  auto const json = nlohmann::json::parse(text->front(), nullptr, false);
  if (!json.is_object()) return "";
  std::string unit;
  for (auto const& [axis, value] : json.items()) {
    if (axis.size() != 1 || !spatial_axis(axis[0]) || !value.is_string()) continue;
    std::string const own = usual_unit(value.get<std::string>());
    if (!unit.empty() && own != unit) return "";
    unit = own;
  }
  return unit;
}

inline void find_voxel_size(hdf5::handle const& dataset, file_layout& layout) {
  auto const microns = hdf5::number_attribute<double>(dataset, "element_size_um");
  if (microns && microns->size() == 3) {
    std::transform(microns->begin(), microns->end(), layout.voxel_size.begin(),
                   [](double side) { return std::isfinite(side) && side > 0 ? side : 0.0; });
    layout.voxel_unit = "um";
    return;
  }
  if (auto const tags = stored_axistags(dataset)) layout.voxel_size = tags->voxel_size;
  layout.voxel_unit = stored_unit(dataset);
}

[[nodiscard]] inline file_layout layout_of(volume_dataset const& dataset) {
  file_layout layout;
  layout.shape = dataset.shape;
  layout.type = dataset.type.type;
  find_axes(dataset.handle, layout);
  find_voxel_size(dataset.handle, layout);
  return layout;
}

}  // namespace detail

/// Shape, type and metadata of a dataset. Axes come from the attribute `axistags` (vigra, ilastik),
/// else `axes` (N5), else `DIMENSION_LABELS`, if one of them names every axis; the voxel size from
/// `element_size_um` (z, y, x), else from axistags' resolutions in the unit of `axis_units`.
/// @param internal path in the file; empty when the file should hold only one volume
/// @throws io_error when the file cannot be read; format_error when it is no HDF5 file, or the
/// dataset is missing, a group, or no volume (the message lists what there is).
[[nodiscard]] inline file_layout probe_hdf5(std::string const& path,
                                            std::string const& internal = "") {
  return detail::layout_of(detail::open_volume(path, internal));
}

}  // namespace voxstitch::io
