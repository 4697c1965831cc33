// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What are ilastik's features, computed as plainly as possible?
///
/// Whole images, one pass after the other, every tap a std::fma, the border by index. Kernels are
/// evaluated here a second time, from their formulas.

#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "voxstitch/features/eigenvalues.hpp"
#include "voxstitch/features/selection.hpp"
#include "voxstitch/geometry/coord.hpp"

namespace naive {

using voxstitch::coord;
using voxstitch::index_t;
namespace features = voxstitch::features;

struct image {
  coord<3> shape;  // z, y, x
  std::vector<float> values;

  explicit image(coord<3> const& s) : shape(s), values(static_cast<std::size_t>(product(s))) {}
  float& operator()(index_t z, index_t y, index_t x) {
    return values[static_cast<std::size_t>((z * shape[1] + y) * shape[2] + x)];
  }
  float operator()(index_t z, index_t y, index_t x) const {
    return const_cast<image&>(*this)(z, y, x);
  }
};

inline std::vector<float> half_kernel(int order, double sigma, double window) {
  auto const r = static_cast<int>(std::floor(window * sigma + 0.5));
  if (r == 0) return {1.0f};
  double const pi = 3.14159265358979323846;
  double const norm = order == 0 ? 1 / (std::sqrt(2 * pi) * sigma)
                                 : -1 / (std::sqrt(2 * pi) * sigma * sigma * sigma);
  std::vector<float> c;
  for (int x = 0; x <= r; ++x) {
    double const g = norm * std::exp(-0.5 * x * x / (sigma * sigma));
    double const u = x / sigma;
    c.push_back(static_cast<float>(order == 0 ? g : order == 1 ? x * g : (1 - u * u) * g));
  }
  auto const total = [&] {
    double sum = c[0];
    for (int x = 1; x <= r; ++x) sum += 2.0 * c[static_cast<std::size_t>(x)];
    return sum;
  };
  if (order == 2) {
    double const mean = total() / (2 * r + 1);
    for (float& v : c) v = static_cast<float>(v - mean);
  }
  double s = order == 0 ? total() : 0;
  for (int x = 1; x <= r; ++x) {
    if (order == 1) s -= 2.0 * c[static_cast<std::size_t>(x)] * x;
    if (order == 2) s += double(c[static_cast<std::size_t>(x)]) * x * x;
  }
  for (float& v : c) v = static_cast<float>(v / s) * (order == 1 ? -1.0f : 1.0f);
  return c;
}

inline index_t reflect(index_t i, index_t n) {
  if (i < 0) i = -i;
  return i < n ? i : 2 * (n - 1) - i;
}

inline image filtered(image const& in, std::size_t axis, int order, std::vector<float> const& c) {
  image out(in.shape);
  for (index_t z = 0; z < in.shape[0]; ++z)
    for (index_t y = 0; y < in.shape[1]; ++y)
      for (index_t x = 0; x < in.shape[2]; ++x) {
        auto const at = [&](index_t k) {
          coord<3> p{z, y, x};
          p[axis] = reflect(p[axis] + k, in.shape[axis]);
          return in(p[0], p[1], p[2]);
        };
        float sum = (order == 1 && c.size() > 1 ? 0.0f : c[0]) * at(0);
        for (std::size_t k = 1; k < c.size(); ++k) {
          auto const d = static_cast<index_t>(k);
          sum = std::fma(c[k], order == 1 ? at(d) - at(-d) : at(d) + at(-d), sum);
        }
        out(z, y, x) = sum;
      }
  return out;
}

/// Orders along z, y, x; passes run along x, y, z.
inline image derivative(image in, double sigma, std::array<int, 3> orders, double window,
                        bool in_2d) {
  for (std::size_t axis = 3; axis-- > (in_2d ? 1u : 0u);)
    in = filtered(in, axis, orders[axis], half_kernel(orders[axis], sigma, window));
  return in;
}

inline image combined(std::vector<image> const& parts,
                      std::function<float(std::vector<float> const&)> const& f) {
  image out(parts[0].shape);
  std::vector<float> values(parts.size());
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    for (std::size_t p = 0; p < parts.size(); ++p) values[p] = parts[p].values[i];
    out.values[i] = f(values);
  }
  return out;
}

/// Keeps a product from being fused into a sum, whatever the compiler's flags.
inline float times(float a, float b) {
  volatile float const product = a * b;
  return product;
}

