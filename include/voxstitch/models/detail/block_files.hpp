// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do a block's voxels and probabilities travel through files?

#include <algorithm>
#include <string>
#include <vector>

#include <tbb/task_arena.h>

#include "voxstitch/geometry/block.hpp"
#include "voxstitch/geometry/extents_text.hpp"
#include "voxstitch/io/any_source.hpp"
#include "voxstitch/io/axes.hpp"
#include "voxstitch/io/file_name.hpp"
#include "voxstitch/io/hdf5_sink.hpp"
#include "voxstitch/io/hdf5_source.hpp"
#include "voxstitch/io/npy_source.hpp"
#include "voxstitch/io/npy_writer.hpp"
#include "voxstitch/io/view_source.hpp"
#include "voxstitch/models/detail/scores.hpp"
#include "voxstitch/view/dense_array.hpp"

namespace voxstitch::models::detail {

/// Bytes that are moved at once, where the format allows.
inline constexpr std::int64_t transfer_bytes = std::int64_t{4} << 20;

[[nodiscard]] inline bool is_hdf5(std::string const& extension) { return extension == ".h5"; }

/// Writes a block as float32 z,y,x, or z,y,x,c where it has more than one channel.
/// @param input [channel, z, y, x]
/// @throws io_error when it cannot be written.
inline void write_block(std::string const& path, strided_view<float const, 4> const& input) {
  auto const volume = input.expanded(0);                       // t, c, z, y, x
  any_view<5> const values(const_cast<float*>(volume.data()),  // only read
                           element_type::float32, volume.shape(), volume.strides());
  io::view_source const source(values, input.extent(0) > 1 ? "zyxc" : "zyx");
  if (!is_hdf5(io::extension_of(path)))
    return io::write_npy(path, source, transfer_bytes, io::durability::readable);
  io::dataset_spec spec;
  spec.name = "/data";
  io::hdf5_sink sink(path, spec, source.description());
  sink.write(box<5>::at_origin(values.shape()), values);
  sink.finish();
}

/// "float32 5 x 60 x 70 x 2".
[[nodiscard]] inline std::string layout_text(element_type type, std::vector<index_t> const& shape) {
  return to_string(type) + " " + extents_text(shape);
}

/// What a program wrote for block `b`: [z, y, x, class] on its read or its result box.
class scores_file {
 public:
  /// @throws io_error, format_error or shape_error when it is not there or not as it must be.
  scores_file(std::string const& path, block<3> const& b, index_t classes)
      : source_(opened(path, b, classes)), classes_(classes),
        chunked_(is_hdf5(io::extension_of(path))) {
    auto const& shape = source_.description().shape;
    bool const cropped =
        shape_of(b.result, classes) == std::vector<index_t>{shape[2], shape[3], shape[4], shape[1]};
    where_ = relative_to(b.result, cropped ? b.result : b.read);
  }

  /// Fills p [z, y, x, class] of the result box, whose first voxel is `origin`.
  /// @throws io_error, format_error for values that are no scores.
  void read(score_rule rule, coord<3> const& origin, strided_view<float, 4> const& p) const {
    element_type const type = source_.description().type;
    if (type == element_type::uint8) return read_as<std::uint8_t>(rule, origin, p);
    if (type == element_type::float32) return read_as<float>(rule, origin, p);
    read_as<double>(rule, origin, p);
  }

  /// Bytes that reading takes at most. An HDF5 file may be one chunk: it is held packed,
  /// shuffled, unpacked, and as the values that were asked for.
  [[nodiscard]] static std::int64_t bytes(std::string const& extension, block<3> const& b,
                                          index_t classes) {
    std::int64_t const voxel = classes * static_cast<std::int64_t>(sizeof(double));
    if (is_hdf5(extension)) return 5 * b.read.size() * voxel;
    std::int64_t const plane = b.result.extent(1) * b.result.extent(2) * voxel;
    return std::max(plane, transfer_bytes);
  }

