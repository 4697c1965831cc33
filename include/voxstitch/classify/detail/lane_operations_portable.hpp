// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is done with the codes and masks of a packet's lanes, in plain C++?

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "voxstitch/classify/detail/packet_level.hpp"

namespace voxstitch::classify::detail::portable {

/// planes[count - 1] gets the lanes whose byte has bit 7, planes[count - 2] those of bit 6, and so
/// on.
inline void split_bits(std::uint8_t const* bytes, int count, lane_mask* planes) {
  for (int b = 0; b < count; ++b)
    for (std::size_t word = 0; word < words_per_mask; ++word) {
      std::uint64_t bits = 0;
      for (std::size_t i = 0; i < lanes_per_word; ++i) {
        unsigned const byte = bytes[word * lanes_per_word + i];
        bits |= std::uint64_t{byte >> (8 - count + b) & 1u} << i;
      }
      planes[b].words[word] = bits;
    }
}

/// Lanes by their relation to a pivot.
struct comparison {
  lane_mask less;
  lane_mask differs;
};

/// From the lowest bit up, each bit that differs overrules those before it.
[[nodiscard]] inline comparison compare(code_planes const& planes, code_pivot const& pivot) {
  comparison c{};
  for (std::size_t b = 0; b < code_bits; ++b) {
    std::uint64_t const wanted = wanted_bits(pivot, b) != 0 ? ~std::uint64_t{0} : 0;
    for (std::size_t word = 0; word < words_per_mask; ++word) {
      std::uint64_t const other = planes.bits[b].words[word] ^ wanted;
      std::uint64_t& less = c.less.words[word];
      less = (other & wanted) | (~other & less);
      c.differs.words[word] |= other;
    }
  }
  return c;
}

/// Divides the lanes of all nodes of a level.
/// @param masks  [place] lanes of the level's nodes
/// @param planes [feature]
inline void split_nodes(pruned_node const* nodes, code_planes const* planes,
                        branch_list const& level, lane_mask const* masks, level_result& result) {
  result.open_count = 0;
  for (std::size_t i = 0; i < level.count; ++i) {
    pruned_node const& node = nodes[level.to[i]];
    lane_mask const& all = masks[level.place[i]];
    comparison const c = compare(planes[node.feature], node.pivot);
    lane_mask& left = result.masks[2 * i];
    lane_mask& right = result.masks[2 * i + 1];
    lane_mask& open = result.open[result.open_count];
    for (std::size_t word = 0; word < words_per_mask; ++word) {
      left.words[word] = all.words[word] & c.less.words[word];
      right.words[word] = all.words[word] & ~c.less.words[word];
      open.words[word] = all.words[word] & ~c.differs.words[word];
    }
    std::memcpy(&result.child[2 * i], node.sides.data(), sizeof node.sides);
    result.occupied[2 * i] = left.any();
    result.occupied[2 * i + 1] = right.any();
    result.open_visit[result.open_count] = static_cast<std::uint32_t>(i);
    result.open_count += open.any() ? 1 : 0;
  }
}

/// Lists the children that have lanes: inner nodes in `next`, leaves in `leaves`.
/// @param visits of the level that has this result
inline void list_children(level_result const& result, std::size_t visits, branch_list& next,
                          branch_list& leaves) {
  for (std::size_t i = 0; i < 2 * visits; ++i) {
    branch const to = result.child[i];
    std::size_t const kept = result.occupied[i] != 0 ? 1 : 0;
    std::size_t const leaf = to >> 31;
    next.to[next.count] = to;
    next.place[next.count] = static_cast<std::uint32_t>(i);
    next.count += kept & ~leaf;
    leaves.to[leaves.count] = to;
    leaves.place[leaves.count] = static_cast<std::uint32_t>(i);
    leaves.count += kept & leaf;
  }
}

/// Adds 1 to the counters of the lanes in `mask`.
inline void count(std::uint8_t* counters, lane_mask const& mask) {
  for (std::uint64_t bits : mask.words)
    for (std::size_t i = 0; i < lanes_per_word; i += 8, bits >>= 8, counters += 8) {
      // Bit k of a byte is moved to byte k, and there to its lowest bit.
      std::uint64_t const spread = ((bits & 0xff) * 0x0101010101010101u) & 0x8040201008040201u;
      std::uint64_t const ones = ((spread + 0x7f7f7f7f7f7f7f7fu) | spread) >> 7;
      std::uint64_t sum;
      std::memcpy(&sum, counters, 8);
      sum += ones & 0x0101010101010101u;
      std::memcpy(counters, &sum, 8);
    }
}

}  // namespace voxstitch::classify::detail::portable
