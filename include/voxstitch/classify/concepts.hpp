// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What must a type offer to classify voxels?

#include <concepts>
#include <cstddef>
#include <string>
#include <vector>

#include "voxstitch/geometry/block.hpp"
#include "voxstitch/view/strided_view.hpp"

namespace voxstitch::classify {

/// Turns a block of voxels into class probabilities: the place to plug in a classifier.
///
/// Let `c` be a `C const`, `b` a block within `domain` (z, y, x), `input` a [channel, z, y, x] view
/// of b's read box, `p` a [z, y, x, class] view of its result box. `C` models block_classifier iff
///  - `c.halo()` is the reach per axis (z, y, x; voxels): p at voxel v depends on input within v +-
///    halo only, and, where that leaves the domain, on the classifier's own border rule;
///  - `c.class_count()` > 0 and `c.class_names()` has that many entries, constant over the lifetime
///    of `c`;
///  - `c.classify(input, b, domain, p)` overwrites all of `p`; each voxel's values are finite, >= 0
///    and sum to 1 within 1e-5, or all are 0 (no class known); they do not depend on how the domain
///    is divided;
///  - `c.scratch_bytes(b)` bounds the memory that one such call allocates in a task arena like the
///    one that asks;
///  - concurrent calls on one `c` are race-free.
/// The compiler checks the syntax; tests/support/block_classifier_laws.hpp checks the rest.
template <class C>
concept block_classifier = requires(C const& c, strided_view<float const, 4> const& input,
                                    block<3> const& b, box<3> const& domain,
                                    strided_view<float, 4> const& p) {
  { c.halo() } -> std::convertible_to<coord<3>>;
  { c.class_count() } -> std::convertible_to<std::size_t>;
  { c.class_names() } -> std::convertible_to<std::vector<std::string>>;
  { c.scratch_bytes(b) } -> std::convertible_to<std::int64_t>;
  { c.classify(input, b, domain, p) } -> std::same_as<void>;
};

/// Turns feature vectors into class probabilities, many at a time.
///
/// Let `c` be a `C const`, `x` a [feature, voxel] view with unit stride along the voxels, `p` a
/// [class, voxel] view, also with unit stride, of as many voxels. `C` models row_classifier iff
///  - `c.feature_count()` and `c.class_count()` are constant and equal the extents of axis 0;
///  - `c.predict(x, p)` overwrites all of `p`; a voxel's values depend on its own features only,
///    are finite, >= 0 and sum to 1 within 1e-5, or all are 0;
///  - the number of voxels is arbitrary; neighbours in space next to each other, in multiples of
///    `packet_lanes`, are fastest;
///  - concurrent calls on one `c` are race-free.
/// A `C` that needs memory to predict may offer a `C::scratch_type` that `c.make_scratch()` makes,
/// its size `c.scratch_bytes()`, and `c.predict(x, p, scratch)`: it is then made once per thread.
/// The compiler checks the syntax; tests/support/row_classifier_laws.hpp checks the rest.
template <class C>
concept row_classifier = requires(C const& c, strided_view<float const, 2> const& x,
                                  strided_view<float, 2> const& p) {
  { c.feature_count() } -> std::convertible_to<std::size_t>;
  { c.class_count() } -> std::convertible_to<std::size_t>;
  { c.predict(x, p) } -> std::same_as<void>;
};

/// Voxels that a forest walks its trees with at once: a packet of 8 x 8 x 8 (z, y, x) neighbours,
/// in 2D of 16 x 32. Larger packets visit fewer nodes per voxel but carry emptier masks.
inline constexpr index_t packet_lanes = 512;

}  // namespace voxstitch::classify
