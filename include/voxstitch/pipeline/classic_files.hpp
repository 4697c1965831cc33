// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are the sub-volume files of the split-classify-merge workflow laid out?
///
/// One HDF5 file per sub-volume: one or several datasets of axes z, y, x that hold a core and an
/// overlap around it, `/orig_indices` uint64[6], where the core lies in the whole volume, and
/// `/left_overlap` and `/right_overlap`, voxels before and behind the core along z, y, x.
/// orig_indices holds begin and end of each axis, z0, z1, y0, y1, x0, x1 (ends exclusive). Files
/// with all begins before all ends, z0, y0, x0, z1, y1, x1, are read too: the extents of the
/// datasets tell them apart.

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/geometry/box.hpp"
#include "voxstitch/io/detail/hdf5_stored_values.hpp"
#include "voxstitch/io/hdf5_probe.hpp"
#include "voxstitch/io/natural_order.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::pipeline {

inline constexpr char const* classic_core_name = "orig_indices";
inline constexpr char const* classic_left_name = "left_overlap";
inline constexpr char const* classic_right_name = "right_overlap";

/// Where a sub-volume lies in the whole volume (z, y, x; voxels).
struct classic_place {
  box<3> core;
  coord<3> left{};   ///< voxels before the core
  coord<3> right{};  ///< voxels behind it

  /// What the datasets of the file hold.
  [[nodiscard]] box<3> whole() const {
    return {core.inclusive_min - left, core.exclusive_max + right};
  }
  friend bool operator==(classic_place const&, classic_place const&) = default;
};

struct classic_dataset {
  std::string name;  ///< without the slash before it
  volume_description description;
  std::vector<std::string> class_names;  ///< of all classes in their order, where the file says so
  coord<3> chunk = coord<3>::filled(1);  ///< that is unpacked whole; single voxels where none is
  std::int64_t unpacking_bytes = 0;      ///< of memory, for one chunk
};

/// A sub-volume file whose header was read and understood.
struct classic_file {
  std::string path;
  classic_place place;
  std::vector<classic_dataset> datasets;  ///< at least one, in the order of their names
};

/// "brain" and 7 of 64 files: "brain00007"; five digits, more where the last number needs them.
[[nodiscard]] inline std::string classic_name(std::string const& name, index_t number,
                                              index_t count) {
  std::string const digits = std::to_string(number);
  std::size_t const width = std::max<std::size_t>(5, std::to_string(count - 1).size());
  return name + std::string(width - std::min(width, digits.size()), '0') + digits;
}

