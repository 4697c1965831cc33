// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which compiled loops does the filter bank run?

#include "voxstitch/features/detail/combinations.hpp"
#include "voxstitch/features/detail/eigenvalue_rows.hpp"
#include "voxstitch/features/detail/line_filter.hpp"
#include "voxstitch/features/detail/long_filter.hpp"
#include "voxstitch/features/detail/transposition.hpp"

namespace voxstitch::features::detail {

/// All loops, compiled for one instruction set. Members called `..._2d` and `..._3d` sum over two
/// or three axes.
struct row_passes {
  using filter = void (*)(line_batch const&, filter_weights const&);
  using combination = void (*)(row_set const&);

  filter filters[largest_filter_radius + 1][8];  ///< [radius][mask of order_bits], mask 0 unused
  combination difference;
  combination sum_2d, sum_3d;
  combination magnitude_2d, magnitude_3d;
  combination eigenvalues_2d;
  void (*eigenvalues_3d)(matrix_rows const&);
  void (*products_2d)(product_rows const&);
  void (*products_3d)(product_rows const&);
  void (*smooth_across)(long_rows const&);
  void (*transpose)(transposition const&);
};

template <int Radius>
void set_filters(row_passes::filter (&filters)[8], simd::target target) {
  filters[0] = nullptr;
  [&]<unsigned... Mask>(std::integer_sequence<unsigned, Mask...>) {
    ((filters[Mask + 1] =
          compiled_for<line_filter<Radius, Mask + 1>, line_batch const&, filter_weights const&>(
              target)),
     ...);
  }
  (std::make_integer_sequence<unsigned, 7>{});
}

[[nodiscard]] inline row_passes make_row_passes(simd::target t) {
  row_passes p;
  set_filters<0>(p.filters[0], t);
  set_filters<1>(p.filters[1], t);
  set_filters<2>(p.filters[2], t);
  p.difference = compiled_for<difference, row_set const&>(t);
  p.sum_2d = compiled_for<sum<2>, row_set const&>(t);
  p.sum_3d = compiled_for<sum<3>, row_set const&>(t);
  p.magnitude_2d = compiled_for<magnitude<2>, row_set const&>(t);
  p.magnitude_3d = compiled_for<magnitude<3>, row_set const&>(t);
  p.eigenvalues_2d = compiled_for<eigenvalues_of_2x2, row_set const&>(t);
  p.eigenvalues_3d = compiled_for<eigenvalue_rows, matrix_rows const&>(t);
  p.products_2d = compiled_for<products<2>, product_rows const&>(t);
  p.products_3d = compiled_for<products<3>, product_rows const&>(t);
  p.smooth_across = compiled_for<long_filter, long_rows const&>(t);
  p.transpose = transpose_for(t);
  return p;
}

}  // namespace voxstitch::features::detail
