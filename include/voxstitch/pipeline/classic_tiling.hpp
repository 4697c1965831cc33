// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Do the cores of sub-volume files make up one whole volume?

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "voxstitch/io/natural_order.hpp"
#include "voxstitch/pipeline/classic_files.hpp"

namespace voxstitch::pipeline {

namespace detail {

inline void require_countable(coord<3> const& shape) {
  constexpr double most = 9e18;
  if (double(shape[0]) * double(shape[1]) * double(shape[2]) > most)
    throw format_error("merge: the cores reach to voxel " + to_string(shape) +
                       " (z, y, x), which is beyond any volume");
}

/// "dir/subvol_brain00007.h5": a path with the number that its name ends with.
struct numbered_path {
  std::string before;
  std::string digits;
  std::string after;  ///< the extension

  [[nodiscard]] index_t number() const { return std::stoll(digits); }
  /// The path of another number, with as many digits at least.
  [[nodiscard]] std::string with(index_t other) const {
    std::string const text = std::to_string(other);
    return before + std::string(digits.size() - std::min(digits.size(), text.size()), '0') + text +
           after;
  }
};

/// Nothing when the name does not end with a number.
[[nodiscard]] inline std::optional<numbered_path> numbered(std::string const& path) {
  std::size_t const end = path.size() - std::filesystem::path(path).extension().string().size();
  std::size_t begin = end;
  while (begin > 0 && io::detail::is_digit(path[begin - 1])) --begin;
  if (begin == end || end - begin > 18) return std::nullopt;
  return numbered_path{path.substr(0, begin), path.substr(begin, end - begin), path.substr(end)};
}

/// The first file that the numbers 0, 1, ... of the others say is missing, or the one after the
/// last; nothing when the files are not numbered alike.
[[nodiscard]] inline std::optional<std::string>
first_missing(std::vector<classic_file> const& files) {
  std::set<index_t> present;
  auto const first = numbered(files.front().path);
  for (auto const& f : files) {
    auto const path = numbered(f.path);
    if (!path || path->before != first->before || path->after != first->after ||
        !present.insert(path->number()).second)
      return std::nullopt;
  }
  index_t missing = 0;
  while (present.contains(missing)) ++missing;
  return first->with(missing);
}

/// "; by the numbers of the others, 'subvol_brain00007.h5' is", where that is known.
[[nodiscard]] inline std::string numbering_text(std::vector<classic_file> const& files) {
  auto const name = first_missing(files);
  return name ? "; by the numbers of the others, " + quoted(*name) + " is not there" : "";
}

/// An overlap behind the last core was cut from voxels that no file owns.
inline void require_nothing_behind(std::vector<classic_file> const& files, classic_file const& f,
                                   coord<3> const& shape) {
  box<3> const whole = f.place.whole();
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (whole.exclusive_max[axis] > shape[axis])
      throw format_error("merge: " + quoted(f.path) + " reaches to voxel " +
                         std::to_string(whole.exclusive_max[axis]) + " along " + "zyx"[axis] +
                         ", but no file's core goes beyond " + std::to_string(shape[axis]) +
                         ": the files behind it are missing" + numbering_text(files));
}

/// @throws format_error that names two files whose cores share voxels.
/// @complexity files x files that a plane of constant z meets
inline void require_disjoint(std::vector<classic_file> const& files) {
  std::vector<classic_file const*> by_begin;
  for (auto const& f : files) by_begin.push_back(&f);
  std::ranges::stable_sort(by_begin, {},
                           [](auto const* f) { return f->place.core.inclusive_min[0]; });
  std::vector<classic_file const*> open;
  for (auto const* f : by_begin) {
    box<3> const& core = f->place.core;
    std::erase_if(open, [&](auto const* o) {
      return o->place.core.exclusive_max[0] <= core.inclusive_min[0];
    });
    for (auto const* o : open)
      if (box<3> const both = intersection(o->place.core, core); !both.empty())
        throw format_error("merge: the cores of " + quoted(o->path) + " and " + quoted(f->path) +
                           " both hold the voxels " + to_string(both) +
                           " (z, y, x); a voxel has one owner: leave one of the files out");
    open.push_back(f);
  }
}

[[nodiscard]] inline bool holds(box<3> const& b, std::size_t axis, index_t place) {
  return b.inclusive_min[axis] <= place && place < b.exclusive_max[axis];
}

/// The first voxel that no core holds.
/// @pre there is one, and the cores are disjoint
[[nodiscard]] inline coord<3> first_gap(std::vector<classic_file> const& files,
                                        coord<3> const& shape) {
  std::vector<box<3>> cores;
  for (auto const& f : files) cores.push_back(f.place.core);
  coord<3> gap;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    coord<3> slower = shape;
    for (std::size_t done = 0; done <= axis; ++done) slower[done] = 1;
    auto const owned = [&](index_t place) {
      index_t voxels = 0;
      for (auto const& c : cores) {
        index_t area = holds(c, axis, place) ? 1 : 0;
        for (std::size_t rest = axis + 1; rest < 3; ++rest) area *= c.extent(rest);
        voxels += area;
      }
      return voxels;
    };
    std::vector<index_t> places{0};  // a gap begins where the volume does or a core ends
    for (auto const& c : cores) places.push_back(c.exclusive_max[axis]);
    std::ranges::sort(places);
    places.erase(std::unique(places.begin(), places.end()), places.end());
    gap[axis] =
        *std::ranges::find_if(places, [&](index_t p) { return owned(p) < product(slower); });
    std::erase_if(cores, [&](auto const& c) { return !holds(c, axis, gap[axis]); });
  }
  return gap;
}

}  // namespace detail

/// Extents (z, y, x) of the volume that the cores make up.
/// @throws format_error, which names a file or the first voxel without one, unless every voxel is
/// in the core of one file.
[[nodiscard]] inline coord<3> tiled_shape(std::vector<classic_file> const& files) {
  if (files.empty()) throw usage_error("merge: no file was given");
  coord<3> shape;
  for (auto const& f : files) shape = max(shape, f.place.core.exclusive_max);
  detail::require_countable(shape);
  for (auto const& f : files) detail::require_nothing_behind(files, f, shape);
  detail::require_disjoint(files);
  index_t owned = 0;
  for (auto const& f : files) owned += f.place.core.size();
  if (owned < product(shape))
    throw format_error("merge: voxel " + to_string(detail::first_gap(files, shape)) +
                       " (z, y, x) of " + to_string(shape) + " is in no file's core; of " +
                       std::to_string(files.size()) + " files, from " + quoted(files.front().path) +
                       " to " + quoted(files.back().path) + ", one is missing there" +
                       detail::numbering_text(files));
  return shape;
}

}  // namespace voxstitch::pipeline
