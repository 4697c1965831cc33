// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are values, lists and small arrays written to an HDF5 file in the forms of h5py?

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "voxstitch/io/detail/hdf5_values.hpp"

namespace voxstitch::io {

/// What a file says about the bytes of a string; h5py says ASCII of `bytes` and UTF-8 of `str`.
enum class characters { ascii, utf8 };

/// A file in the making; places are paths from its root; missing groups are made. It lives in
/// memory until it is complete, so that a full disk never sees half of it: not for volumes. Its
/// bytes depend only on what is written, and in which order.
/// @throws io_error, from every member, when there are two values at one place.
class hdf5_value_writer {
 public:
  using shape = std::vector<index_t>;  ///< slowest first; empty: one value

  void group(std::string const& place) { detail::hdf5::create_group(file_, place); }

  void text(std::string const& place, std::string const& value,
            characters set = characters::ascii) {
    strings(place, {}, {value}, set);
  }
  void texts(std::string const& place, std::vector<std::string> const& values) {
    strings(place, {index_t(values.size())}, values, characters::ascii);
  }

  void flag(std::string const& place, bool value) { flags(place, {}, {std::int8_t(value)}); }
  void flags(std::string const& place, shape const& extents,
             std::vector<std::int8_t> const& values) {
    detail::hdf5::write_values(file_, place, detail::hdf5::bool_type(), extents, values.data());
  }

  /// @throws usage_error when the extents do not make as many values.
  template <class T>
  void numbers(std::string const& place, shape const& extents, std::span<T const> values) {
    require_values(place, extents, values.size());
    detail::hdf5::write_values(file_, place, detail::hdf5::number_handle(element_type_of<T>),
                               extents, values.data());
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
    detail::hdf5::write_values(file_, place, detail::hdf5::opaque_type(value.size()), {},
                               value.data());
  }

  void flag_attribute(std::string const& place, std::string const& name, bool value) {
    auto const stored = std::int8_t(value);
    detail::hdf5::write_attribute_values(file_, place, name, detail::hdf5::bool_type(), {},
                                         &stored);
  }
  template <class T>
  void number_attribute(std::string const& place, std::string const& name, shape const& extents,
                        T value) {
    require_values(place, extents, 1);
    detail::hdf5::write_attribute_values(
        file_, place, name, detail::hdf5::number_handle(element_type_of<T>), extents, &value);
  }
  void text_attribute(std::string const& place, std::string const& name, std::string const& value,
                      characters set) {
    char const* const pointer = value.c_str();
    detail::hdf5::write_attribute_values(file_, place, name, text_type(set), {}, &pointer);
  }

  /// The bytes of the file.
  [[nodiscard]] std::vector<std::byte> image() const { return detail::hdf5::image_of(file_); }

 private:
  static void require_values(std::string const& place, shape const& extents, std::size_t count) {
    index_t wanted = 1;
    for (index_t extent : extents) wanted *= extent;
    if (wanted != static_cast<index_t>(count))
      throw usage_error("HDF5: " + quoted(place) + " shall have " + std::to_string(wanted) +
                        " values, but gets " + std::to_string(count));
  }
  [[nodiscard]] static detail::hdf5::handle text_type(characters set) {
    return detail::hdf5::text_type(set == characters::ascii ? H5T_CSET_ASCII : H5T_CSET_UTF8);
  }

  void strings(std::string const& place, shape const& extents,
               std::vector<std::string> const& values, characters set) {
    std::vector<char const*> pointers;
    for (auto const& value : values) pointers.push_back(value.c_str());
    detail::hdf5::write_values(file_, place, text_type(set), extents, pointers.data());
  }

  detail::hdf5::handle file_ = detail::hdf5::create_memory_file();
};

}  // namespace voxstitch::io
