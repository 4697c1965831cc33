// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a PNG, JPEG, BMP, GIF, PNM, HDR, RAS or XV image read as a volume?

#include <string>

#include "voxstitch/io/axes.hpp"
#include "voxstitch/io/chunk_grid.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/io/detail/decode_count.hpp"
#include "voxstitch/io/detail/describe.hpp"
#include "voxstitch/io/detail/impex_calls.hpp"
#include "voxstitch/io/posix_file.hpp"

namespace voxstitch::io {

/// A 2D image through libvigraimpex, the library ilastik itself uses: axes y, x, c (c of extent 1
/// kept), numbers and colours as that library decodes them.
/// @thread_safety no state; an image is decoded per read, one at a time in the process.
class impex_source {
 public:
  /// @throws io_error when there is no such file, format_error when it is no image.
  explicit impex_source(std::string const& path, axes_request const& request = {}) : path_(path) {
    static_cast<void>(posix_file::open_to_read(path).size());
    header_ = detail::read_image_header(path);
    file_layout layout;
    layout.shape = {header_.rows, header_.columns, header_.channels};
    layout.type = header_.type;
    layout.axes = "yxc";
    layout.axes_origin = "2D image (rows, columns, channels)";
    description_ = detail::describe(layout, resolve_axes(path, layout, request));
    for (std::size_t i = 0; i < 3; ++i) axes_[i] = canonical_axis(description_.axes[i]);
  }

  [[nodiscard]] volume_description const& description() const { return description_; }
  [[nodiscard]] coord<5> decode_unit() const { return description_.shape; }
  [[nodiscard]] std::int64_t units_decoded() const { return decoded_.value(); }

  /// @throws shape_error when `b` leaves the volume or `target` does not fit; format_error.
  void read(box<5> const& b, any_view<5> const& target) const {
    detail::check_request("image: " + quoted(path_), description_, b, target);
    if (b.empty()) return;
    box<3> in_image;
    coord<3> strides;
    for (std::size_t i = 0; i < 3; ++i) {
      in_image.inclusive_min[i] = b.inclusive_min[axes_[i]];
      in_image.exclusive_max[i] = b.exclusive_max[axes_[i]];
      strides[i] = target.strides()[axes_[i]];
    }
    decoded_.add(1);
    detail::read_image(path_, header_, in_image,
                       {target.data(), target.type(), in_image.shape(), strides});
  }

 private:
  std::string path_;
  detail::image_header header_;
  volume_description description_;
  std::array<std::size_t, 3> axes_{};
  detail::decode_count decoded_;
};

static_assert(counts_decoding<impex_source>);

}  // namespace voxstitch::io
