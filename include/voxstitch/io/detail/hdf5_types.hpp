// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which shape and type have datasets and attributes?

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "voxstitch/geometry/coord.hpp"
#include "voxstitch/io/detail/hdf5_objects.hpp"
#include "voxstitch/view/element_type.hpp"

namespace voxstitch::io::detail::hdf5 {

/// Extents, at most the largest index_t: a file may claim more.
[[nodiscard]] inline std::vector<index_t> extents(handle const& space) {
  library_lock const lock;
  int const rank = checked(H5Sget_simple_extent_ndims(space.id()), "data space");
  std::vector<hsize_t> sizes(static_cast<std::size_t>(rank));
  checked(H5Sget_simple_extent_dims(space.id(), sizes.data(), nullptr), "data space");
  for (hsize_t& size : sizes) size = std::min<hsize_t>(size, INT64_MAX);
  return {sizes.begin(), sizes.end()};
}

/// Extents in the file's order, slowest first; empty for a scalar.
[[nodiscard]] inline std::vector<index_t> shape_of(handle const& dataset) {
  library_lock const lock;
  return extents(owned(H5Dget_space(dataset.id()), [&] { return place_of(dataset); }));
}
[[nodiscard]] inline std::vector<index_t> shape_of_attribute(handle const& attribute) {
  library_lock const lock;
  return extents(owned(H5Aget_space(attribute.id()), [&] { return file_of(attribute); }));
}
[[nodiscard]] inline handle type_of(handle const& dataset) {
  library_lock const lock;
  return owned(H5Dget_type(dataset.id()), [&] { return place_of(dataset); });
}
[[nodiscard]] inline handle type_of_attribute(handle const& attribute) {
  library_lock const lock;
  return owned(H5Aget_type(attribute.id()), [&] { return file_of(attribute); });
}

/// The library's own name of the type in memory; valid as long as the library is.
[[nodiscard]] inline hid_t native_type(element_type type) {
  library_lock const lock;
  switch (type) {
  case element_type::uint8: return H5T_NATIVE_UINT8;
  case element_type::uint16: return H5T_NATIVE_UINT16;
  case element_type::uint32: return H5T_NATIVE_UINT32;
  case element_type::uint64: return H5T_NATIVE_UINT64;
  case element_type::int8: return H5T_NATIVE_INT8;
  case element_type::int16: return H5T_NATIVE_INT16;
  case element_type::int32: return H5T_NATIVE_INT32;
  case element_type::int64: return H5T_NATIVE_INT64;
  case element_type::float32: return H5T_NATIVE_FLOAT;
  case element_type::float64: return H5T_NATIVE_DOUBLE;
  }
  throw usage_error("element_type: value out of range");
}

/// How elements lie in the file.
struct stored_type {
  element_type type = element_type::uint8;
  bool big_endian = false;
};

namespace detail {
[[nodiscard]] inline std::optional<element_type> integer_type(std::size_t size, bool is_signed) {
  for (element_type type : all_element_types) {
    bool const matches = visit_type(type, [&]<class T>() {
      return std::is_integral_v<T> && std::is_signed_v<T> == is_signed && sizeof(T) == size;
    });
    if (matches) return type;
  }
  return std::nullopt;
}

/// Whether a float type is IEEE's: other layouts (half, bfloat, VAX, x87) are not element types.
[[nodiscard]] inline std::optional<element_type> ieee_type(hid_t type) {
  if (H5Tequal(type, H5T_IEEE_F32LE) > 0 || H5Tequal(type, H5T_IEEE_F32BE) > 0)
    return element_type::float32;
  if (H5Tequal(type, H5T_IEEE_F64LE) > 0 || H5Tequal(type, H5T_IEEE_F64BE) > 0)
    return element_type::float64;
  return std::nullopt;
}

[[nodiscard]] inline std::optional<element_type> number_type(hid_t type) {
  if (H5Tget_class(type) == H5T_FLOAT) return ieee_type(type);
  if (H5Tget_class(type) != H5T_INTEGER || H5Tget_precision(type) != 8 * H5Tget_size(type))
    return std::nullopt;
  return integer_type(H5Tget_size(type), H5Tget_sign(type) == H5T_SGN_2);
}
}  // namespace detail

/// The element type a file's type stands for; enums (numpy's bool) count as their integers.
[[nodiscard]] inline std::optional<stored_type> number_type(handle const& type) {
  library_lock const lock;
  if (H5Tget_class(type.id()) == H5T_ENUM)
    return number_type(owned(H5Tget_super(type.id()), "enum type"));
  auto const element = detail::number_type(type.id());
  if (!element) return std::nullopt;
  return stored_type{*element, H5Tget_order(type.id()) == H5T_ORDER_BE};
}

/// Floats of two bytes: numpy's float16 and others.
[[nodiscard]] inline bool is_half(handle const& type) {
  library_lock const lock;
  return H5Tget_class(type.id()) == H5T_FLOAT && H5Tget_size(type.id()) == 2;
}

/// "a compound", "a string": what a type is that is no number, for messages.
[[nodiscard]] inline std::string describe(handle const& type) {
  library_lock const lock;
  std::string const bits = std::to_string(8 * H5Tget_size(type.id())) + " bit ";
  switch (H5Tget_class(type.id())) {
  case H5T_INTEGER: return bits + "integers of an unusual layout";
  case H5T_FLOAT: return bits + "floats of an unusual layout";
  case H5T_STRING: return "strings";
  case H5T_OPAQUE: return "opaque bytes";
  case H5T_COMPOUND: return "compounds (records of several fields)";
  case H5T_VLEN: return "lists of varying length";
  case H5T_ARRAY: return "arrays";
  case H5T_REFERENCE: return "references";
  default: return "of an unknown type";
  }
}

}  // namespace voxstitch::io::detail::hdf5
