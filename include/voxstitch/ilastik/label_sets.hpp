// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What did people paint into the images of a project?

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "voxstitch/ilastik/axis_order.hpp"
#include "voxstitch/ilastik/detail/read_identity.hpp"
#include "voxstitch/ilastik/detail/read_selection.hpp"
#include "voxstitch/ilastik/detail/version.hpp"
#include "voxstitch/ilastik/lanes.hpp"
#include "voxstitch/io/axistags.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::ilastik {

namespace detail {

/// A half-open range along one axis, voxels.
struct extent_range {
  index_t begin = 0;
  index_t end = 0;
};

inline void skip_blanks(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}

/// The number at the beginning of `text` (blanks around it), which is shortened by it.
[[nodiscard]] inline std::optional<index_t> take_position(std::string_view& text) {
  constexpr index_t most = index_t{1} << 40;
  skip_blanks(text);
  index_t value = 0;
  auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || value < 0 || value > most) return std::nullopt;
  text.remove_prefix(std::size_t(end - text.data()));
  skip_blanks(text);
  return value;
}

[[nodiscard]] inline std::optional<extent_range> take_range(std::string_view& text) {
  auto const begin = take_position(text);
  if (!begin || !take_prefix(text, ":")) return std::nullopt;
  auto const end = take_position(text);
  if (!end || *end <= *begin) return std::nullopt;
  return extent_range{*begin, *end};
}

/// The ranges of "[26:64,36:101,0:1]"; nothing for any other text.
[[nodiscard]] inline std::optional<std::vector<extent_range>> parse_slicing(std::string_view text) {
  std::vector<extent_range> ranges;
  skip_blanks(text);
  if (!take_prefix(text, "[")) return std::nullopt;
  do {
    auto const range = take_range(text);
    if (!range) return std::nullopt;
    ranges.push_back(*range);
  } while (take_prefix(text, ","));
  if (!take_prefix(text, "]")) return std::nullopt;
  skip_blanks(text);
  return text.empty() ? std::optional(std::move(ranges)) : std::nullopt;
}

/// What a version did with the axes of label blocks that do not name them.
enum class block_order { canonical, of_the_file, txyzc };

[[nodiscard]] inline block_order order_of(project_identity const& identity) {
  using phase = version::phase;
  version const v = parse_version(identity.version);
  version const first{{1, 3, 3}, phase::final, 0};
  version const second{{1, 3, 3}, phase::post, 2};
  version const last{{1, 4, 0}, phase::beta, 7};
  if (v >= first && v < second && identity.workflow == object_classification)
    return block_order::txyzc;
  return v >= second && v <= last ? block_order::of_the_file : block_order::canonical;
}

/// The axes of a lane's labels in the order of its file: they have channels where the file has
/// none.
[[nodiscard]] inline std::string file_order(lane const& image, std::size_t rank) {
  bool const lacks_channels = image.axes.find('c') == image.axes.npos;
  return lacks_channels && image.axes.size() + 1 == rank ? image.axes + 'c' : image.axes;
}

/// The one canonical order of that many axes which can be that of an image whose extents are not
/// known; empty when there are several or none.
[[nodiscard]] inline std::string only_order(lane const& image, std::size_t rank) {
  std::string found;
  for (std::string_view order : axis_orders) {
    bool const possible = order.size() == rank && order.find("yx") != order.npos &&
                          std::all_of(order.begin(), order.end(), [&](char letter) {
                            return letter == 'c' || image.axes.find(letter) != image.axes.npos;
                          });
    if (!possible) continue;
    if (!found.empty()) return {};
    found = order;
  }
  return found;
}

/// The axes of a block of `rank` axes that does not name them; empty when they cannot be known.
[[nodiscard]] inline std::string assumed_order(lane const& image, block_order order,
                                               std::size_t rank) {
  if (order == block_order::txyzc && rank == 5) return "txyzc";
  std::string const stored = file_order(image, rank);
  if (order == block_order::of_the_file && stored.size() == rank) return stored;
  if (image.axes.empty()) return {};
  std::string const canonical =
      image.shape.empty() ? only_order(image, rank) : canonical_axis_order(image.axes, image.shape);
  return canonical.size() == rank || stored.size() != rank ? canonical : stored;
}

/// Letters of "tczyx", each once.
[[nodiscard]] inline bool are_different_axes(std::string_view axes) {
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (canonical_axes.find(axes[i]) == canonical_axes.npos || axes.find(axes[i]) != i)
      return false;
  return true;
}

/// `values` of that shape and those axes, in t, c, z, y, x.
[[nodiscard]] inline std::vector<std::uint8_t>
in_canonical_order(std::vector<std::uint8_t> values, std::string const& axes,
                   std::vector<index_t> const& shape) {
  std::array<index_t, 5> extent{1, 1, 1, 1, 1};
  std::array<index_t, 5> stride{};
  index_t step = 1;
  for (std::size_t i = axes.size(); i-- > 0; step *= shape[i]) {
    extent[canonical_axis(axes[i])] = shape[i];
    stride[canonical_axis(axes[i])] = step;
  }
  std::vector<std::uint8_t> result;
  result.reserve(values.size());
  for (index_t t = 0; t < extent[0]; ++t)
    for (index_t c = 0; c < extent[1]; ++c)
      for (index_t z = 0; z < extent[2]; ++z)
        for (index_t y = 0; y < extent[3]; ++y)
          for (index_t x = 0; x < extent[4]; ++x)
            result.push_back(values[std::size_t(t * stride[0] + c * stride[1] + z * stride[2] +
                                                y * stride[3] + x * stride[4])]);
  return result;
}

/// Reads the label blocks of one file, which together must fit the memory.
class label_reader {
 public:
  label_reader(project_file const& file, project_identity const& identity)
      : file_(file), order_(order_of(identity)) {}

