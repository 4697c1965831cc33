// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where do rows live whose first float lies on a cache line?

#include "voxstitch/core/large_memory.hpp"
#include "voxstitch/geometry/coord.hpp"

namespace voxstitch::features::detail {

/// A buffer of floats on a 64-byte border, not initialised; grows on request and keeps its memory.
class aligned_floats {
 public:
  aligned_floats() = default;
  explicit aligned_floats(index_t count) { reserve(count); }

  /// Makes room for `count` floats; the contents are lost when the buffer has to grow.
  void reserve(index_t count) {
    if (count <= size_) return;
    memory_.reset();
    size_ = 0;
    memory_ = make_large_array<float>(static_cast<std::size_t>(count));
    size_ = count;
  }
  [[nodiscard]] float* data() { return memory_.get(); }
  [[nodiscard]] float const* data() const { return memory_.get(); }
  [[nodiscard]] index_t size() const { return size_; }

 private:
  large_array<float> memory_;
  index_t size_ = 0;
};

}  // namespace voxstitch::features::detail