/// Entries in 2D: yy, yx, xx; in 3D: zz, zy, zx, yy, yx, xx.
inline std::vector<image> eigenvalues(std::vector<image> const& m) {
  std::vector<image> out(m.size() == 3 ? 2 : 3, image(m[0].shape));
  for (std::size_t i = 0; i < m[0].values.size(); ++i) {
    auto const e = [&](std::size_t entry) { return m[entry].values[i]; };
    if (m.size() == 3) {
      float const h = times(e(2) + e(0), 0.5f);
      float const d = times(e(2) - e(0), 0.5f);
      float const r = std::sqrt(times(d, d) + times(e(1), e(1)));
      out[0].values[i] = h + r;
      out[1].values[i] = h - r;
    } else {
      auto const v =
          features::eigenvalues_3d<voxstitch::simd::baseline>({e(0), e(1), e(2), e(3), e(4), e(5)});
      out[0].values[i] = v.first;
      out[1].values[i] = v.second;
      out[2].values[i] = v.third;
    }
  }
  return out;
}

inline std::array<int, 3> orders_of(std::size_t a, std::size_t b) {
  std::array<int, 3> orders{};
  ++orders[a];
  ++orders[b];
  return orders;
}

/// All channels of one filter at one scale on one channel.
inline std::vector<image> feature(image const& raw, features::filter f,
                                  features::scale const& scale) {
  using features::filter;
  bool const flat = scale.in_2d;
  double const s = scale.sigma, n = std::min(s, 1.0);
  double const t = s > 1 ? std::sqrt(s * s - 1) : s;
  image const p = derivative(raw, t, {0, 0, 0}, 3.5, flat);
  auto const d = [&](double sigma, std::array<int, 3> orders) {
    return derivative(p, sigma, orders, 2, flat);
  };
  std::vector<std::size_t> axes{2, 1};  // x first: the order of the sums
  if (!flat) axes.push_back(0);
  std::vector<image> parts;
  switch (f) {
  case filter::gaussian_smoothing: return {d(n, {0, 0, 0})};
  case filter::difference_of_gaussians:
    return {combined({d(n, {0, 0, 0}), d(n * 0.66, {0, 0, 0})},
                     [](auto const& v) { return v[0] - v[1]; })};
  case filter::laplacian_of_gaussian:
    for (std::size_t a : axes) parts.push_back(d(n, orders_of(a, a)));
    return {combined(parts, [](auto const& v) {
      float sum = v[0];
      for (std::size_t i = 1; i < v.size(); ++i) sum += v[i];
      return sum;
    })};
  case filter::gaussian_gradient_magnitude:
    for (std::size_t a : axes) {
      std::array<int, 3> orders{};
      orders[a] = 1;
      parts.push_back(d(n, orders));
    }
    return {combined(parts, [](auto const& v) {
      float sum = times(v[0], v[0]);
      for (std::size_t i = 1; i < v.size(); ++i) sum += times(v[i], v[i]);
      return std::sqrt(sum);
    })};
  case filter::hessian_of_gaussian_eigenvalues:
    for (std::size_t a = flat ? 1 : 0; a < 3; ++a)
      for (std::size_t b = a; b < 3; ++b) parts.push_back(d(n, orders_of(a, b)));
    return eigenvalues(parts);
  case filter::structure_tensor_eigenvalues:
    for (std::size_t a = flat ? 1 : 0; a < 3; ++a)
      for (std::size_t b = a; b < 3; ++b) {
        std::array<int, 3> first{}, second{};
        first[a] = 1;
        second[b] = 1;
        image const product = combined({d(n * 0.5, first), d(n * 0.5, second)},
                                       [](auto const& v) { return times(v[0], v[1]); });
        parts.push_back(derivative(product, n, {0, 0, 0}, 2, flat));
      }
    return eigenvalues(parts);
  }
  return {};
}

/// In the order of the features: filter, scale, channel, eigenvalue.
inline std::vector<image> all_features(std::vector<image> const& channels,
                                       features::selection const& chosen) {
  std::vector<image> out;
  for (std::size_t row = 0; row < chosen.filters.size(); ++row)
    for (std::size_t column = 0; column < chosen.scales.size(); ++column)
      if (chosen.chosen[row][column])
        for (image const& channel : channels)
          for (image& i : feature(channel, chosen.filters[row], chosen.scales[column]))
            out.push_back(std::move(i));
  return out;
}

}  // namespace naive
