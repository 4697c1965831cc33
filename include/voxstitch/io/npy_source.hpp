// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a .npy file read as a volume?

#include <string>

#include "voxstitch/io/axes.hpp"
#include "voxstitch/io/chunk_grid.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/io/detail/describe.hpp"
#include "voxstitch/io/detail/npy_header.hpp"
#include "voxstitch/io/detail/raw_array.hpp"

namespace voxstitch::io {

/// Type and shape of a .npy file; it does not know its axes.
/// @throws io_error or format_error naming the file.
[[nodiscard]] inline file_layout probe_npy(std::string const& path) {
  auto const header = detail::read_npy_header(posix_file::open_to_read(path));
  file_layout layout;
  layout.shape = header.shape;
  layout.type = header.type;
  return layout;
}

/// A .npy file: versions 1 to 3, C or Fortran order, either byte order; bool as uint8.
/// @thread_safety no state; the file is opened per read.
class npy_source {
 public:
  /// @throws io_error, format_error or usage_error (axes) naming the file.
  explicit npy_source(std::string const& path, axes_request const& request = {}) : path_(path) {
    auto const header = detail::read_npy_header(posix_file::open_to_read(path));
    file_layout layout;
    layout.shape = header.shape;
    layout.type = header.type;
    description_ = detail::describe(layout, resolve_axes(path, layout, request));
    array_ = {header.data_offset, header.type, header.foreign_byte_order, {}};
    for (std::size_t i = 0; i < header.shape.size(); ++i)
      array_.axes.push_back({canonical_axis(description_.axes[i]), header.shape[i]});
    if (header.fortran_order) std::reverse(array_.axes.begin(), array_.axes.end());
  }

  [[nodiscard]] volume_description const& description() const { return description_; }
  [[nodiscard]] coord<5> decode_unit() const { return coord<5>::filled(1); }
  /// @throws shape_error when `b` leaves the volume or `target` does not fit; io_error.
  void read(box<5> const& b, any_view<5> const& target) const {
    detail::check_request("npy: " + quoted(path_), description_, b, target);
    if (b.empty()) return;
    detail::read_raw(posix_file::open_to_read(path_), array_, b, target);
  }

 private:
  std::string path_;
  volume_description description_;
  detail::raw_array array_;
};

static_assert(volume_source<npy_source>);

}  // namespace voxstitch::io