 private:
  [[nodiscard]] static std::vector<index_t> shape_of(box<3> const& b, index_t classes) {
    return {b.extent(0), b.extent(1), b.extent(2), classes};
  }

  [[nodiscard]] static io::any_source opened(std::string const& path, block<3> const& b,
                                             index_t classes) {
    if (!io::exists(path)) throw io_error("it wrote no output file " + quoted(path));
    bool const hdf5 = is_hdf5(io::extension_of(path));
    check(hdf5 ? io::probe_hdf5(path) : io::probe_npy(path), b, classes);
    if (hdf5) return io::any_source(io::hdf5_source(path, "", "zyxc"));
    return io::any_source(io::npy_source(path, {"zyxc", ""}));
  }

  static void check(io::file_layout const& found, block<3> const& b, index_t classes) {
    auto const whole_block = shape_of(b.read, classes);
    auto const result = shape_of(b.result, classes);
    std::string const is = "its output is " + layout_text(found.type, found.shape);
    if (found.axes && *found.axes != "zyxc")
      throw shape_error(is + " of axes " + *found.axes + ", but they must be zyxc");
    if (found.shape != whole_block && found.shape != result)
      throw shape_error(is + ", but it must be " + extents_text(whole_block) +
                        " (z,y,x,class; the block as it was given)" +
                        (whole_block == result
                             ? ""
                             : " or " + extents_text(result) + " (the same without the halo)"));
    bool const known = found.type == element_type::uint8 || found.type == element_type::float32 ||
                       found.type == element_type::float64;
    if (!known) throw format_error(is + ", but it must be float32, float64 or uint8 (255 for 1)");
  }

  template <class T>
  void read_as(score_rule rule, coord<3> const& origin, strided_view<float, 4> const& p) const {
    index_t const step = planes_at_once<T>();
    for (index_t z = 0; z < where_.extent(0); z += step) {
      box<3> slab = where_;
      slab.inclusive_min[0] += z;
      slab.exclusive_max[0] = std::min(slab.inclusive_min[0] + step, where_.exclusive_max[0]);
      auto const scores = slab_of<T>(slab);
      coord<4> low{{z, 0, 0, 0}};
      to_probabilities(strided_view<T const, 4>(scores.view()), rule, origin + coord<3>{{z, 0, 0}},
                       p.sub({low, low + scores.shape()}));
    }
  }

  /// All of an HDF5 file: its chunks are unpacked once.
  template <class T>
  [[nodiscard]] index_t planes_at_once() const {
    index_t const plane = where_.extent(1) * where_.extent(2) * classes_ * index_t{sizeof(T)};
    return chunked_ ? where_.extent(0) : std::max<index_t>(1, transfer_bytes / plane);
  }

  /// [z, y, x, class]
  template <class T>
  [[nodiscard]] dense_array<T, 4> slab_of(box<3> const& slab) const {
    auto const& lo = slab.inclusive_min;
    auto const& hi = slab.exclusive_max;
    dense_array<T, 4> values(coord<4>{{slab.extent(0), slab.extent(1), slab.extent(2), classes_}});
    auto const channels_first = values.view().permuted({3, 0, 1, 2}).expanded(0);
    source_.read({{{0, 0, lo[0], lo[1], lo[2]}}, {{1, classes_, hi[0], hi[1], hi[2]}}},
                 channels_first);
    return values;
  }

  io::any_source source_;
  index_t classes_;
  bool chunked_;
  box<3> where_;  ///< the result box in the file
};

/// Bytes that writing a block takes at most; HDF5 packs a chunk per thread.
[[nodiscard]] inline std::int64_t writing_bytes(std::string const& extension) {
  auto const threads = static_cast<std::int64_t>(tbb::this_task_arena::max_concurrency());
  return is_hdf5(extension) ? (threads + 1) * transfer_bytes : transfer_bytes;
}

}  // namespace voxstitch::models::detail
