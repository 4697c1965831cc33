// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which planes are kept while a block is gone through along z?

#include <algorithm>

#include "voxstitch/features/detail/aligned_floats.hpp"

namespace voxstitch::features::detail {

/// Some neighbouring planes of equal size. The window only moves on; planes that are still wanted
/// stay where they are, and new ones take the places of those that are not (a ring).
class plane_window {
 public:
  /// Forgets all planes.
  void restart() { end_ = first_; }

  /// Moves the window to [first, end). Returns the first plane that has to be filled: the planes
  /// before it have been kept.
  /// @param depth planes that any window of this block has at most
  [[nodiscard]] index_t move_to(index_t first, index_t end, index_t plane_floats, index_t depth) {
    bool const goes_on =
        plane_floats == plane_floats_ && depth <= places_ && first_ <= first && first < end_;
    index_t const kept_end = goes_on ? std::min(end_, end) : first;
    if (!goes_on) {
      memory_.reserve(depth * plane_floats);
      places_ = depth;
      origin_ = first;
      plane_floats_ = plane_floats;
    }
    first_ = first;
    end_ = end;
    return kept_end;
  }

  /// Floats of memory that it holds.
  [[nodiscard]] index_t floats() const { return memory_.size(); }

  [[nodiscard]] float* plane(index_t z) {
    return memory_.data() + (z - origin_) % places_ * plane_floats_;
  }

 private:
  aligned_floats memory_;
  index_t first_ = 0;
  index_t end_ = 0;
  index_t origin_ = 0;  ///< a plane at the memory's beginning
  index_t places_ = 1;
  index_t plane_floats_ = 0;
};

}  // namespace voxstitch::features::detail
