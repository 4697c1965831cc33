// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which compiled loops does the filter bank run?

#include "voxstitch/features/detail/combinations.hpp"
#include "voxstitch/features/detail/eigenvalue_rows.hpp"
#include "voxstitch/features/detail/line_filter.hpp"
#include "voxstitch/features/detail/long_filter.hpp"
#include "voxstitch/features/detail/shifted_rows.hpp"
#include "voxstitch/features/detail/transposition.hpp"
#include "voxstitch/features/packet_order.hpp"

namespace voxstitch::features::detail {

/// Rows of a feature on their way into lanes.
struct packet_rows {
  packet_order const& order;
  packet_order::place const& place;
  float const* from = nullptr;
  index_t plane_stride = 0;
  index_t row_stride = 0;
  float* lanes = nullptr;
};

struct write_packets {
  template <class Target>
  [[gnu::always_inline]] static inline void run(packet_rows const& r) {
    r.order.write(r.place, r.from, r.plane_stride, r.row_stride, r.lanes);
  }
};

/// All loops, compiled for one instruction set. Members called `..._2d` and `..._3d` sum over two
/// or three axes.
struct row_passes {
  using filter = void (*)(line_batch const&, filter_weights const&);
  using combination = void (*)(row_set const&);

  /// [radius][mask of order_bits], mask 0 unused: along x, and across rows.
  filter filters_along[largest_filter_radius + 1][8];
  filter filters_across[largest_filter_radius + 1][8];
  combination difference;
  combination sum_2d, sum_3d;
  combination magnitude_2d, magnitude_3d;
  combination eigenvalues_2d;
  void (*eigenvalues_3d)(matrix_rows const&);
  combination products_2d;
  /// [radius]: of the gradient's pass along z
  void (*products_3d[2])(gradient_rows const&, filter_weights const&);
  void (*smooth_across)(long_rows const&);
  void (*write)(packet_rows const&);
  void (*transpose)(transposition const&);
};

template <int Radius>
void set_filters(row_passes& p, simd::target target) {
  auto& along = p.filters_along[Radius];
  auto& across = p.filters_across[Radius];
  along[0] = across[0] = nullptr;
  [&]<unsigned... Mask>(std::integer_sequence<unsigned, Mask...>) {
    ((along[Mask + 1] = filter_along_rows_for<Radius, Mask + 1>(target)), ...);
    ((across[Mask + 1] = compiled_for<filter_across_rows<Radius, Mask + 1>, line_batch const&,
                                      filter_weights const&>(target)),
     ...);
  }
  (std::make_integer_sequence<unsigned, 7>{});
}

[[nodiscard]] inline row_passes make_row_passes(simd::target t) {
  row_passes p;
  set_filters<0>(p, t);
  set_filters<1>(p, t);
  set_filters<2>(p, t);
  p.difference = compiled_for<difference, row_set const&>(t);
  p.sum_2d = compiled_for<sum<2>, row_set const&>(t);
  p.sum_3d = compiled_for<sum<3>, row_set const&>(t);
  p.magnitude_2d = compiled_for<magnitude<2>, row_set const&>(t);
  p.magnitude_3d = compiled_for<magnitude<3>, row_set const&>(t);
  p.eigenvalues_2d = compiled_for<eigenvalues_of_2x2, row_set const&>(t);
  p.eigenvalues_3d = compiled_for<eigenvalue_rows, matrix_rows const&>(t);
  p.products_2d = compiled_for<products_of_2, row_set const&>(t);
  p.products_3d[0] =
      compiled_for<gradient_products<0>, gradient_rows const&, filter_weights const&>(t);
  p.products_3d[1] =
      compiled_for<gradient_products<1>, gradient_rows const&, filter_weights const&>(t);
  p.smooth_across = compiled_for<long_filter, long_rows const&>(t);
  p.write = compiled_for<write_packets, packet_rows const&>(t);
  p.transpose = transpose_for(t);
  return p;
}

}  // namespace voxstitch::features::detail
