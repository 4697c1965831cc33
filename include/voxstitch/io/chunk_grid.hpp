// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which chunk holds which voxels, and how do they lie inside it?

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/core/large_memory.hpp"
#include "voxstitch/io/detail/raw_array.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::io {

/// A volume cut into equal chunks. Positions and boxes are t, c, z, y, x; the order of the chunks
/// and of the elements inside a chunk is the file's own (`description.axes`, first axis slowest).
/// A chunk at the volume's end is as large as the others.
class chunk_grid {
 public:
  chunk_grid() = default;

  /// @param chunk extents of one chunk (t, c, z, y, x), at least 1
  /// @throws shape_error when an extent is below 1, or larger than 1 on an axis the file lacks.
  chunk_grid(volume_description const& description, coord<5> const& chunk)
      : shape_(description.shape), chunk_(chunk), type_(description.type) {
    for (char letter : description.axes) {
      std::size_t const axis = canonical_axis(letter);
      axes_.push_back({axis, shape_[axis]});
    }
    for (std::size_t axis = 0; axis < 5; ++axis) check(axis, description.axes);
    counts_ = zip(shape_, chunk_, divide_up);
    strides_ = detail::strides_in_order(axes_, chunk_);
  }

  [[nodiscard]] coord<5> const& chunk() const { return chunk_; }
  [[nodiscard]] coord<5> const& counts() const { return counts_; }
  [[nodiscard]] detail::stored_axes const& axes() const { return axes_; }
  /// Number of chunks.
  [[nodiscard]] index_t size() const { return product(counts_); }
  /// Bytes of one chunk, unpacked.
  [[nodiscard]] std::size_t chunk_bytes() const {
    return static_cast<std::size_t>(product(chunk_)) * size_of(type_);
  }

  /// Place of a chunk in the file's order.
  [[nodiscard]] index_t index_of(coord<5> const& position) const {
    index_t index = 0;
    for (auto const& axis : axes_)
      index = index * counts_[axis.canonical] + position[axis.canonical];
    return index;
  }
  [[nodiscard]] coord<5> position_of(index_t index) const {
    coord<5> position;
    for (std::size_t i = axes_.size(); i-- > 0; index /= counts_[axes_[i].canonical])
      position[axes_[i].canonical] = index % counts_[axes_[i].canonical];
    return position;
  }

  /// The chunk's voxels, also those beyond the volume's end.
  [[nodiscard]] box<5> padded_box(coord<5> const& position) const {
    coord<5> const begin = zip(position, chunk_, [](index_t p, index_t c) { return p * c; });
    return {begin, begin + chunk_};
  }
  /// The chunk's voxels within the volume.
  [[nodiscard]] box<5> box_of(coord<5> const& position) const {
    return intersection(padded_box(position), box<5>::at_origin(shape_));
  }
  /// Positions of the chunks that hold a voxel of `b`.
  /// @pre `b` lies within the volume and is not empty
  [[nodiscard]] box<5> positions_in(box<5> const& b) const {
    return {zip(b.inclusive_min, chunk_, [](index_t v, index_t c) { return v / c; }),
            zip(b.exclusive_max, chunk_, divide_up)};
  }
  /// The chunk's first element in the file's axes and order.
  [[nodiscard]] std::vector<index_t> offset_in_file(coord<5> const& position) const {
    std::vector<index_t> offset;
    for (auto const& axis : axes_)
      offset.push_back(position[axis.canonical] * chunk_[axis.canonical]);
    return offset;
  }

  /// `bytes`, one unpacked chunk, as a view.
  [[nodiscard]] any_view<5> view_of_chunk(std::byte* bytes) const {
    return {bytes, type_, chunk_, strides_};
  }

 private:
  void check(std::size_t axis, std::string const& axes) const {
    bool const absent = axes.find(canonical_axes[axis]) == std::string::npos;
    std::string const name(1, canonical_axes[axis]);
    if (shape_[axis] < 1 || chunk_[axis] < 1)
      throw shape_error("chunks: along " + name + " the volume has " +
                        std::to_string(shape_[axis]) + " voxels and a chunk " +
                        std::to_string(chunk_[axis]) + "; both must be at least 1");
    if (absent && (shape_[axis] > 1 || chunk_[axis] > 1))
      throw shape_error("chunks: the volume has " + std::to_string(shape_[axis]) +
                        " voxels along " + name + ", but its axes '" + axes + "' lack " + name);
  }

  coord<5> shape_{};
  coord<5> chunk_{};
  coord<5> counts_{};
  coord<5> strides_{};
  element_type type_ = element_type::uint8;
  detail::stored_axes axes_;
};

/// How many units of a shape, lying side by side from the origin, hold a voxel of `b`; per axis.
/// @pre `b` is not empty
[[nodiscard]] inline coord<5> units_touched(box<5> const& b, coord<5> const& unit) {
  coord<5> const first = zip(b.inclusive_min, unit, [](index_t v, index_t u) { return v / u; });
  return zip(b.exclusive_max, unit, divide_up) - first;
}

namespace detail {

/// Calls `read(position, part)` for every chunk that holds a voxel of `b`, `part` being those
/// voxels; chunks in parallel.
template <class Read>
void for_each_chunk(chunk_grid const& grid, box<5> const& b, Read read) {
  box<5> const positions = grid.positions_in(b);
  tbb::parallel_for(index_t{0}, positions.size(), [&](index_t n) {
    coord<5> const position = nth_position(positions, n);
    read(position, intersection(grid.padded_box(position), b));
  });
}

/// The voxels of the chunk at `position` that `load(bytes)` unpacks, as far as they lie in `part`.
template <class Load>
void read_chunk_part(chunk_grid const& grid, coord<5> const& position, box<5> const& part,
                     any_view<5> const& target, Load load) {
  auto const bytes = make_large_array<std::byte>(grid.chunk_bytes());
  load(std::span<std::byte>(bytes.get(), grid.chunk_bytes()));
  box<5> const chunk = grid.padded_box(position);
  copy_elements(grid.view_of_chunk(bytes.get()).sub(relative_to(part, chunk)), target);
}

/// Reads `b` from chunks that `load(position, bytes)` unpacks; chunks in parallel.
template <class Load>
void read_chunks(chunk_grid const& grid, box<5> const& b, any_view<5> const& target, Load load) {
  for_each_chunk(grid, b, [&](coord<5> const& position, box<5> const& part) {
    read_chunk_part(grid, position, part, target.sub(relative_to(part, b)),
                    [&](std::span<std::byte> bytes) { load(position, bytes); });
  });
}

/// @throws shape_error unless `b` lies within the volume and `v` has its shape and the type.
inline void check_request(std::string const& where, volume_description const& description,
                          box<5> const& b, any_view<5> const& v) {
  if (!contains(box<5>::at_origin(description.shape), b))
    throw shape_error(where + ": the box " + to_string(b) + " leaves the volume " +
                      to_string(box<5>::at_origin(description.shape)) + " (t, c, z, y, x)");
  if (v.shape() != b.shape() || v.type() != description.type)
    throw shape_error(where + ": the box " + to_string(b) + " of " + to_string(description.type) +
                      " does not fit a view of shape " + to_string(v.shape()) + " of " +
                      to_string(v.type()));
}

}  // namespace detail

}  // namespace voxstitch::io
