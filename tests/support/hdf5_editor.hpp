// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a test write, change and damage small HDF5 files?

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "voxstitch/io/detail/hdf5_types.hpp"

namespace voxstitch::test {

namespace hdf5 = io::detail::hdf5;

/// The three forms in which numpy and h5py leave strings in files.
enum class string_form { varying, fixed, opaque };

/// Writes datasets by their path; what stands there is replaced, missing groups are made.
class hdf5_editor {
 public:
  enum class mode { create, change };

  hdf5_editor(std::filesystem::path const& path, mode how) {
    hdf5::library_lock const lock;
    auto const name = path.string();
    file_ = hdf5::owned(how == mode::create
                            ? H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)
                            : H5Fopen(name.c_str(), H5F_ACC_RDWR, H5P_DEFAULT),
                        "editor: " + quoted(name));
    linking_ = hdf5::new_properties(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(linking_.id(), 1);
  }

  [[nodiscard]] hid_t id() const { return file_.id(); }
  [[nodiscard]] bool has(std::string const& place) const { return hdf5::exists(file_, place); }

  void remove(std::string const& place) {
    hdf5::library_lock const lock;
    if (hdf5::exists(file_, place))
      hdf5::checked(H5Ldelete(file_.id(), place.c_str(), H5P_DEFAULT), place);
  }

  void rename(std::string const& from, std::string const& to) {
    hdf5::library_lock const lock;
    hdf5::checked(
        H5Lmove(file_.id(), from.c_str(), file_.id(), to.c_str(), linking_.id(), H5P_DEFAULT),
        from);
  }

  /// A second name (a hard link) for what stands at `place`.
  void link(std::string const& place, std::string const& name) {
    hdf5::library_lock const lock;
    hdf5::checked(H5Lcreate_hard(file_.id(), place.c_str(), file_.id(), name.c_str(), linking_.id(),
                                 H5P_DEFAULT),
                  name);
  }

  void group(std::string const& place) {
    hdf5::library_lock const lock;
    if (hdf5::exists(file_, place)) return;
    hdf5::handle const made = hdf5::owned(
        H5Gcreate2(file_.id(), place.c_str(), linking_.id(), H5P_DEFAULT, H5P_DEFAULT), place);
  }

  /// An array of that shape; a scalar when the shape is empty.
  template <class T>
  void array(std::string const& place, std::vector<hsize_t> const& shape,
             std::vector<T> const& values) {
    hdf5::library_lock const lock;
    dataset(place, hdf5::native_type(element_type_of<T>), shape, values.data());
  }
  template <class T>
  void numbers(std::string const& place, std::vector<T> const& values) {
    array(place, {values.size()}, values);
  }

  /// numpy's bools: an enumeration of 8 bit integers.
  void bools(std::string const& place, std::vector<hsize_t> const& shape,
             std::vector<std::int8_t> const& values) {
    hdf5::library_lock const lock;
    dataset(place, bool_type().id(), shape, values.data());
  }

  void text(std::string const& place, std::string const& value,
            string_form form = string_form::varying) {
    strings(place, {}, {value}, form);
  }
  void texts(std::string const& place, std::vector<std::string> const& values,
             string_form form = string_form::varying) {
    strings(place, {values.size()}, values, form);
  }

  template <class T>
  void attribute(std::string const& place, std::string const& name, std::vector<T> const& values) {
    hdf5::library_lock const lock;
    attribute(place, name, hdf5::native_type(element_type_of<T>), {values.size()}, values.data());
  }
  void flag(std::string const& place, std::string const& name, std::int8_t value) {
    hdf5::library_lock const lock;
    attribute(place, name, bool_type().id(), {}, &value);
  }

  void text_attribute(std::string const& place, std::string const& name,
                      std::vector<std::string> const& values,
                      string_form form = string_form::varying) {
    hdf5::library_lock const lock;
    with_strings(values, form, [&](hid_t type, void const* memory) {
      attribute(place, name, type, {values.size()}, memory);
    });
  }

  /// A dataset of doubles that claims `elements` values without any storage behind them.
  void claim(std::string const& place, hsize_t elements) {
    hdf5::library_lock const lock;
    dataset(place, H5T_NATIVE_DOUBLE, {elements}, nullptr);
  }

 private:
  static hdf5::handle bool_type() {
    hdf5::handle type = hdf5::owned(H5Tenum_create(H5T_STD_I8LE), "bool");
    std::int8_t value = 0;
    H5Tenum_insert(type.id(), "FALSE", &value);
    value = 1;
    H5Tenum_insert(type.id(), "TRUE", &value);
    return type;
  }

  static hdf5::handle space_of(std::vector<hsize_t> const& shape) {
    hid_t const id = shape.empty() ? H5Screate(H5S_SCALAR)
                                   : H5Screate_simple(int(shape.size()), shape.data(), nullptr);
    return hdf5::owned(id, "space");
  }

  void dataset(std::string const& place, hid_t type, std::vector<hsize_t> const& shape,
               void const* values) {
    remove(place);
    hdf5::handle const space = space_of(shape);
    hdf5::handle const made = hdf5::owned(H5Dcreate2(file_.id(), place.c_str(), type, space.id(),
                                                     linking_.id(), H5P_DEFAULT, H5P_DEFAULT),
                                          place);
    if (values != nullptr)
      hdf5::checked(H5Dwrite(made.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), place);
  }

  void attribute(std::string const& place, std::string const& name, hid_t type,
                 std::vector<hsize_t> const& shape, void const* values) {
    hdf5::handle const object = hdf5::owned(H5Oopen(file_.id(), place.c_str(), H5P_DEFAULT), place);
    if (H5Aexists(object.id(), name.c_str()) > 0) H5Adelete(object.id(), name.c_str());
    hdf5::handle const space = space_of(shape);
    hdf5::handle const made = hdf5::owned(
        H5Acreate2(object.id(), name.c_str(), type, space.id(), H5P_DEFAULT, H5P_DEFAULT), name);
    hdf5::checked(H5Awrite(made.id(), type, values), name);
  }

  void strings(std::string const& place, std::vector<hsize_t> const& shape,
               std::vector<std::string> const& values, string_form form) {
    hdf5::library_lock const lock;
    with_strings(values, form,
                 [&](hid_t type, void const* memory) { dataset(place, type, shape, memory); });
  }

  /// Calls `write(type, memory)` with `values` as the library takes them.
  template <class Write>
  static void with_strings(std::vector<std::string> const& values, string_form form,
                           Write const& write) {
    if (form == string_form::varying) return with_varying_strings(values, write);
    std::size_t size = 1;
    for (auto const& value : values) size = std::max(size, value.size());
    std::string bytes;
    for (auto const& value : values) bytes += value + std::string(size - value.size(), '\0');
    hdf5::handle const type(form == string_form::opaque ? H5Tcreate(H5T_OPAQUE, size)
                                                        : H5Tcopy(H5T_C_S1));
    if (form == string_form::fixed) H5Tset_size(type.id(), size);
    if (form == string_form::fixed) H5Tset_strpad(type.id(), H5T_STR_NULLPAD);
    write(type.id(), bytes.data());
  }

  template <class Write>
  static void with_varying_strings(std::vector<std::string> const& values, Write const& write) {
    std::vector<char const*> pointers;
    for (auto const& value : values) pointers.push_back(value.c_str());
    hdf5::handle const type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.id(), H5T_VARIABLE);
    write(type.id(), static_cast<void const*>(pointers.data()));
  }

  hdf5::handle file_;
  hdf5::handle linking_;
};

}  // namespace voxstitch::test
