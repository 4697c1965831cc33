// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which dataset of a file is meant, and can it be a volume?

#include "voxstitch/geometry/extents_text.hpp"
#include "voxstitch/io/axes.hpp"
#include "voxstitch/io/detail/hdf5_elsewhere.hpp"
#include "voxstitch/io/detail/hdf5_types.hpp"

namespace voxstitch::io::detail {

inline constexpr std::size_t fewest_axes = 2;
inline constexpr std::size_t most_axes = 5;

/// "'/a' (30 x 40 x 50 uint8), '/b' (...)", at most `most` of them.
[[nodiscard]] inline std::string listed(hdf5::handle const& file,
                                        std::vector<std::string> const& datasets) {
  constexpr std::size_t most = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, datasets.size()); ++i) {
    auto const dataset = hdf5::open_dataset(file, datasets[i]);
    auto const type = hdf5::number_type(hdf5::type_of(dataset));
    auto const shape = extents_text(hdf5::shape_of(dataset));
    text += (i == 0 ? "" : ", ") + quoted(datasets[i]) + " (" + shape +
            (shape.empty() ? "one " : " ") + (type ? to_string(type->type) : "no numbers") + ")";
  }
  if (datasets.size() > most) text += " and " + std::to_string(datasets.size() - most) + " more";
  return datasets.empty() ? "no datasets" : text;
}

[[nodiscard]] inline bool can_be_volume(hdf5::handle const& dataset) {
  auto const rank = hdf5::shape_of(dataset).size();
  return rank >= fewest_axes && rank <= most_axes &&
         hdf5::number_type(hdf5::type_of(dataset)).has_value();
}

/// The path of the only dataset that can be a volume.
/// @throws format_error, which lists what there is, unless there is exactly one.
[[nodiscard]] inline std::string only_volume(hdf5::handle const& file, std::string const& path) {
  auto const all = hdf5::all_datasets(file);
  std::vector<std::string> volumes;
  for (auto const& name : all)
    if (can_be_volume(hdf5::open_dataset(file, name))) volumes.push_back(name);
  if (volumes.size() == 1) return volumes.front();
  if (volumes.empty())
    throw format_error(quoted(path) + " holds no dataset of numbers with 2 to 5 axes, but " +
                       listed(file, all));
  throw format_error(quoted(path) + " holds " + std::to_string(volumes.size()) +
                     " volumes: " + listed(file, volumes) + "; name one of them, as '" + path +
                     volumes.front() + "'");
}

/// @throws io_error when a link on the way to `internal` leads to what is missing.
inline void check_links(hdf5::handle const& file, std::string const& path,
                        std::string const& internal) {
  auto const link = hdf5::dangling_link(file, internal);
  if (!link) return;
  std::string const where = quoted(path) + ": " + quoted(link->link) + " is a link to ";
  if (!link->file)
    throw io_error(where + quoted(link->object) + ", which is missing; name another dataset");
  auto const target = hdf5::file_named_by(path, *link->file, "HDF5_EXT_PREFIX");
  if (!target)
    throw io_error(where + quoted(link->object) + " of the file " + quoted(*link->file) +
                   ", which is missing or cannot be read; put it back in its place");
  throw io_error(where + quoted(link->object) + " of the file " + quoted(*target) +
                 ", which has no such dataset or cannot be opened; use the file that was meant, or "
                 "name the dataset there");
}

/// @throws format_error, which lists what there is, when `internal` is no dataset; io_error when it
/// is a link to what is missing.
[[nodiscard]] inline hdf5::handle
existing_dataset(hdf5::handle const& file, std::string const& path, std::string const& internal) {
  switch (hdf5::kind_of(file, internal)) {
  case hdf5::object_kind::dataset: return hdf5::open_dataset(file, internal);
  case hdf5::object_kind::group: {
    std::string const below = internal == "/" ? "/" : internal + "/";
    auto inside = hdf5::all_datasets(file);
    std::erase_if(inside, [&](auto const& name) { return !name.starts_with(below); });
    throw format_error(quoted(path) + ": " + quoted(internal) +
                       " is a group, not a dataset; it holds " + listed(file, inside));
  }
  case hdf5::object_kind::other:
    throw format_error(quoted(path) + ": " + quoted(internal) + " is a type, not a dataset");
  case hdf5::object_kind::missing: check_links(file, path, internal);
  }
  throw format_error(quoted(path) + " has no dataset " + quoted(internal) + "; it holds " +
                     listed(file, hdf5::all_datasets(file)));
}

/// A dataset that can be a volume, how its numbers are stored, and its shape in the file's order.
struct volume_dataset {
  hdf5::handle handle;
  hdf5::stored_type type;
  std::vector<index_t> shape;
};

/// @throws format_error unless every extent is at least 1 and the volume's bytes can be counted.
inline void check_extents(volume_dataset const& volume, std::string const& where) {
  auto bytes = static_cast<index_t>(size_of(volume.type.type));
  for (index_t extent : volume.shape) {
    if (extent < 1) throw format_error(where + " is empty: an axis has extent 0");
    if (__builtin_mul_overflow(bytes, extent, &bytes) || bytes > most_volume_bytes)
      throw format_error(where + " claims a shape that no file can hold (" +
                         extents_text(volume.shape) +
                         "): the file is damaged; write the dataset anew");
  }
}

/// @param internal path in the file; empty when the file should hold only one volume
/// @throws io_error, format_error as open_file(); format_error when the dataset is missing, no
/// dataset, or holds something that is no volume.
[[nodiscard]] inline volume_dataset open_volume(std::string const& path,
                                                std::string const& internal) {
  hdf5::library_lock const lock;
  auto const file = hdf5::open_file(path);
  std::string const wanted = internal.empty()          ? only_volume(file, path)
                             : internal.front() == '/' ? internal
                                                       : "/" + internal;
  volume_dataset found{existing_dataset(file, path, wanted), {}, {}};
  std::string const where = quoted(path) + ", " + quoted(wanted);
  auto const type = hdf5::type_of(found.handle);
  auto const numbers = hdf5::number_type(type);
  if (hdf5::is_half(type))
    throw format_error(where + ": 16 bit floats are not supported; convert to float32");
  if (!numbers)
    throw format_error(where + " holds " + hdf5::describe(type) +
                       ", but a volume holds integers of 8 to 64 bits or floats of 32 or 64");
  found.type = *numbers;
  found.shape = hdf5::shape_of(found.handle);
  if (found.shape.size() < fewest_axes || found.shape.size() > most_axes)
    throw format_error(where + " has " + std::to_string(found.shape.size()) +
                       " axes, but a volume has 2 to 5");
  check_extents(found, where);
  return found;
}

}  // namespace voxstitch::io::detail
