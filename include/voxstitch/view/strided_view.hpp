// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is somebody else's N-dimensional memory looked at?

#include <cassert>
#include <cstddef>
#include <type_traits>

#include "voxstitch/geometry/box.hpp"

namespace voxstitch {

/// Strides in elements of a dense array of that shape, last axis fastest.
template <std::size_t N>
[[nodiscard]] constexpr coord<N> dense_strides(coord<N> const& shape) {
  coord<N> strides;
  index_t step = 1;
  for (std::size_t axis = N; axis-- > 0; step *= shape[axis]) strides[axis] = step;
  return strides;
}

/// A non-owning N-dimensional view; const is shallow (`strided_view<T const, N>` reads only).
/// Axes slowest first; strides count elements and may be zero or negative.
template <class T, std::size_t N>
class strided_view {
 public:
  using element_type = T;
  using value_type = std::remove_cv_t<T>;
  static constexpr std::size_t rank = N;

  strided_view() = default;
  strided_view(T* data, coord<N> const& shape, coord<N> const& strides)
      : data_(data), shape_(shape), strides_(strides) {}
  strided_view(T* data, coord<N> const& shape) : strided_view(data, shape, dense_strides(shape)) {}

  /// A view that may write converts to one that only reads.
  template <class U>
  requires(std::is_same_v<T, U const> && !std::is_const_v<U>)
      strided_view(strided_view<U, N> const& other)  // NOLINT(google-explicit-constructor)
      : strided_view(other.data(), other.shape(), other.strides()) {}

  [[nodiscard]] T* data() const { return data_; }
  [[nodiscard]] coord<N> const& shape() const { return shape_; }
  [[nodiscard]] index_t extent(std::size_t axis) const { return shape_[axis]; }
  [[nodiscard]] coord<N> const& strides() const { return strides_; }
  [[nodiscard]] index_t stride(std::size_t axis) const { return strides_[axis]; }
  [[nodiscard]] index_t size() const { return product(shape_); }

  /// @pre `at` lies within the shape
  [[nodiscard]] T* pointer_to(coord<N> const& at) const {
    T* p = data_;
    for (std::size_t axis = 0; axis < N; ++axis) p += at[axis] * strides_[axis];
    return p;
  }
  [[nodiscard]] T& operator[](coord<N> const& at) const {
    assert(contains(box<N>::at_origin(shape_), at));
    return *pointer_to(at);
  }
  template <class... Indices>
  requires(sizeof...(Indices) == N) [[nodiscard]] T& operator()(Indices... indices) const {
    return (*this)[coord<N>{{static_cast<index_t>(indices)...}}];
  }

  /// The part of this view inside `b`, whose coordinates count from the view's first element.
  /// @pre `b` lies within the shape
  [[nodiscard]] strided_view sub(box<N> const& b) const {
    assert(contains(box<N>::at_origin(shape_), b));
    return {pointer_to(b.inclusive_min), b.shape(), strides_};
  }

  /// The view with `axis` fixed at `index`.
  [[nodiscard]] strided_view<T, N - 1> slice(std::size_t axis, index_t index) const
      requires(N > 1) {
    assert(0 <= index && index < shape_[axis]);
    coord<N - 1> shape;
    coord<N - 1> strides;
    for (std::size_t from = 0, to = 0; from < N; ++from) {
      if (from == axis) continue;
      shape[to] = shape_[from];
      strides[to++] = strides_[from];
    }
    return {data_ + index * strides_[axis], shape, strides};
  }

  /// The same elements with an axis of extent 1 more, at place `axis`: what slice() takes back.
  [[nodiscard]] strided_view<T, N + 1> expanded(std::size_t axis) const {
    assert(axis <= N);
    coord<N + 1> shape;
    coord<N + 1> strides;
    for (std::size_t from = 0, to = 0; to <= N; ++to) {
      bool const is_new = to == axis;
      shape[to] = is_new ? 1 : shape_[from];
      strides[to] = is_new ? 0 : strides_[from];
      from += is_new ? 0 : 1;
    }
    return {data_, shape, strides};
  }

  /// The same elements with axis `order[i]` at place i.
  [[nodiscard]] strided_view permuted(std::array<std::size_t, N> const& order) const {
    coord<N> shape;
    coord<N> strides;
    for (std::size_t axis = 0; axis < N; ++axis) {
      shape[axis] = shape_[order[axis]];
      strides[axis] = strides_[order[axis]];
    }
    return {data_, shape, strides};
  }

 private:
  T* data_ = nullptr;
  coord<N> shape_{};
  coord<N> strides_{};
};

}  // namespace voxstitch
