// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Of which number type are a volume's voxels, when only the file knows?

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "voxstitch/core/error.hpp"

namespace voxstitch {

/// Number types of voxels in files.
enum class element_type {
  uint8,
  uint16,
  uint32,
  uint64,
  int8,
  int16,
  int32,
  int64,
  float32,
  float64
};

inline constexpr std::array all_element_types{
    element_type::uint8,   element_type::uint16, element_type::uint32, element_type::uint64,
    element_type::int8,    element_type::int16,  element_type::int32,  element_type::int64,
    element_type::float32, element_type::float64};

/// Calls `f.template operator()<T>()` with the C++ type of `type`, and returns what it returns.
template <class Function>
constexpr decltype(auto) visit_type(element_type type, Function&& f) {
  switch (type) {
  case element_type::uint8: return f.template operator()<std::uint8_t>();
  case element_type::uint16: return f.template operator()<std::uint16_t>();
  case element_type::uint32: return f.template operator()<std::uint32_t>();
  case element_type::uint64: return f.template operator()<std::uint64_t>();
  case element_type::int8: return f.template operator()<std::int8_t>();
  case element_type::int16: return f.template operator()<std::int16_t>();
  case element_type::int32: return f.template operator()<std::int32_t>();
  case element_type::int64: return f.template operator()<std::int64_t>();
  case element_type::float32: return f.template operator()<float>();
  case element_type::float64: return f.template operator()<double>();
  }
  throw usage_error("element_type: value out of range");
}

template <class T>
inline constexpr bool is_element = false;
template <>
inline constexpr bool is_element<std::uint8_t> = true;
template <>
inline constexpr bool is_element<std::uint16_t> = true;
template <>
inline constexpr bool is_element<std::uint32_t> = true;
template <>
inline constexpr bool is_element<std::uint64_t> = true;
template <>
inline constexpr bool is_element<std::int8_t> = true;
template <>
inline constexpr bool is_element<std::int16_t> = true;
template <>
inline constexpr bool is_element<std::int32_t> = true;
template <>
inline constexpr bool is_element<std::int64_t> = true;
template <>
inline constexpr bool is_element<float> = true;
template <>
inline constexpr bool is_element<double> = true;

namespace detail {
template <class T>
constexpr element_type find_element_type() {
  for (element_type type : all_element_types)
    if (visit_type(type, []<class U>() { return std::is_same_v<T, U>; })) return type;
  throw "not an element type";
}
}  // namespace detail

/// The enumerator of a C++ type.
template <class T>
requires is_element<T>
inline constexpr element_type element_type_of = detail::find_element_type<T>();

/// Bytes of one element.
[[nodiscard]] inline std::size_t size_of(element_type type) {
  return visit_type(type, []<class T>() { return sizeof(T); });
}

/// numpy's name: "uint16".
[[nodiscard]] inline std::string to_string(element_type type) {
  constexpr std::array names{"uint8", "uint16", "uint32", "uint64",  "int8",
                             "int16", "int32",  "int64",  "float32", "float64"};
  return names[static_cast<std::size_t>(type)];
}

/// The type of that name, if there is one.
[[nodiscard]] inline std::optional<element_type> element_type_named(std::string_view name) {
  for (element_type type : all_element_types)
    if (to_string(type) == name) return type;
  return std::nullopt;
}

}  // namespace voxstitch
