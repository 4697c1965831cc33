// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Does a blocking keep its promises?

#include <vector>

#include "support/random.hpp"
#include "voxstitch/geometry/blocking.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::test {

/// Every voxel of the domain lies in exactly one core.
template <std::size_t N>
void check_cores_tile(blocking<N> const& blocks) {
  box<N> const domain = blocks.domain();
  std::vector<int> owners(static_cast<std::size_t>(domain.size()));
  strided_view<int, N> const count(owners.data(), domain.shape());
  for (auto const& b : blocks)
    for_each_voxel(relative_to(b.core, domain), [&](coord<N> const& v) { ++count[v]; });
  CHECK(std::all_of(owners.begin(), owners.end(), [](int n) { return n == 1; }));
}

/// Core within result within read within domain; margins are whole except at the domain's border.
template <std::size_t N>
void check_margins(blocking<N> const& blocks, block<N> const& b) {
  CHECK(!b.core.empty());
  CHECK(b.result == grown_within(b.core, blocks.overlap(), blocks.domain()));
  CHECK(b.read == grown_within(b.core, blocks.overlap() + blocks.halo(), blocks.domain()));
  CHECK(contains(b.read, b.result));
  CHECK(contains(b.result, b.core));
  CHECK(contains(blocks.domain(), b.read));
}

/// Cores begin at multiples of the block shape and are half to one and a half blocks wide, except
/// where the domain itself is thinner.
template <std::size_t N>
void check_core_size(blocking<N> const& blocks, block<N> const& b) {
  for (std::size_t axis = 0; axis < N; ++axis) {
    index_t const step = blocks.block_shape()[axis];
    index_t const extent = blocks.domain().extent(axis);
    index_t const from = b.core.inclusive_min[axis] - blocks.domain().inclusive_min[axis];
    CHECK(from % step == 0);
    CHECK(2 * b.core.extent(axis) >= std::min(step, 2 * extent));
    CHECK(2 * b.core.extent(axis) < 3 * step);
  }
}

/// The grid's positions are the indices in another form, and those within a margin of some voxels
/// are the blocks that a search of all blocks finds.
template <std::size_t N>
void check_positions(blocking<N> const& blocks, coord<N> const& margin, box<N> const& voxels) {
  CAPTURE(margin, voxels);
  box<N> const found = blocks.positions_within(margin, voxels);
  CHECK(contains(box<N>::at_origin(blocks.counts()), found));
  for (auto const& b : blocks) {
    coord<N> const position = blocks.position_of(b.index);
    bool const meets = !intersection(grown(b.core, margin), voxels).empty();
    CHECK(blocks.index_of(position) == b.index);
    CHECK((contains(found, position) && !found.empty()) == (meets && !voxels.empty()));
  }
}

/// All laws of a blocking of a domain of moderate size.
template <std::size_t N>
void check_blocking_laws(blocking<N> const& blocks) {
  CAPTURE(blocks.domain(), blocks.block_shape(), blocks.halo(), blocks.overlap());
  coord<N> core;
  coord<N> result;
  coord<N> read;
  index_t index = 0;
  for (auto const& b : blocks) {
    CAPTURE(b.index, b.core);
    CHECK(b.index == index++);
    check_margins(blocks, b);
    check_core_size(blocks, b);
    core = max(core, b.core.shape());
    result = max(result, b.result.shape());
    read = max(read, b.read.shape());
  }
  CHECK(index == blocks.size());
  CHECK(core == blocks.largest_core_shape());
  // what is planned suffices, and no axis is planned wider than the margins allow
  CHECK(max(result, blocks.largest_result_shape()) == blocks.largest_result_shape());
  CHECK(max(read, blocks.largest_read_shape()) == blocks.largest_read_shape());
  check_cores_tile(blocks);
  for (coord<N> const& margin : {coord<N>{}, blocks.overlap(), blocks.overlap() + blocks.halo()}) {
    check_positions(blocks, margin, blocks.domain());
    check_positions(blocks, margin, blocks[blocks.size() - 1].core);
    check_positions(blocks, margin, {blocks.domain().inclusive_min, blocks.domain().inclusive_min});
  }
}

}  // namespace voxstitch::test
