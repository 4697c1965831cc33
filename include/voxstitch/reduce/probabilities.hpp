// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How probable is each class?

#include "voxstitch/reduce/concepts.hpp"
#include "voxstitch/reduce/detail/lanes.hpp"

namespace voxstitch::reduce {

/// The probabilities as they are: one float32 map per class.
struct probabilities {
  using value_type = float;

  [[nodiscard]] std::size_t output_count(std::size_t class_count) const { return class_count; }

  template <class Raw>
  void operator()(strided_view<float const, 2> const& p, strided_view<Raw const, 2> const&,
                  strided_view<float, 2> const& out) const {
    assert(out.shape() == p.shape());
    if (is_dense(p) && is_dense(out)) {
      std::copy_n(p.data(), p.size(), out.data());
      return;
    }
    detail::lanes<float> buffer;
    detail::for_each_span(p.extent(0), [&](detail::span_of_row span) {
      for (index_t c = 0; c < p.extent(1); ++c) {
        float const* const values = detail::values_in(p, c, span, buffer);
        detail::write_span(out, c, span, [values](index_t i) { return values[i]; });
      }
    });
  }

  friend bool operator==(probabilities, probabilities) = default;

 private:
  template <class T>
  static bool is_dense(strided_view<T, 2> const& v) {
    return v.strides() == dense_strides(v.shape());
  }
};

static_assert(reducer<probabilities> && reducer<probabilities, std::uint16_t>);

}  // namespace voxstitch::reduce
