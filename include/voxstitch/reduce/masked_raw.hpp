// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does the image show where each class wins?

#include "voxstitch/reduce/concepts.hpp"
#include "voxstitch/reduce/detail/lanes.hpp"

namespace voxstitch::reduce {

/// One map per class, of the image's own type: the raw value (of the first channel) where the class
/// wins (first of equals), else 0. A voxel whose raw value is 0 cannot be told from one where
/// the class does not win: class_mask can.
template <class Raw>
struct masked_raw {
  using value_type = Raw;

  [[nodiscard]] std::size_t output_count(std::size_t class_count) const { return class_count; }

  void operator()(strided_view<float const, 2> const& p, strided_view<Raw const, 2> const& raw,
                  strided_view<Raw, 2> const& out) const {
    assert(raw.extent(0) == p.extent(0) && raw.extent(1) > 0);
    detail::lanes<Raw> buffer;
    detail::for_each_span(p.extent(0), [&](detail::span_of_row span) {
      Raw const* const values = detail::values_in(raw, 0, span, buffer);
      detail::write_where_class_wins(p, span, out, [values](index_t i) { return values[i]; });
    });
  }

  friend bool operator==(masked_raw, masked_raw) = default;
};

static_assert(reducer<masked_raw<std::uint16_t>, std::uint16_t> && reducer<masked_raw<float>>);

}  // namespace voxstitch::reduce
