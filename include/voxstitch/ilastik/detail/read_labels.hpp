// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which classes does a project file name, and in which colours?

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "voxstitch/ilastik/detail/project_file.hpp"

namespace voxstitch::ilastik::detail {

using rgb = std::array<std::uint8_t, 3>;

/// Well distinguishable colours for classes without their own; the first three are ilastik's.
inline constexpr std::array<rgb, 12> default_colors{{{255, 225, 25},
                                                     {0, 130, 200},
                                                     {230, 25, 75},
                                                     {60, 180, 75},
                                                     {245, 130, 48},
                                                     {145, 30, 180},
                                                     {70, 240, 240},
                                                     {240, 50, 230},
                                                     {0, 128, 128},
                                                     {170, 110, 40},
                                                     {128, 0, 0},
                                                     {128, 128, 128}}};

/// The stored names; none when the list is marked empty or holds something else than strings.
[[nodiscard]] inline std::vector<std::string> read_stored_names(project_file const& file) {
  std::string const place = "PixelClassification/LabelNames";
  if (!file.has_dataset(place) || file.is_empty(place) || file.holds_numbers(place)) return {};
  return file.strings(place);
}

[[nodiscard]] inline std::size_t largest_of(std::vector<std::uint64_t> const& labels) {
  return labels.empty() ? 0 : std::size_t(*std::max_element(labels.begin(), labels.end()));
}

/// The largest label that was painted in any image; 0 without labels.
[[nodiscard]] inline std::size_t largest_painted_label(project_file const& file) {
  std::string const sets = "PixelClassification/LabelSets";
  std::size_t largest = 0;
  for (auto const& lane : file.children(sets)) {
    std::string const place = sets + "/" + lane + "/";
    for (auto const& block : file.children(sets + "/" + lane))
      if (file.has_dataset(place + block))
        largest = std::max(largest, largest_of(file.numbers<std::uint64_t>(place + block)));
  }
  return largest;
}

/// "Label 1" ... "Label <count>", ilastik's own names for classes without names.
[[nodiscard]] inline std::vector<std::string> numbered_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= count; ++i) names.push_back("Label " + std::to_string(i));
  return names;
}

/// Refuses a label that ilastik cannot paint: its label blocks are uint8.
inline void require_label(project_file const& file, std::string const& place, std::size_t label) {
  file.require(label <= 255, place, "label " + std::to_string(label) + " is beyond 255");
}

/// The names of the classes; empty when the file neither names nor paints one.
[[nodiscard]] inline std::vector<std::string> read_label_names(project_file const& file) {
  auto const names = read_stored_names(file);
  if (!names.empty()) return names;
  std::size_t const painted = largest_painted_label(file);
  require_label(file, "PixelClassification/LabelSets", painted);
  return numbered_names(painted);
}

/// One colour per class: the stored ones where they are complete, else defaults.
[[nodiscard]] inline std::vector<rgb> read_label_colors(project_file const& file,
                                                        std::size_t count) {
  std::string const place = "PixelClassification/LabelColors";
  std::vector<rgb> colors;
  for (std::size_t i = 0; i < count; ++i)
    colors.push_back(default_colors[i % default_colors.size()]);
  bool const stored = file.has_dataset(place) && !file.is_empty(place) && file.holds_numbers(place);
  if (!stored || file.shape(place) != std::vector<index_t>{index_t(count), 3}) return colors;
  auto const values = file.numbers<std::int64_t>(place);
  for (std::size_t i = 0; i < values.size(); ++i)
    colors[i / 3][i % 3] = std::uint8_t(std::clamp<std::int64_t>(values[i], 0, 255));
  return colors;
}

}  // namespace voxstitch::ilastik::detail
