// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which class has each voxel of a finished result?

#include <cstdint>
#include <limits>
#include <string>

#include "voxstitch/core/error.hpp"
#include "voxstitch/pipeline/recipe.hpp"
#include "voxstitch/pipeline/typed_block.hpp"

namespace voxstitch::pipeline {

/// The largest label that is taken for the number of a class.
inline constexpr index_t largest_label = 4095;

namespace detail {

template <class T>
[[nodiscard]] bool is_label(T value) {
  if constexpr (std::is_signed_v<T>)
    if (value < 0) return false;
  return static_cast<std::uint64_t>(value) <= static_cast<std::uint64_t>(largest_label);
}

template <class T>
void copy_label_plane(strided_view<T, 4> const& from, strided_view<std::uint16_t, 3> const& to,
                      index_t z) {
  box<2> const plane = box<2>::at_origin({{to.extent(1), to.extent(2)}});
  for_each_voxel(plane, [&](coord<2> const& at) {
    T const value = from(0, z, at[0], at[1]);
    if (!is_label(value))
      throw shape_error("label " + std::to_string(value) +
                        " is no class; classes are numbered 1 to " + std::to_string(largest_label) +
                        ", and 0 is none: are these objects?");
    to(z, at[0], at[1]) = static_cast<std::uint16_t>(value);
  });
}

}  // namespace detail

/// Copies labels of any integer type: [1, z, y, x] to [z, y, x]. Planes in parallel.
/// @throws shape_error for fractions, and for a value that is no class's number.
inline void copy_labels(any_view<4> const& from, strided_view<std::uint16_t, 3> const& to) {
  from.visit([&]<class T>(strided_view<T, 4> const& v) {
    if constexpr (std::is_floating_point_v<T>)
      throw shape_error("labels are whole numbers, not " + to_string(from.type()));
    else
      for_each_in_parallel(to.extent(0), [&](index_t z) { detail::copy_label_plane(v, to, z); });
  });
}

/// Converts stored probabilities of any type to float: integers are 255 p (or 65535 p) rounded.
/// Planes in parallel.
inline void copy_probabilities(any_view<4> const& from, strided_view<float, 4> const& to) {
  from.visit([&]<class T>(strided_view<T, 4> const& v) {
    float scale = 1;
    if constexpr (std::is_integral_v<T>) scale = static_cast<float>(std::numeric_limits<T>::max());
    for_each_plane(to.shape(), [&](coord<2> const& at) {
      auto const source = v.slice(0, at[0]).slice(0, at[1]);
      auto const target = to.slice(0, at[0]).slice(0, at[1]);
      for_each_voxel(box<2>::at_origin(target.shape()), [&](coord<2> const& yx) {
        target[yx] = static_cast<float>(source[yx]) / scale;
      });
    });
  });
}

/// The most probable class of every voxel, from 1 on, the first of equals; 0 where all are 0.
/// @param p [class, z, y, x]
inline void most_probable_labels(strided_view<float const, 4> const& p,
                                 strided_view<std::uint16_t, 3> const& labels) {
  detail::reduce_rows<float>(reduce::argmax<std::uint16_t>{}, p, {}, labels.expanded(0));
}

}  // namespace voxstitch::pipeline
