// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a project look to a person?

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "voxstitch/geometry/extents_text.hpp"
#include "voxstitch/ilastik/feature_names.hpp"
#include "voxstitch/ilastik/project.hpp"

namespace voxstitch::ilastik {

namespace detail {

/// "#ffe119", as the web writes colours.
[[nodiscard]] inline std::string color_text(std::array<std::uint8_t, 3> const& color) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "#";
  for (std::uint8_t part : color) {
    text += digits[part / 16];
    text += digits[part % 16];
  }
  return text;
}

/// "3 trees", "1 tree".
[[nodiscard]] inline std::string counted(std::size_t count, std::string const& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

[[nodiscard]] inline std::string classes_text(project const& p) {
  std::string text;
  for (std::size_t i = 0; i < p.label_names.size(); ++i)
    text += (text.empty() ? "" : ", ") + std::to_string(i + 1) + " " + p.label_names[i] + " (" +
            color_text(p.label_colors[i]) + ")";
  return text;
}

/// `text` filled up with blanks to `width` bytes, on the left or on the right.
[[nodiscard]] inline std::string right_aligned(std::string const& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}
[[nodiscard]] inline std::string left_aligned(std::string const& text, std::size_t width) {
  return text + std::string(width - std::min(width, text.size()), ' ');
}

/// Whether a scale is smoothed and differentiated in the plane or in space, or "*": as the image.
[[nodiscard]] inline std::string dimension_text(project const& p, features::scale const& scale) {
  if (!p.has_compute_in_2d) return "*";
  return scale.in_2d ? "2D" : "3D";
}

inline constexpr std::size_t name_width = 34;
inline constexpr std::size_t cell_width = 6;

[[nodiscard]] inline std::string scales_line(features::selection const& selection) {
  std::string line = left_aligned("  sigma (voxels)", name_width);
  for (auto const& scale : selection.scales)
    line += right_aligned(features::python_number(scale.sigma), cell_width);
  return line;
}

[[nodiscard]] inline std::string filter_line(project const& p, std::size_t row) {
  auto const& selection = p.selection;
  std::string line = left_aligned("  " + features::name(selection.filters[row]), name_width);
  for (std::size_t column = 0; column < selection.scales.size(); ++column)
    line += right_aligned(
        selection.chosen[row][column] ? dimension_text(p, selection.scales[column]) : ".",
        cell_width);
  return line;
}

[[nodiscard]] inline std::size_t chosen_count(features::selection const& selection) {
  std::size_t count = 0;
  for (auto const& row : selection.chosen)
    count += std::size_t(std::count(row.begin(), row.end(), true));
  return count;
}

[[nodiscard]] inline std::string input_text(project const& p) {
  std::string text = counted(p.input_channels, "channel");
  if (p.training_axes.empty()) return text + ", axes of the training image unknown";
  text += ", trained on axes " + p.training_axes;
  if (p.training_shape.empty()) return text;
  return text + ", " + extents_text(p.training_shape);
}

[[nodiscard]] inline std::string classifier_text(project const& p) {
  return counted(p.tree_count(), "tree") + " in " + counted(p.classifier.forests.size(), "forest") +
         ", " + counted(p.node_count(), "node") + " (" + p.classifier_type + ")";
}

}  // namespace detail

/// What `voxstitch info` says about a project, line by line; the filter's reach is the caller's.
[[nodiscard]] inline std::vector<std::string> summary(project const& p) {
  std::vector<std::string> lines;
  lines.push_back("ilastik project: " + (p.workflow.empty() ? "unknown workflow" : p.workflow) +
                  ", saved by ilastik " + p.version);
  lines.push_back("classes:    " + detail::classes_text(p));
  lines.push_back("input:      " + detail::input_text(p));
  lines.push_back("classifier: " + detail::classifier_text(p));
  lines.push_back("features:   " + std::to_string(p.feature_count()) + " channels of " +
                  detail::counted(detail::chosen_count(p.selection), "chosen filter") +
                  (p.has_compute_in_2d ? "" : "; *: 2D for flat images, else 3D"));
  lines.push_back(detail::scales_line(p.selection));
  for (std::size_t row = 0; row < p.selection.filters.size(); ++row)
    lines.push_back(detail::filter_line(p, row));
  for (auto const& warning : p.warnings) lines.push_back("warning: " + warning);
  return lines;
}

}  // namespace voxstitch::ilastik
