// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are strided rows brought into unit stride, a few hundred voxels at a time?

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>

#include "voxstitch/view/strided_view.hpp"

namespace voxstitch::reduce::detail {

/// Voxels that are worked on at once: their buffers stay in the first-level cache.
inline constexpr index_t lane_count = 512;

template <class T>
using lanes = std::array<T, static_cast<std::size_t>(lane_count)>;

/// Some voxels of a row: [begin, begin + count).
struct span_of_row {
  index_t begin;
  index_t count;
};

/// Calls `f(span_of_row)` for spans of at most lane_count voxels that make up a row.
template <class Function>
void for_each_span(index_t length, Function&& f) {
  for (index_t begin = 0; begin < length; begin += lane_count)
    f(span_of_row{begin, std::min(lane_count, length - begin)});
}

/// The values of one column of a [x, column] view in a span: in place where they lie in unit
/// stride, else copied to `buffer`.
template <class T>
T const* values_in(strided_view<T const, 2> const& row, index_t column, span_of_row span,
                   lanes<T>& buffer) {
  T const* const source = row.pointer_to({span.begin, column});
  index_t const step = row.stride(0);
  if (step == 1) return source;
  for (index_t i = 0; i < span.count; ++i) buffer[static_cast<std::size_t>(i)] = source[i * step];
  return buffer.data();
}

/// Writes `make(i)` for every voxel i of a span (counted from its begin) into a column of a
/// [x, column] view.
template <class T, class Function>
void write_span(strided_view<T, 2> const& row, index_t column, span_of_row span, Function make) {
  T* const target = row.pointer_to({span.begin, column});
  index_t const step = row.stride(0);
  if (step == 1)
    for (index_t i = 0; i < span.count; ++i) target[i] = make(i);
  else
    for (index_t i = 0; i < span.count; ++i) target[i * step] = make(i);
}

/// Winning class per voxel, 1..K, the first of equals; 0 where all probabilities are 0.
inline void find_winners(strided_view<float const, 2> const& p, span_of_row span,
                         lanes<std::int32_t>& winners) {
  lanes<float> best;
  lanes<float> buffer;
  std::fill_n(best.begin(), span.count, 0.0f);
  std::fill_n(winners.begin(), span.count, 0);
  for (index_t c = 0; c < p.extent(1); ++c) {
    float const* const values = values_in(p, c, span, buffer);
    auto const label = static_cast<std::int32_t>(c + 1);
    for (std::size_t i = 0; i < static_cast<std::size_t>(span.count); ++i) {
      std::int32_t const beats = -std::int32_t{values[i] > best[i]};  // all bits or none
      winners[i] = (winners[i] & ~beats) | (label & beats);
      best[i] = values[i] > best[i] ? values[i] : best[i];
    }
  }
}

/// Writes, for each class, `if_wins(i)` where it wins and 0 elsewhere; `out` is [x, class].
template <class T, class Function>
void write_where_class_wins(strided_view<float const, 2> const& p, span_of_row span,
                            strided_view<T, 2> const& out, Function if_wins) {
  assert(out.shape() == p.shape());
  lanes<std::int32_t> winners;
  find_winners(p, span, winners);
  for (index_t c = 0; c < p.extent(1); ++c)
    write_span(out, c, span, [&, label = static_cast<std::int32_t>(c + 1)](index_t i) {
      return winners[static_cast<std::size_t>(i)] == label ? if_wins(i) : T{0};
    });
}

}  // namespace voxstitch::reduce::detail
