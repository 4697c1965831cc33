// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do overlapping results become one volume?

#include <optional>

#include "voxstitch/geometry/blocking.hpp"
#include "voxstitch/stitch/detail/blended_part.hpp"
#include "voxstitch/stitch/detail/spread.hpp"

namespace voxstitch::stitch {

/// Delivers what a block computed: `fetch(b, piece, to)` writes b's probabilities on `piece`, a box
/// within b.result, to all of `to`: [z, y, x, class] of the piece, one dense volume per class.
template <class Fetch>
concept block_fetch = requires(Fetch& fetch, block<3> const& b, box<3> const& piece,
                               strided_view<float, 4> const& to) {
  fetch(b, piece, to);
};

/// Memory that combine() takes for a part of that shape (z, y, x; voxels), with a disagreement map;
/// what `fetch` takes comes on top. About 8 + 20 bytes per class for each voxel of the part,
/// however many blocks overlap there.
[[nodiscard]] inline std::int64_t combine_bytes(coord<3> const& part_shape, index_t classes) {
  std::int64_t const fetched = product(part_shape) * classes * std::int64_t{sizeof(float)};
  return fetched + detail::blended_part::bytes(part_shape, classes) +
         detail::spread::bytes(part_shape, classes) + detail::block_weights::bytes(part_shape);
}

namespace detail {

inline void check_combined(blocking<3> const& blocks, coord<3> const& overlap, box<3> const& part) {
  if (blocks.overlap() != overlap)
    throw usage_error("combine: the blocks overlap by " + to_string(blocks.overlap()) +
                      " voxels (z, y, x), but the policy blends over " + to_string(overlap) +
                      "; divide the domain with the policy's overlap()");
  if (!contains(blocks.domain(), part))
    throw shape_error("combine: the part " + to_string(part) + " leaves the domain " +
                      to_string(blocks.domain()) + "; ask for voxels of the domain");
}

/// `what` is the name of a view whose first axes are z, y, x.
template <std::size_t N>
void check_shape_of_part(char const* what, coord<N> const& shape, box<3> const& part) {
  coord<3> const voxels{{shape[0], shape[1], shape[2]}};
  if (voxels != part.shape())
    throw shape_error(std::string("combine: ") + what + " is a view of " + to_string(voxels) +
                      " voxels (z, y, x), but the part " + to_string(part) + " has " +
                      to_string(part.shape()));
}

}  // namespace detail

/// Makes the values of a part of the volume from all blocks that computed voxels of it.
///
/// `fetch` is called once for every block whose result box meets the part, in ascending index, from
/// this thread.
///
/// The result is a function of the blocks' values and of the grid of blocks alone: neither the
/// division of the volume into parts nor the processor changes a bit of it. Sums are made in double
/// and rounded once.
/// @param blocks       divided with the policy's overlap
/// @param part         voxels of the domain
/// @param p            [z, y, x, class] of the part, any strides; overwritten
/// @param disagreement [z, y, x] of the part: the largest difference of any class between the
///                     blocks that computed the voxel, 0 where one did; without data: not wanted
/// @throws usage_error when the blocks have another overlap than the policy; shape_error for a part
///         that leaves the domain and for views of another shape; what `fetch` throws
/// @complexity voxels x classes x blocks that overlap there; combine_bytes() of memory
/// @thread_safety parts may be combined concurrently where `fetch` may be called so
template <blending_policy Policy, block_fetch Fetch>
void combine(Policy const& policy, blocking<3> const& blocks, box<3> const& part, Fetch&& fetch,
             strided_view<float, 4> const& p, strided_view<float, 3> const& disagreement = {}) {
  bool const compared = disagreement.data() != nullptr;
  detail::check_combined(blocks, policy.overlap(), part);
  detail::check_shape_of_part("p", p.shape(), part);
  if (compared) detail::check_shape_of_part("disagreement", disagreement.shape(), part);
  if (part.empty()) return;

  index_t const classes = p.extent(3);
  auto const memory = make_large_array<float>(static_cast<std::size_t>(part.size() * classes));
  detail::blended_part blended(part.shape(), classes);
  std::optional<detail::spread> extremes;
  if (compared) extremes.emplace(part.shape(), classes);
  for_each_voxel(blocks.positions_within(blocks.overlap(), part), [&](coord<3> const& position) {
    block<3> const b = blocks[blocks.index_of(position)];
    box<3> const piece = intersection(b.result, part);
    auto const fetched = detail::by_class(memory.get(), piece.shape(), classes);
    fetch(b, piece, fetched);
    detail::block_weights weights(policy, {b.result, blocks.domain(), blocks.overlap()}, piece);
    blended.add(policy, weights, fetched, relative_to(piece, part));
    if (extremes) extremes->add(fetched, relative_to(piece, part));
  });
  blended.write(p);
  if (extremes) extremes->write(disagreement);
}

}  // namespace voxstitch::stitch
