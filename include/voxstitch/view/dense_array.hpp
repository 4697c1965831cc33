// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Who owns the memory that views look at?

#include "voxstitch/core/large_memory.hpp"
#include "voxstitch/view/strided_view.hpp"

namespace voxstitch {

/// A dense N-dimensional array, last axis fastest, not initialised: memory is first touched by
/// whoever writes it. Movable, not copyable.
template <class T, std::size_t N>
class dense_array {
 public:
  dense_array() = default;
  explicit dense_array(coord<N> const& shape)
      : data_(make_large_array<T>(static_cast<std::size_t>(product(shape)))), shape_(shape) {}

  [[nodiscard]] strided_view<T, N> view() { return {data_.get(), shape_}; }
  [[nodiscard]] strided_view<T const, N> view() const { return {data_.get(), shape_}; }
  [[nodiscard]] coord<N> const& shape() const { return shape_; }
  [[nodiscard]] T* data() { return data_.get(); }

 private:
  large_array<T> data_;
  coord<N> shape_{};
};

}  // namespace voxstitch
