// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which class has a voxel?

#include <concepts>
#include <limits>
#include <string>

#include "voxstitch/core/error.hpp"
#include "voxstitch/reduce/concepts.hpp"
#include "voxstitch/reduce/detail/lanes.hpp"

namespace voxstitch::reduce {

/// The label of the most probable class, 1..K; the first of equals wins, as in ilastik's Simple
/// Segmentation. Where all probabilities are 0 (outside a mask) the label is 0; ilastik, which
/// masks before it compares, writes 1 there.
/// `Label` is uint8 up to 255 classes, uint16 above.
template <std::unsigned_integral Label = std::uint8_t>
struct argmax {
  using value_type = Label;

  /// One output.
  /// @throws usage_error when `Label` cannot number that many classes.
  [[nodiscard]] std::size_t output_count(std::size_t class_count) const {
    constexpr std::size_t allowed = std::numeric_limits<Label>::max();
    if (class_count > allowed)
      throw usage_error("argmax: " + std::to_string(class_count) + " classes, but labels of " +
                        std::to_string(8 * sizeof(Label)) + " bits number at most " +
                        std::to_string(allowed) + "; use wider labels");
    return 1;
  }

  template <class Raw>
  void operator()(strided_view<float const, 2> const& p, strided_view<Raw const, 2> const&,
                  strided_view<Label, 2> const& out) const {
    assert(out.extent(0) == p.extent(0));
    detail::for_each_span(p.extent(0), [&](detail::span_of_row span) {
      detail::lanes<std::int32_t> winners;
      detail::find_winners(p, span, winners);
      detail::write_span(out, 0, span, [&](index_t i) {
        return static_cast<Label>(winners[static_cast<std::size_t>(i)]);
      });
    });
  }

  friend bool operator==(argmax, argmax) = default;
};

static_assert(reducer<argmax<std::uint8_t>> && reducer<argmax<std::uint16_t>, std::uint16_t>);

}  // namespace voxstitch::reduce
