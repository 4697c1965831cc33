// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is done with the codes and masks of a packet's lanes, on each
/// instruction set?
///
/// Plain functions with a target attribute and without vectors in their
/// signatures: an always-inline body may call them, and they join the shell
/// that the body was inlined into.

#if defined(__x86_64__)
#include "voxstitch/classify/detail/lane_operations_x86.hpp"
#else

#include "voxstitch/classify/detail/lane_operations_portable.hpp"

namespace voxstitch::classify::detail {

template <class Target>
void split_bits(Target, std::uint8_t const* bytes, int count, lane_mask* planes) {
  portable::split_bits(bytes, count, planes);
}
template <class Target>
void split_nodes(Target, pruned_node const* nodes, code_planes const* planes,
                 branch_list const& level, lane_mask const* masks, level_result& result) {
  portable::split_nodes(nodes, planes, level, masks, result);
}
template <class Target>
void list_children(Target, level_result const& result, std::size_t visits, branch_list& next,
                   branch_list& leaves) {
  portable::list_children(result, visits, next, leaves);
}
template <class Target>
void count(Target, std::uint8_t* counters, lane_mask const& mask) {
  portable::count(counters, mask);
}

}  // namespace voxstitch::classify::detail

#endif
