// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where do a packet's codes and votes live while it is classified?

#include <array>
#include <cstddef>
#include <memory_resource>
#include <new>
#include <type_traits>

#include "voxstitch/classify/detail/packet_votes.hpp"

namespace voxstitch::classify::detail {

/// Memory for a tile of packets, on the stack unless there are very many features or classes or
/// nodes in a tree. Nothing is initialised.
class packet_scratch {
 public:
  packet_scratch() = default;
  packet_scratch(packet_scratch const&) = delete;
  packet_scratch& operator=(packet_scratch const&) = delete;

  packet_worklist work;

  /// An array that lives as long as the scratch.
  template <class T>
  [[nodiscard]] T* array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(memory_.allocate(count * sizeof(T), alignment));
  }

  [[nodiscard]] packet_votes votes(std::size_t class_count) {
    std::size_t const cells = class_count * lanes;
    return {class_count,
            array<lane_mask>(trees_at_once * class_count),
            array<std::uint8_t>(cells),
            array<std::uint32_t>(cells),
            array<std::uint32_t>(cells),
            array<float>(cells),
            array<double>(lanes),
            array<std::uint32_t>(lanes)};
  }

 private:
  static constexpr std::size_t alignment = 64;
  alignas(alignment) std::array<std::byte, 320 * 1024> stack_;
  std::pmr::monotonic_buffer_resource memory_{stack_.data(), stack_.size()};
};

}  // namespace voxstitch::classify::detail
