// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is memory read as if it were a file?

#include <string>
#include <utility>

#include "voxstitch/core/error.hpp"
#include "voxstitch/io/axistags.hpp"
#include "voxstitch/io/chunk_grid.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::io {

/// A volume_source over memory that somebody else owns.
class view_source {
 public:
  /// @param view t, c, z, y, x; must outlive the source
  /// @param axes letters that files made from it shall have, slowest first
  /// @throws shape_error for a letter that is none of tczyx or comes twice, or when an axis of
  /// several voxels has none.
  explicit view_source(any_view<5> const& view, std::string axes = "zyx") : view_(view) {
    description_.shape = view.shape();
    description_.type = view.type();
    description_.axes = std::move(axes);
    description_.axes_origin = "memory";
    bool named = detail::are_axes(description_.axes);
    for (std::size_t axis = 0; axis < 5; ++axis)
      named = named && (view.extent(axis) == 1 ||
                        description_.axes.find("tczyx"[axis]) != std::string::npos);
    if (!named)
      throw shape_error("view_source: the axes '" + description_.axes + "' do not name those of " +
                        to_string(view.shape()) +
                        " voxels (t,c,z,y,x); give one letter of 'tczyx' per axis");
  }

  [[nodiscard]] volume_description const& description() const { return description_; }
  [[nodiscard]] coord<5> decode_unit() const { return coord<5>::filled(1); }

  /// @throws shape_error for a box outside of the memory or a view of another type or shape.
  void read(box<5> const& b, any_view<5> const& to) const {
    detail::check_request("view_source", description_, b, to);
    view_.sub(b).visit([&]<class T>(strided_view<T, 5> const& from) { copy(from, to.as<T>()); });
  }

 private:
  any_view<5> view_;
  volume_description description_;
};

static_assert(volume_source<view_source>);

}  // namespace voxstitch::io