namespace detail {

/// "'/a', '/b'", for messages.
[[nodiscard]] inline std::string names_of(classic_file const& f) {
  std::string names;
  for (auto const& d : f.datasets) names += (names.empty() ? "'/" : ", '/") + d.name + "'";
  return names;
}

/// What six numbers mean.
enum class classic_order { axis_by_axis, begins_then_ends };

/// A file's header before it is known what its six numbers mean.
struct classic_header {
  classic_file file;
  std::array<index_t, 6> core{};
};

[[nodiscard]] inline bool is_classic_index(std::string const& name) {
  return name == classic_core_name || name == classic_left_name || name == classic_right_name;
}

/// The numbers of an index dataset.
/// @throws format_error that names the file when they are missing, or not as many as they should
/// be.
[[nodiscard]] inline std::vector<index_t> classic_numbers(io::detail::hdf5::handle const& file,
                                                          std::string const& path,
                                                          std::string const& name,
                                                          std::size_t count) {
  namespace hdf5 = io::detail::hdf5;
  if (hdf5::kind_of(file, name) != hdf5::object_kind::dataset)
    throw format_error(quoted(path) + " has no dataset '/" + name +
                       "', which every sub-volume file of the classic workflow has");
  auto const numbers = hdf5::read_numbers<std::uint64_t>(hdf5::open_dataset(file, name));
  if (numbers.size() != count)
    throw format_error(quoted(path) + ": '/" + name + "' holds " + std::to_string(numbers.size()) +
                       " numbers, but should hold " + std::to_string(count));
  constexpr std::uint64_t most = std::numeric_limits<index_t>::max() / 4;
  for (auto const number : numbers)
    if (number > most)
      throw format_error(quoted(path) + ": '/" + name + "' holds " + std::to_string(number) +
                         ", which is beyond any volume");
  return {numbers.begin(), numbers.end()};
}

[[nodiscard]] inline coord<3> classic_margin(io::detail::hdf5::handle const& file,
                                             std::string const& path, std::string const& name) {
  auto const n = classic_numbers(file, path, name, 3);
  return {{n[0], n[1], n[2]}};
}

/// Says what is unpacked whole, and in how much memory: as it lies in the file, after each filter
/// that follows, and at last.
inline void describe_chunks(classic_dataset& d, io::detail::hdf5::handle const& dataset,
                            std::string const& path) {
  namespace hdf5 = io::detail::hdf5;
  if (hdf5::layout_of(dataset) != hdf5::layout::chunked) return;
  auto const chunk = hdf5::chunk_of(dataset);
  std::copy(chunk.begin(), chunk.end(), d.chunk.values.begin());
  constexpr double most = 4294967296.0;  // of a chunk in HDF5; more is refused when it is read
  double bytes = double(size_of(d.description.type));
  for (index_t extent : chunk) bytes *= double(extent);
  bytes = std::min(bytes, most);
  double const packed = std::min(bytes, double(std::filesystem::file_size(path)));
  auto const filters = hdf5::filters_of(dataset).size();
  d.unpacking_bytes =
      static_cast<std::int64_t>(packed + bytes * double(std::max<std::size_t>(filters, 1)));
}

/// A dataset of a sub-volume, whose axes are z, y, x.
/// @throws format_error that names file and dataset when it is something else.
[[nodiscard]] inline classic_dataset classic_dataset_at(io::detail::hdf5::handle const& file,
                                                        std::string const& path,
                                                        std::string const& name) {
  namespace hdf5 = io::detail::hdf5;
  auto const layout = io::probe_hdf5(path, name);
  std::string const where = quoted(path) + ": dataset '/" + name + "'";
  if (layout.shape.size() != 3)
    throw format_error(where + " has " + std::to_string(layout.shape.size()) +
                       " axes, but a sub-volume has three: z, y, x");
  if (layout.axes && *layout.axes != "zyx")
    throw format_error(where + " has the axes '" + *layout.axes + "' (" + layout.axes_origin +
                       "), but a sub-volume has 'zyx'");
  volume_description d;
  d.shape = of_one_channel({{layout.shape[0], layout.shape[1], layout.shape[2]}});
  d.type = layout.type;
  d.axes_origin = "the layout of sub-volume files";
  d.voxel_size = layout.voxel_size;
  d.voxel_unit = layout.voxel_unit;
  auto const dataset = hdf5::open_dataset(file, name);
  auto const names = hdf5::string_attribute(dataset, "class_names");
  classic_dataset found{name, d, names.value_or(std::vector<std::string>{})};
  describe_chunks(found, dataset, path);
  return found;
}

/// Everything of two axes or more; lists and single numbers are notes of whoever made the file.
[[nodiscard]] inline std::vector<classic_dataset>
classic_datasets(io::detail::hdf5::handle const& file, std::string const& path) {
  namespace hdf5 = io::detail::hdf5;
  std::vector<classic_dataset> found;
  for (auto const& absolute : hdf5::all_datasets(file)) {
    std::string const name = absolute.substr(1);
    if (is_classic_index(name) || hdf5::shape_of(hdf5::open_dataset(file, name)).size() < 2)
      continue;
    found.push_back(classic_dataset_at(file, path, name));
  }
  if (found.empty())
    throw format_error(quoted(path) + " holds no dataset of the axes z, y, x beside its indices");
  return found;
}

[[nodiscard]] inline classic_header read_classic_header(std::string const& path) {
  auto const file = io::detail::hdf5::open_file(path);
  classic_header header;
  header.file.path = path;
  auto const core = classic_numbers(file, path, classic_core_name, 6);
  std::copy(core.begin(), core.end(), header.core.begin());
  header.file.place.left = classic_margin(file, path, classic_left_name);
  header.file.place.right = classic_margin(file, path, classic_right_name);
  header.file.datasets = classic_datasets(file, path);
  return header;
}

[[nodiscard]] inline box<3> classic_core(std::array<index_t, 6> const& n, classic_order order) {
  if (order == classic_order::axis_by_axis) return {{{n[0], n[2], n[4]}}, {{n[1], n[3], n[5]}}};
  return {{{n[0], n[1], n[2]}}, {{n[3], n[4], n[5]}}};
}

/// Whether core and overlaps are as large as every dataset, and begin within the volume.
[[nodiscard]] inline bool fits(classic_header const& header, classic_order order) {
  classic_place place = header.file.place;
  place.core = classic_core(header.core, order);
  box<3> const whole = place.whole();
  bool const inside = min(whole.inclusive_min, {}) == coord<3>{};
  return !place.core.empty() && inside &&
         std::ranges::all_of(header.file.datasets, [&](auto const& d) {
           return spatial(d.description.shape) == whole.shape();
         });
}

[[noreturn]] inline void refuse_misfit(classic_header const& header, classic_order order) {
  auto const& f = header.file;
  classic_place place = f.place;
  place.core = classic_core(header.core, order);
  std::string extents;
  for (auto const& d : f.datasets)
    extents += (extents.empty() ? "'/" : ", '/") + d.name + "' is " +
               to_string(spatial(d.description.shape));
  throw format_error(quoted(f.path) + ": its indices say a core of " + to_string(place.core) +
                     " (z, y, x) and overlaps of " + to_string(place.left) + " before and " +
                     to_string(place.right) + " behind it, which do not fit: " + extents +
                     "; orig_indices is z0, z1, y0, y1, x0, x1 (or z0, y0, x0, z1, y1, x1) and an "
                     "extent is end - begin and both overlaps");
}

/// All files with one meaning of the six numbers, the usual one if both are possible.
[[nodiscard]] inline std::vector<classic_file> placed(std::vector<classic_header> headers) {
  auto const all = [&](classic_order order) {
    return std::ranges::all_of(headers, [&](auto const& h) { return fits(h, order); });
  };
  auto const order = all(classic_order::axis_by_axis) || !all(classic_order::begins_then_ends)
                         ? classic_order::axis_by_axis
                         : classic_order::begins_then_ends;
  std::vector<classic_file> files;
  for (auto& h : headers) {
    if (!fits(h, order)) refuse_misfit(h, order);
    h.file.place.core = classic_core(h.core, order);
    files.push_back(std::move(h.file));
  }
  return files;
}

}  // namespace detail

/// Reads the headers of sub-volume files, in natural order of their names.
/// @throws io_error when a file cannot be read; format_error, which names it, when it is none of
/// that layout or its indices do not fit its datasets.
[[nodiscard]] inline std::vector<classic_file> read_classic_files(std::vector<std::string> paths) {
  io::sort_naturally(paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  std::vector<detail::classic_header> headers;
  for (auto const& path : paths) headers.push_back(detail::read_classic_header(path));
  return detail::placed(std::move(headers));
}

}  // namespace voxstitch::pipeline
