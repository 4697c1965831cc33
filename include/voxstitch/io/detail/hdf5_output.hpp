// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are files, datasets and attributes made with the HDF5 library?

#include "voxstitch/io/detail/hdf5_storage.hpp"

namespace voxstitch::io::detail::hdf5 {

/// Makes a file, whatever was there, whose bytes depend on its content only.
[[nodiscard]] inline handle create_file(std::string const& path) {
  library_lock const lock;
  handle const creation = new_properties(H5P_FILE_CREATE);
  H5Pset_obj_track_times(creation.id(), false);
  handle const access_list = new_properties(H5P_FILE_ACCESS);
  H5Pset_file_locking(access_list.id(), false, true);
  return owned(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.id(), access_list.id()),
               [&] { return quoted(path) + " cannot be created"; });
}

/// The descriptor the library writes through.
[[nodiscard]] inline int descriptor_of(handle const& file) {
  library_lock const lock;
  void* descriptor = nullptr;
  checked(H5Fget_vfd_handle(file.id(), H5P_DEFAULT, &descriptor), [&] { return file_of(file); });
  return *static_cast<int*>(descriptor);
}

inline void flush(handle const& file) {
  library_lock const lock;
  checked(H5Fflush(file.id(), H5F_SCOPE_GLOBAL),
          [&] { return file_of(file) + " cannot be written"; });
}

/// Bytes the file has or will have when everything held in memory is written.
[[nodiscard]] inline std::uint64_t size_of_file(handle const& file) {
  library_lock const lock;
  hsize_t bytes = 0;
  checked(H5Fget_filesize(file.id(), &bytes), [&] { return file_of(file); });
  return bytes;
}

inline void close_file(handle& file, std::string const& path) {
  library_lock const lock;
  checked(H5Fclose(file.release()), quoted(path) + " cannot be closed");
}

namespace detail {

/// A dataset of that shape (file's order), without times; missing groups are made.
[[nodiscard]] inline handle make_dataset(handle const& file, std::string const& path,
                                         element_type type, std::vector<index_t> const& shape,
                                         handle const& creation) {
  auto const doing = [&] { return place_of(file) + ": cannot make dataset " + quoted(path); };
  handle const links = new_properties(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links.id(), 1);
  H5Pset_char_encoding(links.id(), H5T_CSET_UTF8);
  H5Pset_obj_track_times(creation.id(), false);
  file_offset const extents = to_offset(shape);
  handle const space =
      owned(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), doing);
  return owned(H5Dcreate2(file.id(), path.c_str(), native_type(type), space.id(), links.id(),
                          creation.id(), H5P_DEFAULT),
               doing);
}

}  // namespace detail

/// A chunked, deflated dataset, fill value 0, without times; missing groups are made.
/// @param shape, chunk in the file's order
[[nodiscard]] inline handle create_dataset(handle const& file, std::string const& path,
                                           element_type type, std::vector<index_t> const& shape,
                                           std::vector<index_t> const& chunk, int level) {
  library_lock const lock;
  auto const doing = [&] { return place_of(file) + ": cannot make dataset " + quoted(path); };
  file_offset const extents = to_offset(chunk);
  handle const creation = new_properties(H5P_DATASET_CREATE);
  checked(H5Pset_chunk(creation.id(), static_cast<int>(extents.size()), extents.data()), doing);
  checked(H5Pset_deflate(creation.id(), static_cast<unsigned>(level)), doing);
  return detail::make_dataset(file, path, type, shape, creation);
}

/// A part of a virtual dataset: the same place in another file's dataset of the same shape.
struct virtual_part {
  std::string file;  ///< absolute, or as seen from the folder of the virtual dataset's file
  std::string dataset;
  std::vector<index_t> offset;  ///< in the file's order
  std::vector<index_t> extent;
};

