// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where are the labels in a volume that is nearly empty?

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "voxstitch/core/cancel.hpp"
#include "voxstitch/core/error.hpp"
#include "voxstitch/io/concepts.hpp"
#include "voxstitch/models/label_block.hpp"
#include "voxstitch/pipeline/run.hpp"
#include "voxstitch/view/any_view.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::pipeline {

/// Labels are gathered into blocks that lie in one cube of this edge, in voxels.
inline constexpr index_t label_cube = 64;

namespace detail {

struct found_label {
  coord<4> at;  ///< t, z, y, x
  std::uint8_t label;

  /// By cubes first, then by place.
  friend bool operator<(found_label const& a, found_label const& b) {
    return std::tuple(a.cube().values, a.at.values) < std::tuple(b.cube().values, b.at.values);
  }
  [[nodiscard]] coord<4> cube() const {
    return {{at[0], at[1] / label_cube, at[2] / label_cube, at[3] / label_cube}};
  }
  [[nodiscard]] coord<3> voxel() const { return {{at[1], at[2], at[3]}}; }
};

/// What is read at once (t, c, z, y, x): whole decode units, as many as make a megabyte or so.
[[nodiscard]] inline coord<5> label_piece(volume_description const& d, coord<5> piece) {
  constexpr index_t enough = index_t{1} << 20;
  for (std::size_t axis = 5; axis-- > 2;)
    while (product(piece) < enough && piece[axis] < d.shape[axis]) piece[axis] *= 2;
  return min(piece, d.shape);
}

template <class T>
[[nodiscard]] std::uint8_t checked_label(T value, coord<4> const& at) {
  if (std::in_range<std::uint8_t>(value)) return static_cast<std::uint8_t>(value);
  throw format_error("label " + std::to_string(value) + " at " + to_string(at) +
                     " (t,z,y,x): labels are 0 (none) and 1 to 255; number the classes from 1");
}

/// The labels of one piece, in t, z, y, x order.
template <io::volume_source Labels>
[[nodiscard]] std::vector<found_label> labels_in(Labels const& labels, box<5> const& piece) {
  any_array<5> memory(labels.description().type, piece.shape());
  labels.read(piece, memory.view());
  std::vector<found_label> found;
  auto const keep = [&]<class T>(strided_view<T, 5> const& values) {
    for_each_voxel(box<5>::at_origin(piece.shape()), [&](coord<5> const& v) {
      if (values[v] == T{0}) return;
      coord<5> const at = piece.inclusive_min + v;
      coord<4> const place{{at[0], at[2], at[3], at[4]}};
      found.push_back({place, checked_label(values[v], place)});
    });
  };
  visit_type(labels.description().type, [&]<class T>() {
    if constexpr (std::is_integral_v<T>) keep(memory.view().template as<T>());
  });
  return found;
}

/// The labels of one cube as a block that is as small as possible.
[[nodiscard]] inline models::label_block block_of(std::vector<found_label>::const_iterator first,
                                                  std::vector<found_label>::const_iterator last) {
  models::label_block b;
  b.time = first->at[0];
  b.where = {first->voxel(), first->voxel()};
  for (auto i = first; i != last; ++i)
    b.where = {min(b.where.inclusive_min, i->voxel()), max(b.where.exclusive_max, i->voxel())};
  b.where.exclusive_max = b.where.exclusive_max + coord<3>::filled(1);
  b.values = dense_array<std::uint8_t, 3>(b.where.shape());
  fill(b.values.view(), 0);
  for (auto i = first; i != last; ++i)
    b.values.view()[i->voxel() - b.where.inclusive_min] = i->label;
  return b;
}

}  // namespace detail

/// Labels are whole numbers in one channel, of the image's z, y, x and time steps.
/// @throws shape_error, format_error
inline void require_labels_of(volume_description const& image, volume_description const& labels) {
  if (labels.type == element_type::float32 || labels.type == element_type::float64)
    throw format_error("labels are whole numbers, but these are " + to_string(labels.type) +
                       "; save them as uint8, 0 where nothing is labelled");
  coord<5> expected = image.shape;
  expected[1] = 1;
  if (labels.shape == expected) return;
  throw shape_error("the labels are " + to_string(labels.shape) +
                    " (t,c,z,y,x), but the image is " + to_string(image.shape) +
                    "; labels have one channel and else the image's extents");
}

/// Reads a whole volume of labels once, in parallel, and gathers those that are not 0; takes memory
/// in proportion to them. The blocks are ordered by t, z, y, x of their cubes and do not depend on
/// how the source is stored.
/// @throws format_error for a label that is not 0 to 255; cancelled; whatever reading throws.
template <io::volume_source Labels>
[[nodiscard]] std::vector<models::label_block> find_labels(Labels const& labels,
                                                           run_control const& control) {
  auto const& shape = labels.description().shape;
  coord<5> const piece = detail::label_piece(labels.description(), labels.decode_unit());
  auto const positions = box<5>::at_origin(zip(shape, piece, divide_up));
  std::vector<std::vector<detail::found_label>> parts(static_cast<std::size_t>(positions.size()));
  tbb::task_arena arena(control.threads);
  arena.execute([&] {
    tbb::parallel_for(index_t{0}, positions.size(), [&](index_t n) {
      throw_if_stopped(control.stop);
      coord<5> const low = zip(nth_position(positions, n), piece,
                               [](index_t at, index_t extent) { return at * extent; });
      box<5> const part = intersection(box<5>{low, low + piece}, box<5>::at_origin(shape));
      parts[static_cast<std::size_t>(n)] = detail::labels_in(labels, part);
      if (control.voxels_done != nullptr) control.voxels_done->advance(part.size());
    });
  });
  std::vector<detail::found_label> all;
  for (auto& part : parts) {
    all.insert(all.end(), part.begin(), part.end());
    part = {};
  }
  std::sort(all.begin(), all.end());
  std::vector<models::label_block> blocks;
  for (auto first = all.cbegin(); first != all.cend();) {
    auto const last =
        std::find_if(first, all.cend(), [&](auto const& l) { return l.cube() != first->cube(); });
    blocks.push_back(detail::block_of(first, last));
    first = last;
  }
  return blocks;
}

}  // namespace voxstitch::pipeline
