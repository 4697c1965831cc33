// SPDX-License-Identifier: BSL-1.0
#include "baselines/vigra_filters.hpp"

#include <algorithm>
#include <cmath>

#include <vigra/multi_array.hxx>
#include <vigra/multi_convolution.hxx>
#include <vigra/multi_math.hxx>
#include <vigra/multi_tensorutilities.hxx>

namespace voxstitch::benchmarks {

namespace {

using features::filter;
using image_view = vigra::MultiArrayView<3, float>;
using image = vigra::MultiArray<3, float>;
using vectors = vigra::MultiArray<3, vigra::TinyVector<float, 3>>;
using tensors = vigra::MultiArray<3, vigra::TinyVector<float, 6>>;
using options = vigra::ConvolutionOptions<3>;

constexpr double presmoothing_window = 3.5;
constexpr double filter_window = 2.0;

/// The filters of one scale; memory is used again from scale to scale.
class filters {
 public:
  explicit filters(vigra::Shape3 const& shape)
      : smooth_(shape), scalar_(shape), other_(shape), tensor_(shape), eigenvalues_(shape) {}

  void presmooth(image_view const& source, double sigma) {
    double const s = sigma > 1 ? std::sqrt(sigma * sigma - 1) : sigma;
    vigra::gaussianSmoothMultiArray(source, smooth_, s,
                                    options().filterWindowSize(presmoothing_window));
    sigma_ = std::min(sigma, 1.0);
  }

  /// Calls `take(component, first value, step)` for every component of a filter.
  template <class Function>
  void apply(filter f, Function take) {
    bool const of_tensor =
        f == filter::structure_tensor_eigenvalues || f == filter::hessian_of_gaussian_eigenvalues;
    of_tensor ? apply_tensor(f) : apply_scalar(f);
    if (!of_tensor) return take(std::size_t{0}, scalar_.data(), std::ptrdiff_t{1});
    vigra::tensorEigenvaluesMultiArray(tensor_, eigenvalues_);
    for (std::size_t i = 0; i < 3; ++i) take(i, eigenvalues_.data()->data() + i, std::ptrdiff_t{3});
  }

 private:
  void apply_scalar(filter f) {
    options const window = options().filterWindowSize(filter_window);
    switch (f) {
    case filter::laplacian_of_gaussian:
      return vigra::laplacianOfGaussianMultiArray(smooth_, scalar_, sigma_, window);
    case filter::gaussian_gradient_magnitude:
      return vigra::gaussianGradientMagnitude(smooth_, scalar_, options(window).stdDev(sigma_));
    case filter::difference_of_gaussians: return difference(window);
    default: return vigra::gaussianSmoothMultiArray(smooth_, scalar_, sigma_, window);
    }
  }

  void difference(options const& window) {
    using namespace vigra::multi_math;
    vigra::gaussianSmoothMultiArray(smooth_, scalar_, sigma_, window);
    vigra::gaussianSmoothMultiArray(smooth_, other_, 0.66 * sigma_, window);
    scalar_ -= other_;
  }

  /// ilastik hands the structure tensor's sigmas over swapped: the gradient has the half.
  void apply_tensor(filter f) {
    options const window = options().filterWindowSize(filter_window);
    if (f == filter::hessian_of_gaussian_eigenvalues)
      vigra::hessianOfGaussianMultiArray(smooth_, tensor_, sigma_, window);
    else
      vigra::structureTensorMultiArray(smooth_, tensor_, 0.5 * sigma_, sigma_, window);
  }

  double sigma_ = 1;
  image smooth_;
  image scalar_;
  image other_;
  tensors tensor_;
  vectors eigenvalues_;
};

}  // namespace

void compute_with_vigra(features::selection const& chosen, float const* values,
                        std::array<std::ptrdiff_t, 3> const& shape,
                        std::function<void(feature_channel const&)> const& take) {
  vigra::Shape3 const extents(shape[2], shape[1], shape[0]);  // vigra's first axis is fastest
  image_view const source(extents, const_cast<float*>(values));
  filters made(extents);
  for (std::size_t scale = 0; scale < chosen.scales.size(); ++scale) {
    made.presmooth(source, chosen.scales[scale].sigma);
    for (std::size_t row = 0; row < chosen.filters.size(); ++row) {
      filter const f = chosen.filters[row];
      if (!chosen.chosen[row][scale]) continue;
      made.apply(f, [&](std::size_t component, float const* first, std::ptrdiff_t step) {
        take({f, scale, component, first, step});
      });
    }
  }
}

}  // namespace voxstitch::benchmarks
