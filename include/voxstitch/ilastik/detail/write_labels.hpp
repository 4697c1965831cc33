// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a project file keep its classes and what was painted?

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/ilastik/axis_order.hpp"
#include "voxstitch/ilastik/detail/project_writer.hpp"
#include "voxstitch/ilastik/detail/write_lanes.hpp"
#include "voxstitch/ilastik/lanes.hpp"
#include "voxstitch/io/axistags.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::ilastik::detail {

inline void write_classes(project_writer& file, std::vector<std::string> const& names,
                          std::vector<std::array<std::uint8_t, 3>> const& colors) {
  std::string const group = "PixelClassification/";
  std::vector<std::int64_t> parts;
  for (auto const& color : colors) parts.insert(parts.end(), color.begin(), color.end());
  file.texts(group + "LabelNames", names);
  file.flag_attribute(group + "LabelNames", "isEmpty", false);
  for (std::string const list : {"LabelColors", "PmapColors"}) {
    file.numbers<std::int64_t>(group + list, {index_t(colors.size()), 3}, parts);
    file.flag_attribute(group + list, "isEmpty", false);
  }
}

/// "[26:64,36:101,0:1]", the part of `where` along `axes`.
[[nodiscard]] inline std::string slicing_text(box<5> const& where, std::string const& axes) {
  std::string text;
  for (char letter : axes) {
    auto const axis = canonical_axis(letter);
    text += (text.empty() ? "" : ",") + std::to_string(where.inclusive_min[axis]) + ":" +
            std::to_string(where.exclusive_max[axis]);
  }
  return "[" + text + "]";
}

/// @param axes the image's canonical order: t, z, y, x as far as there are, then c; as c has one
/// element, the values lie in this order already
inline void write_block(project_writer& file, std::string const& place, label_block const& block,
                        std::string const& axes) {
  std::vector<index_t> shape;
  for (char letter : axes) shape.push_back(block.where.extent(canonical_axis(letter)));
  file.numbers<std::uint8_t>(place, shape, block.values);
  file.text_attribute(place, "blockSlice", slicing_text(block.where, axes), io::characters::ascii);
  file.text_attribute(place, "axistags", io::write_axistags(axes), io::characters::utf8);
}

/// @throws usage_error for a block that is not of its image.
inline void check_block(label_block const& block, lane const& image, std::size_t class_count) {
  coord<5> extent = coord<5>::filled(1);
  for (std::size_t i = 0; i < image.axes.size(); ++i)
    if (image.axes[i] != 'c') extent[canonical_axis(image.axes[i])] = image.shape[i];
  auto const fail = [&](std::string const& problem) {
    throw usage_error("ilastik project: label block " + to_string(block.where) +
                      " (t, c, z, y, x) of image " + quoted(image.files.front()) + " " + problem);
  };
  if (block.where.empty() || !contains(box<5>::at_origin(extent), block.where))
    fail("lies outside the image, whose labels are " + to_string(extent, " x "));
  if (block.values.size() != std::size_t(block.where.size()))
    fail("has " + std::to_string(block.values.size()) + " values");
  for (std::uint8_t label : block.values)
    if (label > class_count)
      fail("holds label " + std::to_string(label) + ", but there are " +
           std::to_string(class_count) + " classes");
}

/// The labels of all images, and their (no) bookmarks.
inline void write_label_sets(project_writer& file, std::vector<lane> const& lanes) {
  std::string const group = "PixelClassification/";
  std::string const no_bookmarks = "(lp0\n.";  // an empty list of Python's
  file.group(group + "LabelSets");
  file.group(group + "Bookmarks");
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    std::string const bookmarks = group + "Bookmarks/" + padded(i, 4);
    std::string const labels = group + "LabelSets/labels" + padded(i, 3);
    file.bytes(bookmarks, no_bookmarks);
    file.number_attribute<std::int64_t>(bookmarks, "version", {}, 1);
    file.group(labels);
    auto const axes = canonical_axis_order(lanes[i].axes, lanes[i].shape);
    for (std::size_t b = 0; b < lanes[i].labels.size(); ++b)
      write_block(file, labels + "/block" + padded(b, 4), lanes[i].labels[b], axes);
  }
}

}  // namespace voxstitch::ilastik::detail
