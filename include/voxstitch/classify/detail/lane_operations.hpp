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
[[nodiscard]] bool compare_codes(Target, std::int8_t const* codes, std::int8_t pivot,
                                 lane_mask const& mask, lane_mask& less) {
  return portable::compare_codes(codes, pivot, mask, less);
}
template <class Target>
[[nodiscard]] lane_mask same_codes(Target, std::int8_t const* codes, std::int8_t pivot,
                                   lane_mask const& mask) {
  return portable::same_codes(codes, pivot, mask);
}
template <class Target>
occupied_sides split(Target, lane_mask const& mask, lane_mask const& less, lane_mask& left,
                     lane_mask& right) {
  return portable::split(mask, less, left, right);
}
template <class Target>
void count(Target, std::uint8_t* counters, lane_mask const& mask) {
  portable::count(counters, mask);
}

}  // namespace voxstitch::classify::detail

#endif
