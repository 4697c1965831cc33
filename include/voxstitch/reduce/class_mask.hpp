// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where does each class win?

#include "voxstitch/reduce/concepts.hpp"
#include "voxstitch/reduce/detail/lanes.hpp"

namespace voxstitch::reduce {

/// One map per class: 1 where the class wins (first of equals), else 0. No class wins where all
/// probabilities are 0 (outside a mask). Does not depend on the raw values.
template <class T = std::uint8_t>
struct class_mask {
  using value_type = T;

  [[nodiscard]] std::size_t output_count(std::size_t class_count) const { return class_count; }

  template <class Raw>
  void operator()(strided_view<float const, 2> const& p, strided_view<Raw const, 2> const&,
                  strided_view<T, 2> const& out) const {
    detail::for_each_span(p.extent(0), [&](detail::span_of_row span) {
      detail::write_where_class_wins(p, span, out, [](index_t) { return T{1}; });
    });
  }

  friend bool operator==(class_mask, class_mask) = default;
};

static_assert(reducer<class_mask<>> && reducer<class_mask<>, std::uint16_t>);

}  // namespace voxstitch::reduce
