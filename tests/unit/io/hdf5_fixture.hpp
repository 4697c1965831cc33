// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do the tests make HDF5 files that the library itself never writes?

#include <functional>

#include "support/temporary_folder.hpp"
#include "support/volume_source_laws.hpp"
#include "voxstitch/view/copy_elements.hpp"
#include "voxstitch/io/detail/hdf5_output.hpp"
#include "voxstitch/io/detail/raw_array.hpp"

namespace voxstitch::test {

namespace h5 = voxstitch::io::detail::hdf5;

/// How a test dataset lies in its file.
struct stored_as {
  std::vector<hsize_t> chunk;  ///< file order; empty: contiguous
  bool big_endian = false;
  std::function<void(hid_t)> adjust = {};  ///< adds filters to the creation list
  bool write = true;                       ///< false: leave everything unwritten
};

[[nodiscard]] inline std::vector<hsize_t> file_extents(coord<5> const& c, std::string const& axes) {
  std::vector<hsize_t> extents;
  for (char letter : axes) extents.push_back(static_cast<hsize_t>(c[canonical_axis(letter)]));
  return extents;
}

/// The elements in the file's axis order.
[[nodiscard]] inline std::vector<std::byte> in_file_order(any_array<5>& values,
                                                          std::string const& axes) {
  io::detail::stored_axes order;
  for (char letter : axes)
    order.push_back({canonical_axis(letter), values.shape()[canonical_axis(letter)]});
  std::vector<std::byte> bytes(values.bytes().size());
  copy_elements(values.view(),
                            any_view<5>(bytes.data(), values.type(), values.shape(),
                                        io::detail::strides_in_order(order, values.shape())));
  return bytes;
}

[[nodiscard]] inline h5::handle stored_type_of(element_type type, bool big_endian) {
  h5::handle copy(H5Tcopy(h5::native_type(type)));
  if (big_endian) H5Tset_order(copy.id(), H5T_ORDER_BE);
  return copy;
}

/// Adds `values` as dataset `name` with the axes in the order of `axes`.
inline void add_dataset(h5::handle const& file, std::string const& name, any_array<5>& values,
                        std::string const& axes, stored_as const& how) {
  auto const extents = file_extents(values.shape(), axes);
  h5::handle const creation(H5Pcreate(H5P_DATASET_CREATE));
  if (!how.chunk.empty())
    H5Pset_chunk(creation.id(), static_cast<int>(how.chunk.size()), how.chunk.data());
  if (how.adjust) how.adjust(creation.id());
  h5::handle const links(H5Pcreate(H5P_LINK_CREATE));
  H5Pset_create_intermediate_group(links.id(), 1);
  h5::handle const space(
      H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr));
  h5::handle const type = stored_type_of(values.type(), how.big_endian);
  h5::handle const dataset(H5Dcreate2(file.id(), name.c_str(), type.id(), space.id(), links.id(),
                                      creation.id(), H5P_DEFAULT));
  REQUIRE(dataset);
  auto const bytes = in_file_order(values, axes);
  if (how.write)
    REQUIRE(H5Dwrite(dataset.id(), h5::native_type(values.type()), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                     bytes.data()) >= 0);
}

/// A new file with the one dataset "/data".
inline void write_file(std::string const& path, any_array<5>& values, std::string const& axes,
                       stored_as const& how) {
  h5::library_lock const lock;
  h5::handle const file = h5::create_file(path);
  add_dataset(file, "/data", values, axes, how);
}

/// Calls `change(file, dataset)` on a dataset of an existing file, opened for writing.
inline void edit_dataset(std::string const& path, std::string const& name,
                         std::function<void(h5::handle const&)> const& change) {
  h5::library_lock const lock;
  h5::handle const file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
  REQUIRE(file);
  change(h5::open_dataset(file, name));
}

/// A filter that turns all bits of its data round, registered as long as the object lives.
class inverting_filter {
 public:
  static constexpr H5Z_filter_t id = 510;
  inverting_filter() {
    H5Z_class2_t const description{H5Z_CLASS_T_VERS, id,      1,       1,
                                   "inverting",      nullptr, nullptr, &invert};
    REQUIRE(H5Zregister(&description) >= 0);
  }
  inverting_filter(inverting_filter const&) = delete;
  inverting_filter& operator=(inverting_filter const&) = delete;
  ~inverting_filter() { H5Zunregister(id); }

  static void add_to(hid_t creation) { H5Pset_filter(creation, id, 0, 0, nullptr); }

 private:
  static std::size_t invert(unsigned, std::size_t, unsigned const*, std::size_t bytes, std::size_t*,
                            void** buffer) {
    auto* const first = static_cast<unsigned char*>(*buffer);
    for (std::size_t i = 0; i < bytes; ++i) first[i] = static_cast<unsigned char>(~first[i]);
    return bytes;
  }
};

}  // namespace voxstitch::test
