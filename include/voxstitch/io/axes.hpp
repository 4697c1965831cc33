// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which axis of a file is which, and who says so?

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/geometry/extents_text.hpp"
#include "voxstitch/io/file_layout.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::io {

/// What is known about the axes besides the file itself; empty where nothing is.
struct axes_request {
  std::string option;    ///< the user's --axes, slowest first
  std::string training;  ///< axes of the data a project was trained on, slowest first
  char followed = '\0';  ///< of a stack's files: the axis they follow, which they need not have
  std::string written =
      {};  ///< the user's --axes as it was written, where `option` is a part of it
};

/// The axes of a file in the file's order, and where they were learnt from.
struct resolved_axes {
  std::string axes;
  std::string origin;
};

namespace detail {

/// Why `axes` cannot name the axes of anything; nothing when it can.
/// @param followed axis that is not needed: the files of a stack follow it
[[nodiscard]] inline std::optional<std::string> fault_of_axes(std::string_view axes,
                                                              char followed = '\0') {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (canonical_axes.find(axes[i]) == canonical_axes.npos)
      return "'" + std::string(1, axes[i]) + "' is not one of t, c, z, y, x";
    if (axes.find(axes[i]) != i) return "'" + std::string(1, axes[i]) + "' is there twice";
  }
  for (char needed : {'y', 'x'})
    if (needed != followed && axes.find(needed) == axes.npos)
      return "'" + std::string(1, needed) + "' is missing";
  return std::nullopt;
}

/// `axes` agrees with `pattern`, whose '?' stand for any letter.
[[nodiscard]] inline bool agrees(std::string_view axes, std::string_view pattern) {
  return std::equal(axes.begin(), axes.end(), pattern.begin(), pattern.end(),
                    [](char a, char p) { return p == '?' || a == p; });
}

/// Channels are few, rows and columns are many.
[[nodiscard]] inline bool plausible(std::string_view axes, std::vector<index_t> const& shape) {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    bool const few = shape[i] <= 4;
    if (axes[i] == 'c' ? !few : few && (axes[i] == 'y' || axes[i] == 'x')) return false;
  }
  return true;
}

/// Letters of `letters` whose bit in `mask` is set, in order.
[[nodiscard]] inline std::string chosen(std::string_view letters, unsigned mask) {
  std::string result;
  for (std::size_t i = 0; i < letters.size(); ++i)
    if ((mask >> i & 1U) != 0) result += letters[i];
  return result;
}

/// The one way to leave out letters of `training` that fits a file of fewer axes.
[[nodiscard]] inline std::optional<std::string>
fewer_axes(std::vector<index_t> const& shape, std::string_view pattern, std::string_view training) {
  std::optional<std::string> found;
  for (unsigned mask = 0; mask < 1U << training.size(); ++mask) {
    std::string const axes = chosen(training, mask);
    if (axes.size() != shape.size() || fault_of_axes(axes) || !agrees(axes, pattern)) continue;
    if (pattern.find_first_not_of('?') == pattern.npos && !plausible(axes, shape)) continue;
    if (found) return std::nullopt;
    found = axes;
  }
  return found;
}

/// A letter that `axes` does not use, for an axis of extent 1: c behind, t before the others.
[[nodiscard]] inline char spare_letter(std::string_view axes, bool last) {
  for (char letter : last ? std::string_view("ctz") : std::string_view("tzc"))
    if (axes.find(letter) == axes.npos) return letter;
  return '?';
}

/// `training` with letters for those of the file's axes (set in `mask`) that have extent 1.
[[nodiscard]] inline std::optional<std::string>
with_singletons(std::vector<index_t> const& shape, std::string_view training, unsigned mask) {
  std::string axes;
  std::string used(training);
  std::size_t next = 0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    bool const spare = (mask >> i & 1U) != 0;
    if (spare ? shape[i] != 1 : next == training.size()) return std::nullopt;
    axes += spare ? spare_letter(used, i + 1 == shape.size()) : training[next++];
    if (spare) used += axes.back();
  }
  return next == training.size() ? std::optional(axes) : std::nullopt;
}

/// A way to read a file of more axes as `training` and axes of extent 1; the last ones first.
[[nodiscard]] inline std::optional<std::string>
more_axes(std::vector<index_t> const& shape, std::string_view pattern, std::string_view training) {
  for (unsigned mask = 1U << shape.size(); mask-- > 0;) {
    auto const axes = with_singletons(shape, training, mask);
    if (axes && agrees(*axes, pattern)) return axes;
  }
  return std::nullopt;
}

[[nodiscard]] inline std::optional<std::string> training_reading(std::vector<index_t> const& shape,
                                                                 std::string_view pattern,
                                                                 std::string_view training) {
  if (training.empty() || fault_of_axes(training)) return std::nullopt;
  if (training.size() > shape.size()) return fewer_axes(shape, pattern, training);
  if (training.size() < shape.size()) return more_axes(shape, pattern, training);
  return agrees(training, pattern) ? std::optional<std::string>(training) : std::nullopt;
}