/// A dataset that holds nothing itself, fill value 0, without times; missing groups are made.
/// @param shape in the file's order
[[nodiscard]] inline handle create_virtual_dataset(handle const& file, std::string const& path,
                                                   element_type type,
                                                   std::vector<index_t> const& shape,
                                                   std::vector<virtual_part> const& parts) {
  library_lock const lock;
  auto const doing = [&] { return place_of(file) + ": cannot make dataset " + quoted(path); };
  file_offset const extents = to_offset(shape);
  handle const creation = new_properties(H5P_DATASET_CREATE);
  for (auto const& part : parts) {
    handle const space =
        owned(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), doing);
    file_offset const offset = to_offset(part.offset);
    file_offset const extent = to_offset(part.extent);
    checked(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, offset.data(), nullptr, extent.data(),
                                nullptr),
            doing);
    checked(H5Pset_virtual(creation.id(), space.id(), part.file.c_str(), part.dataset.c_str(),
                           space.id()),
            doing);
  }
  return detail::make_dataset(file, path, type, shape, creation);
}

/// Stores a filtered chunk as it is.
inline void write_chunk(handle const& dataset, std::vector<index_t> const& offset,
                        std::vector<std::byte> const& bytes) {
  library_lock const lock;
  file_offset const at = to_offset(offset);
  checked(H5Dwrite_chunk(dataset.id(), H5P_DEFAULT, 0, at.data(), bytes.size(), bytes.data()),
          [&] { return place_of(dataset) + " cannot be written"; });
}

namespace detail {
inline void write_attribute(handle const& object, std::string const& name, hid_t stored_type,
                            hid_t memory_type, handle const& space, void const* values) {
  auto const doing = [&] { return place_of(object) + ": cannot write attribute " + quoted(name); };
  handle const attribute = owned(
      H5Acreate2(object.id(), name.c_str(), stored_type, space.id(), H5P_DEFAULT, H5P_DEFAULT),
      doing);
  checked(H5Awrite(attribute.id(), memory_type, values), doing);
}

[[nodiscard]] inline handle list_space(std::size_t count) {
  hsize_t const extent = count;
  return owned(H5Screate_simple(1, &extent, nullptr), "data space");
}

inline void write_strings(handle const& object, std::string const& name, H5T_cset_t characters,
                          handle const& space, std::vector<std::string> const& strings) {
  handle const type = owned(H5Tcopy(H5T_C_S1), "string type");
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), characters);
  std::vector<char const*> pointers;
  for (auto const& text : strings) pointers.push_back(text.c_str());
  write_attribute(object, name, type.id(), type.id(), space, pointers.data());
}
}  // namespace detail

/// A scalar UTF-8 string of varying length, as h5py writes it.
inline void write_string_attribute(handle const& object, std::string const& name,
                                   std::string const& value) {
  library_lock const lock;
  handle const scalar = owned(H5Screate(H5S_SCALAR), "data space");
  detail::write_strings(object, name, H5T_CSET_UTF8, scalar, {value});
}

/// A list of UTF-8 strings of varying length.
inline void write_string_list_attribute(handle const& object, std::string const& name,
                                        std::vector<std::string> const& values) {
  library_lock const lock;
  detail::write_strings(object, name, H5T_CSET_UTF8, detail::list_space(values.size()), values);
}

/// A list of numbers, stored as `type`.
inline void write_number_list_attribute(handle const& object, std::string const& name,
                                        element_type type, std::vector<double> const& values) {
  library_lock const lock;
  detail::write_attribute(object, name, native_type(type), H5T_NATIVE_DOUBLE,
                          detail::list_space(values.size()), values.data());
}

/// A small dataset that is not chunked: a list of numbers, stored as `type`.
inline void write_number_list(handle const& file, std::string const& path, element_type type,
                              std::vector<std::uint64_t> const& values) {
  library_lock const lock;
  auto const doing = [&] { return place_of(file) + ": cannot make dataset " + quoted(path); };
  handle const creation = new_properties(H5P_DATASET_CREATE);
  H5Pset_obj_track_times(creation.id(), false);
  handle const space = detail::list_space(values.size());
  handle const dataset = owned(H5Dcreate2(file.id(), path.c_str(), native_type(type), space.id(),
                                          H5P_DEFAULT, creation.id(), H5P_DEFAULT),
                               doing);
  checked(H5Dwrite(dataset.id(), H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
          doing);
}

/// The dimension labels of HDF5's high-level library: one ASCII string per axis.
inline void write_dimension_labels(handle const& dataset, std::vector<std::string> const& labels) {
  library_lock const lock;
  detail::write_strings(dataset, "DIMENSION_LABELS", H5T_CSET_ASCII,
                        detail::list_space(labels.size()), labels);
}

}  // namespace voxstitch::io::detail::hdf5
