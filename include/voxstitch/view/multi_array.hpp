// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do Boost.MultiArrays enter the library?

#include <boost/multi_array.hpp>

#include "voxstitch/view/strided_view.hpp"

namespace voxstitch {

namespace detail {

/// index_bases may be other than 0: the view starts at the array's first element, not at origin().
template <class T, std::size_t N, class Array>
[[nodiscard]] strided_view<T, N> view_of_multi_array(T* origin, Array const& array) {
  coord<N> shape;
  coord<N> strides;
  for (std::size_t axis = 0; axis < N; ++axis) {
    shape[axis] = static_cast<index_t>(array.shape()[axis]);
    strides[axis] = static_cast<index_t>(array.strides()[axis]);
    origin += array.index_bases()[axis] * array.strides()[axis];
  }
  return {origin, shape, strides};
}

template <class Array>
concept multi_array_like = requires(Array& array) {
  typename std::remove_cvref_t<Array>::element;
  { std::remove_cvref_t<Array>::dimensionality } -> std::convertible_to<std::size_t>;
  array.origin();
  array.shape();
  array.strides();
  array.index_bases();
};

}  // namespace detail

/// A strided view of a multi_array, multi_array_ref, const_multi_array_ref, sub_array or array
/// view. Valid as long as the array's memory is.
template <class Array>
requires detail::multi_array_like<Array>
[[nodiscard]] auto view_of(Array&& array) {
  using element = std::remove_pointer_t<decltype(array.origin())>;
  constexpr std::size_t rank = std::remove_cvref_t<Array>::dimensionality;
  return detail::view_of_multi_array<element, rank>(array.origin(), array);
}

}  // namespace voxstitch
