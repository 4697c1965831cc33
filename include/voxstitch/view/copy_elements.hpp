// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are voxels moved between two views of one type?

#include <cstring>

#include "voxstitch/view/any_view.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch {

namespace detail {

template <class T, std::size_t N>
void copy_rows(strided_view<T, N> const& from, strided_view<T, N> const& to) {
  if (from.stride(N - 1) != 1 || to.stride(N - 1) != 1) return copy(from, to);
  auto const bytes = static_cast<std::size_t>(from.extent(N - 1)) * sizeof(T);
  for_each_row(box<N>::at_origin(from.shape()), [&](coord<N> const& position) {
    std::memcpy(to.pointer_to(position), from.pointer_to(position), bytes);
  });
}

}  // namespace detail

/// Copies all elements bit by bit.
/// @pre shapes and types agree
template <std::size_t N>
void copy_elements(any_view<N> const& from, any_view<N> const& to) {
  assert(from.type() == to.type() && from.shape() == to.shape());
  from.visit([&]<class T>(strided_view<T, N> const& values) {
    detail::copy_rows(values, to.template as<T>());
  });
}

}  // namespace voxstitch
