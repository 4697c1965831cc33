// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where do a thread's intermediate rows live while it computes a tile?

#include <cassert>

#include "voxstitch/features/detail/aligned_floats.hpp"
#include "voxstitch/features/detail/vector_loop.hpp"

namespace voxstitch::features {

/// Memory of one thread, handed out from the front and taken back all at once. Grows to the largest
/// tile it meets and is never given back before destruction.
class tile_scratch {
 public:
  tile_scratch() = default;
  explicit tile_scratch(index_t floats) { restart(floats); }

  /// Takes everything back and makes room for `floats`.
  void restart(index_t floats) {
    memory_.reserve(floats);
    used_ = 0;
  }
  /// `count` floats on a cache line, not initialised.
  /// @pre restart() was asked for enough
  [[nodiscard]] float* take(index_t count) {
    float* const p = memory_.data() + used_;
    used_ += detail::rounded_up(count);
    assert(used_ <= memory_.size());
    return p;
  }

 private:
  detail::aligned_floats memory_;
  index_t used_ = 0;
};

}  // namespace voxstitch::features
