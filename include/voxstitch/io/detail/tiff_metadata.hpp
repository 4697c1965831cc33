// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do ImageJ and OME write about the pages of a TIFF file?

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "voxstitch/geometry/coord.hpp"
#include "voxstitch/io/length_unit.hpp"

namespace voxstitch::io::detail {

/// The pages as a dense array, and the voxel size, as an image description tells.
struct tiff_metadata {
  std::string origin;            ///< "ImageJ metadata"; empty when the description tells nothing
  std::string axes;              ///< of the pages, slowest first, as "tzc"
  std::vector<index_t> extents;  ///< one per letter
  std::array<double, 3> voxel_size{};  ///< z, y, x; 0 where unknown
  std::string voxel_unit;
};

/// The number at the begin of `text`, if there is one.
template <class Number>
[[nodiscard]] std::optional<Number> number_in(std::string_view text) {
  Number value{};
  auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{}) return std::nullopt;
  return value;
}

/// A length of a voxel, 0 (unknown) for what can be none.
[[nodiscard]] inline double length_or_unknown(double length) {
  return std::isfinite(length) && length > 0 ? length : 0;
}

/// The value of `key=` in a description of lines.
[[nodiscard]] inline std::optional<std::string_view> imagej_value(std::string_view description,
                                                                  std::string_view key) {
  while (!description.empty()) {
    std::size_t const end = std::min(description.find('\n'), description.size());
    std::string_view line = description.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == '=')
      return line.substr(key.size() + 1);
    description.remove_prefix(std::min(end + 1, description.size()));
  }
  return std::nullopt;
}

[[nodiscard]] inline index_t imagej_count(std::string_view description, std::string_view key) {
  auto const value = imagej_value(description, key);
  return std::max<index_t>(1, value ? number_in<index_t>(*value).value_or(1) : 1);
}

[[nodiscard]] inline bool is_imagej(std::string_view description) {
  return description.starts_with("ImageJ=");
}

/// ImageJ's pages: channels change fastest, then slices, then frames. `resolution` is the tags'
/// pixels per unit (y, x), 0 when absent.
[[nodiscard]] inline tiff_metadata imagej_metadata(std::string_view description,
                                                   std::array<double, 2> const& resolution) {
  tiff_metadata result{"ImageJ metadata", "tzc", {}, {}, {}};
  result.extents = {imagej_count(description, "frames"), imagej_count(description, "slices"),
                    imagej_count(description, "channels")};
  index_t const images = imagej_count(description, "images");
  if (result.extents == std::vector<index_t>{1, 1, 1}) result.extents[1] = images;
  auto const unit = imagej_value(description, "unit");
  if (!unit || unit->starts_with("pixel")) return result;
  result.voxel_unit = usual_unit(*unit);
  auto const spacing = imagej_value(description, "spacing");
  double const z = spacing ? number_in<double>(*spacing).value_or(0) : 0;
  auto const inverse = [](double r) { return r > 0 ? length_or_unknown(1 / r) : 0.0; };
  result.voxel_size = {length_or_unknown(z < 0 ? -z : z), inverse(resolution[0]),
                       inverse(resolution[1])};
  return result;
}

/// The value of an attribute of an XML element's text `<Name a="1" b='2'>`.
[[nodiscard]] inline std::optional<std::string_view> xml_attribute(std::string_view element,
                                                                   std::string_view name) {
  for (std::size_t at = 0; (at = element.find(name, at)) != element.npos; at += name.size()) {
    std::size_t const equals = at + name.size();
    if (at == 0 || std::string_view(" \t\n\r").find(element[at - 1]) == std::string_view::npos)
      continue;
    if (equals + 1 >= element.size() || element[equals] != '=') continue;
    char const quote = element[equals + 1];
    std::size_t const end = element.find(quote, equals + 2);
    if ((quote != '"' && quote != '\'') || end == element.npos) continue;
    return element.substr(equals + 2, end - equals - 2);
  }
  return std::nullopt;
}

template <class Number>
[[nodiscard]] Number xml_number(std::string_view element, std::string_view name, Number otherwise) {
  auto const text = xml_attribute(element, name);
  return text ? number_in<Number>(*text).value_or(otherwise) : otherwise;
}

/// The first Pixels element of an OME-XML description, without its children.
[[nodiscard]] inline std::optional<std::string_view> ome_pixels(std::string_view description) {
  if (description.find("<OME") == description.npos && description.find(":OME") == description.npos)
    return std::nullopt;
  std::size_t begin = description.find("<Pixels");
  if (begin == description.npos) begin = description.find(":Pixels");
  if (begin == description.npos) return std::nullopt;
  return description.substr(begin, description.find('>', begin) - begin);
}

[[nodiscard]] inline char const* ome_size_name(char axis) {
  return axis == 'T' ? "SizeT" : axis == 'C' ? "SizeC" : "SizeZ";
}

/// Each axis has a unit of its own; where they differ all become micrometres, as far as known.
inline void set_ome_voxel(std::string_view pixels, tiff_metadata& result) {
  std::array<std::string, 3> units;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    auto const name = std::string("PhysicalSize") + "ZYX"[axis];
    result.voxel_size[axis] = length_or_unknown(xml_number(pixels, name, 0.0));
    if (result.voxel_size[axis] > 0)
      units[axis] = usual_unit(xml_attribute(pixels, name + "Unit").value_or("um"));
  }
  for (auto const& unit : units)
    if (result.voxel_unit.empty()) result.voxel_unit = unit;
  bool const alike = std::all_of(units.begin(), units.end(), [&](auto const& unit) {
    return unit.empty() || unit == result.voxel_unit;
  });
  if (alike) return;
  result.voxel_unit = "um";
  for (std::size_t axis = 0; axis < 3; ++axis)
    result.voxel_size[axis] *= micrometres_in(units[axis]).value_or(0);
}

/// OME's pages in the order DimensionOrder says (written fastest first, "XYZCT"). `samples` per
/// pixel are among SizeC. Planes are taken to lie in that order: TiffData is not read.
[[nodiscard]] inline tiff_metadata ome_metadata(std::string_view pixels, index_t samples) {
  tiff_metadata result{"OME metadata", "", {}, {}, {}};
  constexpr std::string_view usual = "XYZCT";
  std::string_view order = xml_attribute(pixels, "DimensionOrder").value_or(usual);
  if (!std::is_permutation(order.begin(), order.end(), usual.begin(), usual.end())) order = usual;
  for (std::size_t i = order.size(); i-- > 0;) {
    if (order[i] != 'Z' && order[i] != 'C' && order[i] != 'T') continue;
    index_t extent = std::max<index_t>(1, xml_number<index_t>(pixels, ome_size_name(order[i]), 1));
    if (order[i] == 'C' && extent % samples == 0) extent /= samples;
    result.axes += static_cast<char>(order[i] - 'A' + 'a');
    result.extents.push_back(extent);
  }
  set_ome_voxel(pixels, result);
  return result;
}

/// What an image description means, and a page's resolution in pixels per unit (y, x; 0 when
/// absent) and its samples per pixel; nothing when it is neither ImageJ's nor OME's.
[[nodiscard]] inline tiff_metadata metadata_in(std::string_view description,
                                               std::array<double, 2> const& resolution,
                                               index_t samples) {
  if (is_imagej(description)) return imagej_metadata(description, resolution);
  if (auto const pixels = ome_pixels(description)) return ome_metadata(*pixels, samples);
  return {};
}

}  // namespace voxstitch::io::detail
