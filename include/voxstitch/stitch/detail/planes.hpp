// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do the values of classes lie while blocks are combined?

#include "voxstitch/view/dense_array.hpp"

namespace voxstitch::stitch::detail {

/// [z, y, x, class] of memory that holds one dense volume per class: rows lie in unit stride.
template <class T>
[[nodiscard]] strided_view<T, 4> by_class(T* data, coord<3> const& shape, index_t classes) {
  strided_view<T, 4> const planes(data, {{classes, shape[0], shape[1], shape[2]}});
  return planes.permuted({1, 2, 3, 0});
}

/// Owns one volume per class; all elements have one value at first.
template <class T>
class class_planes {
 public:
  class_planes(coord<3> const& shape, index_t classes, T value)
      : memory_(coord{classes, shape[0], shape[1], shape[2]}) {
    std::fill_n(memory_.data(), product(memory_.shape()), value);
  }
  /// [z, y, x, class]
  [[nodiscard]] strided_view<T, 4> view() { return memory_.view().permuted({1, 2, 3, 0}); }
  /// [x, class]; unit stride along x.
  [[nodiscard]] strided_view<T, 2> row(index_t z, index_t y) {
    return view().slice(0, z).slice(0, y);
  }

 private:
  dense_array<T, 4> memory_;
};

}  // namespace voxstitch::stitch::detail
