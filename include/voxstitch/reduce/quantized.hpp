// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How probable is each class, in one byte?

#include "voxstitch/core/arithmetic.hpp"
#include "voxstitch/reduce/concepts.hpp"
#include "voxstitch/reduce/detail/lanes.hpp"

namespace voxstitch::reduce {

/// One uint8 map per class: 255 p in float32, rounded half to even, as ilastik exports
/// probabilities with `--export_dtype=uint8 --pipeline_result_drange="(0.0,1.0)"
/// --export_drange="(0,255)"`.
struct quantized {
  using value_type = std::uint8_t;

  [[nodiscard]] std::size_t output_count(std::size_t class_count) const { return class_count; }

  template <class Raw>
  void operator()(strided_view<float const, 2> const& p, strided_view<Raw const, 2> const&,
                  strided_view<std::uint8_t, 2> const& out) const {
    assert(out.shape() == p.shape());
    detail::lanes<float> buffer;
    detail::for_each_span(p.extent(0), [&](detail::span_of_row span) {
      for (index_t c = 0; c < p.extent(1); ++c) {
        float const* const values = detail::values_in(p, c, span, buffer);
        detail::write_span(out, c, span, [values](index_t i) { return byte_of(values[i]); });
      }
    });
  }

  friend bool operator==(quantized, quantized) = default;

 private:
  /// Beside 2^23 a float has no fraction left: adding it rounds, in the default rounding mode.
  static std::uint8_t byte_of(float probability) {
    constexpr float whole = 0x1p23f;
    float const shifted = rounded<simd::baseline>(probability, 255.0f) + whole;
    return static_cast<std::uint8_t>(static_cast<std::int32_t>(shifted - whole));
  }
};

static_assert(reducer<quantized> && reducer<quantized, std::uint16_t>);

}  // namespace voxstitch::reduce
