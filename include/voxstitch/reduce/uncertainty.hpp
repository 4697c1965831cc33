// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How near did the second-best class come?

#include "voxstitch/reduce/concepts.hpp"
#include "voxstitch/reduce/detail/lanes.hpp"

namespace voxstitch::reduce {

namespace detail {

/// The two largest probabilities of each voxel of a span, at least 0.
inline void find_two_largest(strided_view<float const, 2> const& p, span_of_row span,
                             lanes<float>& largest, lanes<float>& second) {
  lanes<float> buffer;
  largest.fill(0);
  second.fill(0);
  for (index_t c = 0; c < p.extent(1); ++c) {
    float const* const values = values_in(p, c, span, buffer);
    for (std::size_t i = 0; i < static_cast<std::size_t>(span.count); ++i) {
      float const v = values[i];
      float const loser = v > largest[i] ? largest[i] : v;
      largest[i] = v > largest[i] ? v : largest[i];
      second[i] = loser > second[i] ? loser : second[i];
    }
  }
}

}  // namespace detail

/// ilastik's uncertainty, 1 - (largest - second largest probability), in float32: 0 where one class
/// is certain, 1 where two are equal. 0 where nothing was classified (all are 0, outside a mask),
/// and everywhere for one class.
struct uncertainty {
  using value_type = float;

  [[nodiscard]] std::size_t output_count(std::size_t) const { return 1; }

  template <class Raw>
  void operator()(strided_view<float const, 2> const& p, strided_view<Raw const, 2> const&,
                  strided_view<float, 2> const& out) const {
    assert(out.extent(0) == p.extent(0));
    bool const has_rivals = p.extent(1) > 1;
    detail::for_each_span(p.extent(0), [&](detail::span_of_row span) {
      detail::lanes<float> largest;
      detail::lanes<float> second;
      detail::find_two_largest(p, span, largest, second);
      detail::write_span(out, 0, span, [&](index_t i) {
        auto const lane = static_cast<std::size_t>(i);
        bool const rivals = has_rivals && largest[lane] > 0;
        return rivals ? 1.0f - (largest[lane] - second[lane]) : 0.0f;
      });
    });
  }

  friend bool operator==(uncertainty, uncertainty) = default;
};

static_assert(reducer<uncertainty>);

}  // namespace voxstitch::reduce
