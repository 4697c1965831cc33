// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is memory read as if it were a file?

#include <string>
#include <utility>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::io {

/// A volume_source over memory that somebody else owns.
class view_source {
 public:
  /// @param view t, c, z, y, x; must outlive the source
  /// @param axes letters that files made from it shall have, slowest first
  explicit view_source(any_view<5> const& view, std::string axes = "zyx") : view_(view) {
    description_.shape = view.shape();
    description_.type = view.type();
    description_.axes = std::move(axes);
    description_.axes_origin = "memory";
  }

  [[nodiscard]] volume_description const& description() const { return description_; }
  [[nodiscard]] coord<5> decode_unit() const { return coord<5>::filled(1); }

  /// @throws shape_error for a box outside of the memory or a view of another type.
  void read(box<5> const& b, any_view<5> const& to) const {
    if (!contains(box<5>::at_origin(view_.shape()), b))
      throw shape_error("view_source: box " + to_string(b) + " leaves the volume " +
                        to_string(view_.shape()) + " (t,c,z,y,x)");
    view_.sub(b).visit([&]<class T>(strided_view<T, 5> const& from) { copy(from, to.as<T>()); });
  }

 private:
  any_view<5> view_;
  volume_description description_;
};

static_assert(volume_source<view_source>);

}  // namespace voxstitch::io
