// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a copy of a part of a volume stand in for the whole?

#include <utility>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/concepts.hpp"

namespace voxstitch::io {

/// A source in the place it was cut from: boxes count from the whole volume's origin, and only
/// those inside the part can be read. The place should be a multiple of the part's decode unit.
template <volume_source Source>
class placed_source {
 public:
  /// @param whole what the part was cut from
  /// @param place of the part's first voxel (t, c, z, y, x)
  /// @throws shape_error when the part reaches beyond the whole.
  placed_source(Source part, volume_description whole, coord<5> const& place)
      : part_(std::move(part)), description_(std::move(whole)), place_(place) {
    if (!contains(box<5>::at_origin(description_.shape), where()))
      throw shape_error("placed_source: the part " + to_string(where()) + " leaves the volume " +
                        to_string(description_.shape) + " (t, c, z, y, x)");
  }

  [[nodiscard]] volume_description const& description() const { return description_; }
  [[nodiscard]] coord<5> decode_unit() const { return part_.decode_unit(); }

  /// @throws shape_error when `b` leaves the part; what the part throws.
  void read(box<5> const& b, any_view<5> const& v) const {
    if (!contains(where(), b))
      throw shape_error("placed_source: the box " + to_string(b) + " leaves the part " +
                        to_string(where()) + " (t, c, z, y, x)");
    part_.read(relative_to(b, where()), v);
  }

 private:
  [[nodiscard]] box<5> where() const { return {place_, place_ + part_.description().shape}; }

  Source part_;
  volume_description description_;
  coord<5> place_;
};

}  // namespace voxstitch::io
