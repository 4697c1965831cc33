// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are the values of a project file written, in the forms that ilastik and h5py give
/// them?

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "voxstitch/io/detail/hdf5_values.hpp"

namespace voxstitch::ilastik::detail {

namespace hdf5 = io::detail::hdf5;

/// A project in the making; places are paths from the file's root; missing groups are made. It
/// lives in memory until it is complete: projects are small, and a full disk must not leave half of
/// one.
class project_writer {
 public:
  using shape = std::vector<index_t>;  ///< slowest first; empty: one value

  void group(std::string const& place) { hdf5::create_group(file_, place); }

  /// ilastik takes a group without it for absent.
  void storage_version(std::string const& group, std::string const& version) {
    strings(group + "/StorageVersion", {}, {version}, hdf5::characters::utf8);
  }

  void text(std::string const& place, std::string const& value) { strings(place, {}, {value}); }
  void texts(std::string const& place, std::vector<std::string> const& values) {
    strings(place, {index_t(values.size())}, values);
  }

  void flag(std::string const& place, bool value) { flags(place, {}, {std::int8_t(value)}); }
  void flags(std::string const& place, shape const& extents,
             std::vector<std::int8_t> const& values) {
    hdf5::write_values(file_, place, hdf5::bool_type(), extents, values.data());
  }

  template <class T>
  void numbers(std::string const& place, shape const& extents, std::span<T const> values) {
    hdf5::write_values(file_, place, hdf5::number_handle(element_type_of<T>), extents,
                       values.data());
  }
  template <class T>
  void numbers(std::string const& place, std::vector<T> const& values) {
    numbers<T>(place, {index_t(values.size())}, std::span<T const>(values));
  }
  template <class T>
  void number(std::string const& place, T value) {
    numbers<T>(place, {}, std::span<T const>(&value, 1));
  }

  /// Bytes as numpy's void.
  void bytes(std::string const& place, std::string const& value) {
    hdf5::write_values(file_, place, hdf5::opaque_type(value.size()), {}, value.data());
  }

  void flag_attribute(std::string const& place, std::string const& name, bool value) {
    auto const stored = std::int8_t(value);
    hdf5::write_attribute_values(file_, place, name, hdf5::bool_type(), {}, &stored);
  }
  template <class T>
  void number_attribute(std::string const& place, std::string const& name, shape const& extents,
                        T value) {
    hdf5::write_attribute_values(file_, place, name, hdf5::number_handle(element_type_of<T>),
                                 extents, &value);
  }
  void text_attribute(std::string const& place, std::string const& name, std::string const& value,
                      hdf5::characters set) {
    char const* const pointer = value.c_str();
    hdf5::write_attribute_values(file_, place, name, hdf5::text_type(set), {}, &pointer);
  }

  /// The bytes of the file.
  [[nodiscard]] std::vector<std::byte> image() const { return hdf5::image_of(file_); }

 private:
  void strings(std::string const& place, shape const& extents,
               std::vector<std::string> const& values,
               hdf5::characters set = hdf5::characters::ascii) {
    std::vector<char const*> pointers;
    for (auto const& value : values) pointers.push_back(value.c_str());
    hdf5::write_values(file_, place, hdf5::text_type(set), extents, pointers.data());
  }

  hdf5::handle file_ = hdf5::create_memory_file();
};

}  // namespace voxstitch::ilastik::detail
