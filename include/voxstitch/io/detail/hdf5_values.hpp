// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are groups, small datasets and attributes of any kind written, as h5py writes them?

#include <atomic>

#include "voxstitch/io/detail/hdf5_output.hpp"

namespace voxstitch::io::detail::hdf5 {

/// Makes a file that lives in memory and never touches a disk; its bytes depend on its content
/// only.
[[nodiscard]] inline handle create_memory_file() {
  constexpr std::size_t growth = 1 << 20;
  static std::atomic<unsigned> number = 0;  // names of open files must differ
  std::string const name = "in memory " + std::to_string(number++);
  library_lock const lock;
  handle const creation = new_properties(H5P_FILE_CREATE);
  H5Pset_obj_track_times(creation.id(), false);
  handle const access_list = new_properties(H5P_FILE_ACCESS);
  checked(H5Pset_fapl_core(access_list.id(), growth, false), "file in memory");
  return owned(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, creation.id(), access_list.id()),
               "a file in memory cannot be made");
}

/// The bytes a file would have on disk.
[[nodiscard]] inline std::vector<std::byte> image_of(handle const& file) {
  library_lock const lock;
  flush(file);
  auto const doing = "the image of a file in memory cannot be made";
  auto const bytes = checked(H5Fget_file_image(file.id(), nullptr, 0), doing);
  std::vector<std::byte> image(static_cast<std::size_t>(bytes));
  checked(H5Fget_file_image(file.id(), image.data(), image.size()), doing);
  return image;
}

/// Makes a group, and those above it that are missing.
inline void create_group(handle const& file, std::string const& path) {
  library_lock const lock;
  handle const links = new_properties(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links.id(), 1);
  handle const creation = new_properties(H5P_GROUP_CREATE);
  H5Pset_obj_track_times(creation.id(), false);
  handle const group =
      owned(H5Gcreate2(file.id(), path.c_str(), links.id(), creation.id(), H5P_DEFAULT),
            [&] { return place_of(file) + ": cannot make group " + quoted(path); });
}

/// numpy's bool.
[[nodiscard]] inline handle bool_type() {
  library_lock const lock;
  handle type = owned(H5Tenum_create(H5T_STD_I8LE), "bool type");
  std::int8_t value = 0;
  checked(H5Tenum_insert(type.id(), "FALSE", &value), "bool type");
  value = 1;
  checked(H5Tenum_insert(type.id(), "TRUE", &value), "bool type");
  return type;
}

/// Strings of varying length.
[[nodiscard]] inline handle text_type(H5T_cset_t set) {
  library_lock const lock;
  handle type = owned(H5Tcopy(H5T_C_S1), "string type");
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), set);
  return type;
}

/// Bytes that mean nothing to HDF5.
/// @pre `bytes` > 0
[[nodiscard]] inline handle opaque_type(std::size_t bytes) {
  library_lock const lock;
  return owned(H5Tcreate(H5T_OPAQUE, bytes), "opaque type");
}

/// A copy of the library's type of a number.
[[nodiscard]] inline handle number_handle(element_type type) {
  library_lock const lock;
  return owned(H5Tcopy(native_type(type)), "number type");
}

/// Extents, slowest first; none: one value.
[[nodiscard]] inline handle new_space(std::vector<index_t> const& shape) {
  library_lock const lock;
  if (shape.empty()) return owned(H5Screate(H5S_SCALAR), "data space");
  file_offset const extents = to_offset(shape);
  return owned(H5Screate_simple(static_cast<int>(shape.size()), extents.data(), nullptr),
               "data space");
}

/// A dataset that is not chunked, without times; missing groups are made.
/// @param values as many as `shape` says, of `type` as in memory
inline void write_values(handle const& file, std::string const& path, handle const& type,
                         std::vector<index_t> const& shape, void const* values) {
  library_lock const lock;
  auto const doing = [&] { return place_of(file) + ": cannot write dataset " + quoted(path); };
  handle const links = new_properties(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links.id(), 1);
  handle const creation = new_properties(H5P_DATASET_CREATE);
  H5Pset_obj_track_times(creation.id(), false);
  handle const space = new_space(shape);
  handle const dataset = owned(H5Dcreate2(file.id(), path.c_str(), type.id(), space.id(),
                                          links.id(), creation.id(), H5P_DEFAULT),
                               doing);
  checked(H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values), doing);
}

/// An attribute of the group or dataset at `path`.
inline void write_attribute_values(handle const& file, std::string const& path,
                                   std::string const& name, handle const& type,
                                   std::vector<index_t> const& shape, void const* values) {
  library_lock const lock;
  handle const object = owned(H5Oopen(file.id(), path.c_str(), H5P_DEFAULT),
                              [&] { return place_of(file) + ": there is no " + quoted(path); });
  detail::write_attribute(object, name, type.id(), type.id(), new_space(shape), values);
}

}  // namespace voxstitch::io::detail::hdf5
