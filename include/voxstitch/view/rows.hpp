// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is every row of an N-dimensional region visited?

#include <utility>

#include "voxstitch/view/strided_view.hpp"

namespace voxstitch {

/// Calls `f(position)` for the first voxel of every row (last axis) of `b`, in index order.
template <std::size_t N, class Function>
void for_each_row(box<N> const& b, Function&& f) {
  if (b.empty()) return;
  coord<N> position = b.inclusive_min;
  for (;;) {
    f(std::as_const(position));
    std::size_t axis = N - 1;
    do {
      if (axis == 0) return;
      --axis;
      if (++position[axis] < b.exclusive_max[axis]) break;
      position[axis] = b.inclusive_min[axis];
    } while (true);
  }
}

/// Calls `f(voxel)` for every voxel of `b`, in index order.
template <std::size_t N, class Function>
void for_each_voxel(box<N> const& b, Function&& f) {
  for_each_row(b, [&](coord<N> position) {
    for (; position[N - 1] < b.exclusive_max[N - 1]; ++position[N - 1]) f(std::as_const(position));
  });
}

/// Copies element by element with a plain cast; shapes must agree.
template <class From, class To, std::size_t N>
void copy(strided_view<From, N> const& from, strided_view<To, N> const& to) {
  assert(from.shape() == to.shape());
  index_t const length = from.extent(N - 1);
  index_t const from_step = from.stride(N - 1);
  index_t const to_step = to.stride(N - 1);
  for_each_row(box<N>::at_origin(from.shape()), [&](coord<N> const& position) {
    auto const* source = from.pointer_to(position);
    To* target = to.pointer_to(position);
    for (index_t i = 0; i < length; ++i)
      target[i * to_step] = static_cast<To>(source[i * from_step]);
  });
}

template <class T, std::size_t N>
void fill(strided_view<T, N> const& view, std::type_identity_t<T> const& value) {
  for_each_row(box<N>::at_origin(view.shape()), [&](coord<N> const& position) {
    T* row = view.pointer_to(position);
    for (index_t i = 0; i < view.extent(N - 1); ++i) row[i * view.stride(N - 1)] = value;
  });
}

}  // namespace voxstitch