  /// The blocks below `group`, painted into `image`.
  /// @throws shape_error when the caller's shape of the image does not fit its axes
  [[nodiscard]] std::vector<label_block> read(std::string const& group, lane const& image) {
    if (!image.axes.empty() && !image.shape.empty() && image.axes.size() != image.shape.size())
      throw shape_error("ilastik project " + quoted(file_.path()) + ": the axes of the image are " +
                        quoted(image.axes) + ", but its shape is " + shape_text(image.shape));
    std::vector<label_block> blocks;
    for (auto const& name : numbered_children(file_, group))
      blocks.push_back(read_block(group + "/" + name, image));
    return blocks;
  }

 private:
  [[nodiscard]] label_block read_block(std::string const& place, lane const& image) {
    file_.require(file_.has_dataset(place), place,
                  "it is no dataset (labels with masks are not supported)");
    auto const shape = file_.shape(place);
    auto const ranges = ranges_of(place, shape);
    auto const axes = axes_of(place, image, shape.size());
    label_block block{{{}, coord<5>::filled(1)}, {}};
    for (std::size_t i = 0; i < axes.size(); ++i) {
      block.where.inclusive_min[canonical_axis(axes[i])] = ranges[i].begin;
      block.where.exclusive_max[canonical_axis(axes[i])] = ranges[i].end;
    }
    check_place(place, image, block.where);
    check_memory(place, shape);
    block.values = in_canonical_order(file_.numbers<std::uint8_t>(place), axes, shape);
    return block;
  }

  [[nodiscard]] std::vector<extent_range> ranges_of(std::string const& place,
                                                    std::vector<index_t> const& shape) const {
    auto const text = file_.text_attribute(place, "blockSlice");
    file_.require(text.has_value(), place, "it has no blockSlice, which says where it belongs");
    auto const ranges = parse_slicing(*text);
    file_.require(ranges.has_value(), place,
                  "the blockSlice is " + quoted(text->substr(0, 100)) +
                      ", but should be like '[0:10,20:30,0:1]'");
    file_.require(ranges->size() == shape.size(), place,
                  "the blockSlice " + quoted(*text) + " has " + std::to_string(ranges->size()) +
                      " axes, but the block has " + std::to_string(shape.size()));
    for (std::size_t i = 0; i < shape.size(); ++i)
      file_.require((*ranges)[i].end - (*ranges)[i].begin == shape[i], place,
                    "the blockSlice " + quoted(*text) + " does not have the block's extents (" +
                        shape_text(shape) + ")");
    return *ranges;
  }

  [[nodiscard]] std::string axes_of(std::string const& place, lane const& image,
                                    std::size_t rank) const {
    auto const tags = io::parse_axistags(file_.text_attribute(place, "axistags").value_or(""));
    std::string const axes = tags ? tags->axes : assumed_order(image, order_, rank);
    file_.require(!axes.empty(), place,
                  "which of its axes is which cannot be known: the project does not say how large "
                  "the image is");
    file_.require(axes.size() == rank && are_different_axes(axes), place,
                  "the block has " + std::to_string(rank) + " axes, but they are called " +
                      quoted(axes));
    return axes;
  }

  void check_place(std::string const& place, lane const& image, box<5> const& where) const {
    for (std::size_t axis = 0; axis < 5; ++axis) {
      char const letter = canonical_axes[axis];
      auto const at = image.axes.find(letter);
      bool const known = letter == 'c' || (!image.axes.empty() && !image.shape.empty());
      index_t const extent = letter == 'c' || at == image.axes.npos || !known ? 1 : image.shape[at];
      file_.require(!known || where.exclusive_max[axis] <= extent, place,
                    "the block reaches to " + std::to_string(where.exclusive_max[axis]) +
                        " along " + letter + ", but there are " + std::to_string(extent));
    }
  }

  void check_memory(std::string const& place, std::vector<index_t> const& shape) {
    constexpr double most = double(std::uint64_t{1} << 32);
    double voxels = 1;
    for (index_t extent : shape) voxels *= double(extent);
    voxels_ += voxels;
    file_.require(voxels_ <= most, place,
                  "the label blocks have more than " + std::to_string(std::uint64_t(most)) +
                      " voxels in all",
                  "paint less, or into smaller images");
  }

  project_file const& file_;
  block_order order_;
  double voxels_ = 0;
};

/// The labels of each lane, in the order of the lanes.
[[nodiscard]] inline std::vector<std::vector<label_block>>
read_label_sets(project_file const& file, project_identity const& identity,
                std::vector<lane> const& lanes) {
  std::string const sets = "PixelClassification/LabelSets";
  std::vector<std::vector<label_block>> labels(lanes.size());
  if (!file.has_stored_group("PixelClassification")) return labels;
  auto const groups = numbered_children(file, sets);
  label_reader reader(file, identity);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::string const group = sets + "/" + groups[i];
    file.require(i < lanes.size() || file.children(group).empty(), group,
                 "there are labels, but only " + std::to_string(lanes.size()) + " images");
    if (i < lanes.size()) labels[i] = reader.read(group, lanes[i]);
  }
  return labels;
}

}  // namespace detail

/// The label blocks of each of the `lanes`, as read_lanes() returned them, in their order. Where
/// the project does not say how large the images are, the caller may fill in their shapes before.
/// @throws io_error, format_error when the file is no ilastik project or is damaged; when a block
/// lies outside its image; when old versions leave open which axis of a block is which.
[[nodiscard]] inline std::vector<std::vector<label_block>>
read_label_sets(std::string const& path, std::vector<lane> const& lanes) {
  detail::project_file const file(path);
  return detail::read_label_sets(file, detail::read_identity(file), lanes);
}

}  // namespace voxstitch::ilastik
