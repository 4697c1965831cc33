// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a tile of one presmoothed channel become the features of one scale?

#include <optional>

#include "voxstitch/features/detail/tensor_planes.hpp"

namespace voxstitch::features::detail {

/// Derivatives that the chosen filters are made of, beside the structure tensor's.
[[nodiscard]] inline derivative_set derivatives_for(scale_plan const& plan) {
  derivative_set set;
  unsigned const z = plan.in_2d ? 0 : 1;
  auto const add_3d = [&](derivative d) {
    if (z != 0) set.add(d);
  };
  if (plan.wants(filter::gaussian_smoothing) || plan.wants(filter::difference_of_gaussians))
    set.add({0, 0, 0});
  if (plan.wants(filter::gaussian_gradient_magnitude)) {
    for (derivative d : {derivative{1, 0, 0}, derivative{0, 1, 0}}) set.add(d);
    add_3d({0, 0, 1});
  }
  bool const hessian = plan.wants(filter::hessian_of_gaussian_eigenvalues);
  if (hessian || plan.wants(filter::laplacian_of_gaussian)) {
    for (derivative d : {derivative{2, 0, 0}, derivative{0, 2, 0}}) set.add(d);
    add_3d({0, 0, 2});
  }
  if (hessian) {
    set.add({1, 1, 0});
    for (derivative d : {derivative{1, 0, 1}, derivative{0, 1, 1}}) add_3d(d);
  }
  return set;
}

[[nodiscard]] inline derivative_set only_smoothing() {
  derivative_set set;
  set.add({0, 0, 0});
  return set;
}

/// All filters of one scale on one channel, swept plane by plane along z.
class scale_sweep {
 public:
  scale_sweep(row_passes const& passes, scale_plan const& plan, plane_region const& region,
              box<3> const& domain, index_t first_z, tile_scratch& scratch)
      : passes_(passes), plan_(plan), region_(region),
        derivatives_(passes, region, plan.filters, derivatives_for(plan), scratch),
        combined_(scratch.take(3 * region.floats())) {
    if (plan.wants(filter::difference_of_gaussians))
      narrow_.emplace(passes, region, plan.narrow, only_smoothing(), scratch);
    if (plan.wants_tensor()) tensor_.emplace(passes, region, plan, domain, first_z, scratch);
  }

  [[nodiscard]] static index_t scratch_floats(index_t rows, index_t width) {
    return 2 * derivative_planes::scratch_floats(rows, width) +
           tensor_planes::scratch_floats(rows, width) + 3 * rows * width;
  }

  /// Hands the finished planes at z to `write(feature offset, plane)`: for each filter its first
  /// features, for each component; rows of a plane are region.width apart. z grows by one.
  template <class Write>
  void advance_to(index_t z, Write const& write) {
    derivatives_.advance_to(z);
    if (plan_.wants(filter::gaussian_smoothing))
      write(filter::gaussian_smoothing, 0, derivatives_[{0, 0, 0}]);
    write_one(filter::laplacian_of_gaussian, write, [&] { laplacian(); });
    write_one(filter::gaussian_gradient_magnitude, write, [&] { gradient_magnitude(); });
    write_one(filter::difference_of_gaussians, write, [&] { difference(z); });
    write_values(filter::structure_tensor_eigenvalues, write, [&] { tensor_eigenvalues(z); });
    write_values(filter::hessian_of_gaussian_eigenvalues, write, [&] { hessian_eigenvalues(); });
  }

 private:
  template <class Write, class Compute>
  void write_one(filter f, Write const& write, Compute const& compute) {
    if (!plan_.wants(f)) return;
    compute();
    write(f, 0, combined_);
  }
  template <class Write, class Compute>
  void write_values(filter f, Write const& write, Compute const& compute) {
    if (!plan_.wants(f)) return;
    compute();
    for (std::size_t i = 0; i < plan_.rank(); ++i)
      write(f, i, combined_ + static_cast<index_t>(i) * region_.floats());
  }

  [[nodiscard]] row_set of(derivative a, derivative b, derivative c) const {
    row_set rows;
    rows.in[0] = derivatives_[a];
    rows.in[1] = derivatives_[b];
    if (!plan_.in_2d) rows.in[2] = derivatives_[c];
    rows.out[0] = combined_;
    rows.count = region_.floats();
    return rows;
  }

  void laplacian() const {
    auto const add = plan_.in_2d ? passes_.sum_2d : passes_.sum_3d;
    add(of({2, 0, 0}, {0, 2, 0}, {0, 0, 2}));
  }
  void gradient_magnitude() const {
    auto const magnitude = plan_.in_2d ? passes_.magnitude_2d : passes_.magnitude_3d;
    magnitude(of({1, 0, 0}, {0, 1, 0}, {0, 0, 1}));
  }
  void difference(index_t z) {
    narrow_->advance_to(z);
    row_set rows;
    rows.in[0] = derivatives_[{0, 0, 0}];
    rows.in[1] = (*narrow_)[{0, 0, 0}];
    rows.out[0] = combined_;
    rows.count = region_.floats();
    passes_.difference(rows);
  }
  void tensor_eigenvalues(index_t z) {
    tensor_->advance_to(z);
    float const* const t = tensor_->entries();
    index_t const n = region_.floats();
    if (plan_.in_2d)
      eigenvalues_2d(t, t + n, t + 2 * n);
    else
      passes_.eigenvalues_3d(
          {{t, t + n, t + 2 * n, t + 3 * n, t + 4 * n, t + 5 * n}, combined_, n, n});
  }
  void hessian_eigenvalues() const {
    if (plan_.in_2d)
      return eigenvalues_2d(derivatives_[{2, 0, 0}], derivatives_[{1, 1, 0}],
                            derivatives_[{0, 2, 0}]);
    derivative_planes const& d = derivatives_;
    index_t const n = region_.floats();
    passes_.eigenvalues_3d(
        {{d[{0, 0, 2}], d[{0, 1, 1}], d[{1, 0, 1}], d[{0, 2, 0}], d[{1, 1, 0}], d[{2, 0, 0}]},
         combined_,
         n,
         n});
  }
  void eigenvalues_2d(float const* xx, float const* xy, float const* yy) const {
    passes_.eigenvalues_2d(
        {{xx, xy, yy}, {combined_, combined_ + region_.floats(), nullptr}, region_.floats()});
  }

  row_passes const& passes_;
  scale_plan const& plan_;
  plane_region region_;
  derivative_planes derivatives_;
  std::optional<derivative_planes> narrow_;
  std::optional<tensor_planes> tensor_;
  float* combined_;
};

}  // namespace voxstitch::features::detail
