// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do ImageJ and OME write about the pages of a TIFF file?

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "voxstitch/geometry/coord.hpp"
#include "voxstitch/io/detail/ome_xml.hpp"
#include "voxstitch/io/length_unit.hpp"

namespace voxstitch::io::detail {

/// The pages as a dense array, and the voxel size, as an image description tells.
struct tiff_metadata {
  std::string origin;            ///< "ImageJ metadata"; empty when the description tells nothing
  std::string axes;              ///< of the pages, slowest first, as "tzc"
  std::vector<index_t> extents;  ///< one per letter
  bool counts_pages = false;     ///< the extents are stated, not only 1 by default
  index_t images = 0;            ///< how many pages ImageJ counts in all; 0 where it does not
  std::array<double, 3> voxel_size{};  ///< z, y, x; 0 where unknown
  std::string voxel_unit;
  index_t series = 0;        ///< volumes that it describes; 0 where it does not tell
  bool other_order = false;  ///< the pages lie in another order than `axes` say
  std::string other_file;    ///< that has the metadata instead of this one
};

/// Pages that metadata's axes have; the largest number where that is more than can be counted.
[[nodiscard]] inline index_t pages_in(tiff_metadata const& metadata) {
  index_t pages = 1;
  for (index_t extent : metadata.extents)
    if (__builtin_mul_overflow(pages, extent, &pages)) return std::numeric_limits<index_t>::max();
  return pages;
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

/// ImageJ's pages: channels change fastest, then slices, then frames.
inline void set_imagej_pages(std::string_view description, tiff_metadata& result) {
  result.axes = "tzc";
  for (char const* count : {"frames", "slices", "channels"}) {
    result.extents.push_back(imagej_count(description, count));
    result.counts_pages = result.counts_pages || imagej_value(description, count);
  }
  if (!imagej_value(description, "images")) return;
  result.counts_pages = true;
  result.images = imagej_count(description, "images");
  if (pages_in(result) == 1) result.extents[1] = result.images;
}

/// `resolution` is the tags' pixels per unit (y, x), 0 when absent.
[[nodiscard]] inline tiff_metadata imagej_metadata(std::string_view description,
                                                   std::array<double, 2> const& resolution) {
  tiff_metadata result;
  result.origin = "ImageJ metadata";
  set_imagej_pages(description, result);
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
/// pixel are among SizeC.
inline void set_ome_pages(std::string_view pixels, index_t samples, tiff_metadata& result) {
  constexpr std::string_view usual = "XYZCT";
  std::string_view order = xml_attribute(pixels, "DimensionOrder").value_or(usual);
  if (!std::is_permutation(order.begin(), order.end(), usual.begin(), usual.end())) order = usual;
  for (std::size_t i = order.size(); i-- > 0;) {
    if (order[i] != 'Z' && order[i] != 'C' && order[i] != 'T') continue;
    char const* const size = ome_size_name(order[i]);
    index_t extent = std::max<index_t>(1, xml_number<index_t>(pixels, size, 1));
    if (order[i] == 'C' && extent % samples == 0) extent /= samples;
    result.axes += static_cast<char>(order[i] - 'A' + 'a');
    result.extents.push_back(extent);
    result.counts_pages = result.counts_pages || xml_attribute(pixels, size);
  }
}

/// Whether a TiffData element gives its first plane the page that the order of the axes does. (The
/// planes after it lie in pages one after the other, whatever it says.)
/// @param metadata has pages that can be counted
[[nodiscard]] inline bool in_order(std::string_view tiff_data, tiff_metadata const& metadata,
                                   index_t samples) {
  index_t page = 0;
  for (std::size_t i = 0; i < metadata.axes.size(); ++i) {
    char const letter = metadata.axes[i];
    char const* const name = letter == 't' ? "FirstT" : letter == 'c' ? "FirstC" : "FirstZ";
    index_t first = xml_number<index_t>(tiff_data, name, 0);
    if (letter == 'c' && first >= metadata.extents[i]) first /= samples;
    if (first < 0 || first >= metadata.extents[i]) return false;
    page = page * metadata.extents[i] + first;
  }
  return xml_number<index_t>(tiff_data, "IFD", 0) == page;
}

[[nodiscard]] inline tiff_metadata ome_metadata(ome_xml const& xml, index_t samples) {
  tiff_metadata result;
  if (!xml.pixels && !xml.metadata) return result;
  result.origin = "OME metadata";
  result.series = xml.series;
  result.other_file = xml.metadata.value_or("");
  if (!xml.pixels) return result;
  set_ome_pages(*xml.pixels, samples, result);
  set_ome_voxel(*xml.pixels, result);
  bool const countable = pages_in(result) < std::numeric_limits<index_t>::max();
  result.other_order =
      countable && !std::all_of(xml.tiff_data.begin(), xml.tiff_data.end(),
                                [&](auto element) { return in_order(element, result, samples); });
  return result;
}

/// What an image description means, and a page's resolution in pixels per unit (y, x; 0 when
/// absent) and its samples per pixel; nothing when it is neither ImageJ's nor OME's.
[[nodiscard]] inline tiff_metadata metadata_in(std::string_view description,
                                               std::array<double, 2> const& resolution,
                                               index_t samples) {
  if (is_imagej(description)) return imagej_metadata(description, resolution);
  return ome_metadata(parse_ome_xml(description), samples);
}

}  // namespace voxstitch::io::detail
