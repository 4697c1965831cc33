// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What must a type offer to make an output from probabilities?

#include <concepts>
#include <cstddef>

#include "voxstitch/view/strided_view.hpp"

namespace voxstitch::reduce {

/// Makes M output values per voxel from its K probabilities and its raw values.
///
/// Let `r` be a `R const`, `p` a [x, class] view of a row's probabilities, `raw` a [x, channel]
/// view of its raw values, `out` a [x, output] view. `R` models reducer over `Raw` iff
///  - `r.output_count(K)` is M, the number of outputs per voxel for K classes, at least 1;
///  - `r(p, raw, out)` overwrites all of `out`; a voxel's outputs depend on that voxel only;
///  - concurrent calls on one `r` are race-free.
/// The compiler checks the syntax; tests/support/reducer_laws.hpp checks the rest.
template <class R, class Raw = float>
concept reducer = requires(R const& r, strided_view<float const, 2> const& p,
                           strided_view<Raw const, 2> const& raw,
                           strided_view<typename R::value_type, 2> const& out) {
  { r.output_count(std::size_t{}) } -> std::convertible_to<std::size_t>;
  { r(p, raw, out) } -> std::same_as<void>;
};

}  // namespace voxstitch::reduce