/// What the shape alone allows; ilastik's choice first (5.3 of its input rules: a last extent of at
/// most 4 is channels).
[[nodiscard]] inline std::vector<std::string> readings_of(std::vector<index_t> const& shape) {
  index_t const last = shape.back();
  switch (shape.size()) {
  case 2: return {"yx"};
  case 3:
    return last == 1   ? std::vector<std::string>{"yxc"}
           : last <= 4 ? std::vector<std::string>{"yxc", "zyx"}
                       : std::vector<std::string>{"zyx"};
  case 4:
    return last <= 4 ? std::vector<std::string>{"zyxc"} : std::vector<std::string>{"zyxc", "tzyx"};
  default: return {"tzyxc"};
  }
}

/// Fills each '?' with the first of z, t, c that is free.
[[nodiscard]] inline std::string filled(std::string pattern) {
  for (char& letter : pattern)
    if (letter == '?')
      for (char candidate : {'z', 't', 'c'})
        if (letter == '?' && pattern.find(candidate) == pattern.npos) letter = candidate;
  return pattern;
}

[[nodiscard]] inline std::string checked_option(std::string const& path, file_layout const& layout,
                                                axes_request const& request) {
  auto const& option = request.option;
  bool const whole = request.written.empty();
  std::string const where = "option --axes '" + (whole ? option : request.written) + "': ";
  if (auto const fault = fault_of_axes(option, request.followed)) throw usage_error(where + *fault);
  if (option.size() != layout.shape.size())
    throw usage_error(where + std::to_string(option.size()) + " letters" +
                      (whole ? "" : " for each file, '" + option + "'") + ", but " + quoted(path) +
                      " has " + std::to_string(layout.shape.size()) + " axes (" +
                      extents_text(layout.shape) + ")");
  return option;
}

[[nodiscard]] inline std::string checked_metadata(std::string const& path,
                                                  file_layout const& layout,
                                                  std::string const& axes, char followed) {
  auto fault = fault_of_axes(axes, followed);
  if (axes.size() != layout.shape.size()) fault = "the shape is " + extents_text(layout.shape);
  if (fault)
    throw format_error("axes: " + quoted(path) + " names its axes '" + axes + "' (" +
                       layout.axes_origin + "), but " + *fault + "; name them with --axes");
  return axes;
}

inline void check_rank(std::string const& path, file_layout const& layout) {
  if (layout.shape.size() < 2 || layout.shape.size() > 5)
    throw shape_error("axes: " + quoted(path) + " has " + std::to_string(layout.shape.size()) +
                      " axes (" + extents_text(layout.shape) + "), but a volume has 2 to 5");
}

/// What people should know where a file's metadata were passed over.
[[nodiscard]] inline std::string reservation(file_layout const& layout) {
  return layout.axes_doubt.empty()
             ? ""
             : ", as " + layout.axes_doubt + " does not name every axis; see --axes";
}

[[nodiscard]] inline std::string reading_by_rule(std::string const& path,
                                                 std::vector<index_t> const& shape) {
  auto const readings = readings_of(shape);
  if (readings.size() > 1)
    throw usage_error("axes: " + quoted(path) + " is " + extents_text(shape) + ", which may be " +
                      readings[0] + " or " + readings[1] +
                      ", and neither the file nor a project says which; say it with --axes " +
                      readings[0] + " or --axes " + readings[1]);
  return readings[0];
}

}  // namespace detail

/// Names the axes of a file, in this order of trust: the option, the file's own metadata, the
/// training axes where they fit (axes of extent 1 may be missing on either side), ilastik's rule.
/// In `layout.axes` a '?' is an axis whose name the file does not tell, as the pages of a TIFF.
/// @throws format_error for metadata that the file contradicts, unless the option overrules them;
/// usage_error for an option that does not fit, and when the shape allows two readings and
/// nobody decides; shape_error for a file of fewer than 2 or more than 5 axes.
[[nodiscard]] inline resolved_axes resolve_axes(std::string const& path, file_layout const& layout,
                                                axes_request const& request = {}) {
  detail::check_rank(path, layout);
  if (!request.option.empty())
    return {detail::checked_option(path, layout, request), "option --axes"};
  if (!layout.contradiction.empty()) throw format_error(layout.contradiction);
  std::string const pattern = layout.axes.value_or(std::string(layout.shape.size(), '?'));
  if (pattern.find('?') == pattern.npos)
    return {detail::checked_metadata(path, layout, pattern, request.followed), layout.axes_origin};
  if (auto axes = detail::training_reading(layout.shape, pattern, request.training))
    return {*axes, "the project's training data" + detail::reservation(layout)};
  if (layout.axes)
    return {detail::checked_metadata(path, layout, detail::filled(pattern), request.followed),
            layout.axes_origin};
  return {detail::reading_by_rule(path, layout.shape),
          "the shape (ilastik's rule)" + detail::reservation(layout)};
}

}  // namespace voxstitch::io
