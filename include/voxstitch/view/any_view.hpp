// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is memory looked at whose number type is known only at run time?

#include <cstddef>
#include <vector>

#include "voxstitch/view/element_type.hpp"
#include "voxstitch/view/strided_view.hpp"

namespace voxstitch {

/// A strided view with its element type beside it. Strides count elements.
/// Axes of volumes in files are always t, c, z, y, x (N = 5), absent ones with extent 1.
template <std::size_t N>
class any_view {
 public:
  any_view() = default;
  any_view(void* data, element_type type, coord<N> const& shape, coord<N> const& strides)
      : data_(static_cast<std::byte*>(data)), type_(type), shape_(shape), strides_(strides) {}
  any_view(void* data, element_type type, coord<N> const& shape)
      : any_view(data, type, shape, dense_strides(shape)) {}

  template <class T>
  requires is_element<T>
  any_view(strided_view<T, N> const& view)  // NOLINT(google-explicit-constructor)
      : any_view(view.data(), element_type_of<T>, view.shape(), view.strides()) {}

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] element_type type() const { return type_; }
  [[nodiscard]] coord<N> const& shape() const { return shape_; }
  [[nodiscard]] index_t extent(std::size_t axis) const { return shape_[axis]; }
  [[nodiscard]] coord<N> const& strides() const { return strides_; }
  [[nodiscard]] index_t size() const { return product(shape_); }

  /// @throws shape_error when the elements are not of type T.
  template <class T>
  [[nodiscard]] strided_view<T, N> as() const {
    if (element_type_of<std::remove_const_t<T>> != type_)
      throw shape_error("any_view: the elements are " + to_string(type_) + ", not " +
                        to_string(element_type_of<std::remove_const_t<T>>));
    return {reinterpret_cast<T*>(data_), shape_, strides_};
  }

  /// Calls `f(strided_view<T, N>)` with the elements' own type.
  template <class Function>
  decltype(auto) visit(Function&& f) const {
    return visit_type(type_,
                      [&]<class T>() -> decltype(auto) { return f(this->template as<T>()); });
  }

  /// The part inside `b`, whose coordinates count from the view's first element.
  [[nodiscard]] any_view sub(box<N> const& b) const {
    index_t offset = 0;
    for (std::size_t axis = 0; axis < N; ++axis) offset += b.inclusive_min[axis] * strides_[axis];
    return {data_ + offset * static_cast<index_t>(size_of(type_)), type_, b.shape(), strides_};
  }

 private:
  std::byte* data_ = nullptr;
  element_type type_ = element_type::uint8;
  coord<N> shape_{};
  coord<N> strides_{};
};

/// A dense array that owns its elements, of a type known only at run time; zero-initialised.
template <std::size_t N>
class any_array {
 public:
  any_array() = default;
  any_array(element_type type, coord<N> const& shape)
      : bytes_(static_cast<std::size_t>(product(shape)) * size_of(type)), type_(type),
        shape_(shape) {}

  [[nodiscard]] any_view<N> view() { return {bytes_.data(), type_, shape_}; }
  [[nodiscard]] std::vector<std::byte> const& bytes() const { return bytes_; }
  [[nodiscard]] element_type type() const { return type_; }
  [[nodiscard]] coord<N> const& shape() const { return shape_; }

 private:
  std::vector<std::byte> bytes_;
  element_type type_ = element_type::uint8;
  coord<N> shape_{};
};

}  // namespace voxstitch
