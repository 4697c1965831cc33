// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Does a row classifier bring memory that lasts from tile to tile?

#include <cstdint>

#include "voxstitch/classify/concepts.hpp"

namespace voxstitch::models::detail {

template <class Rows>
concept has_scratch = requires(Rows const& r, strided_view<float const, 2> const& x,
                               strided_view<float, 2> const& p, typename Rows::scratch_type& s) {
  { r.make_scratch() } -> std::same_as<typename Rows::scratch_type>;
  { r.scratch_bytes() } -> std::convertible_to<std::size_t>;
  { r.predict(x, p, s) } -> std::same_as<void>;
};

struct no_scratch {};

template <classify::row_classifier Rows>
[[nodiscard]] auto make_scratch(Rows const& rows) {
  if constexpr (has_scratch<Rows>)
    return rows.make_scratch();
  else
    return no_scratch{};
}

template <classify::row_classifier Rows>
[[nodiscard]] std::int64_t scratch_bytes(Rows const& rows) {
  if constexpr (has_scratch<Rows>)
    return static_cast<std::int64_t>(rows.scratch_bytes());
  else
    return 0;
}

template <classify::row_classifier Rows, class Scratch>
void predict(Rows const& rows, strided_view<float const, 2> const& x,
             strided_view<float, 2> const& p, Scratch& scratch) {
  if constexpr (has_scratch<Rows>)
    rows.predict(x, p, scratch);
  else
    rows.predict(x, p);
}

}  // namespace voxstitch::models::detail
