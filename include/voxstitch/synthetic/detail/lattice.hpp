// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a smooth field known on a coarse lattice evaluated at every voxel, in integers?

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "voxstitch/geometry/box.hpp"
#include "voxstitch/synthetic/detail/dice.hpp"

namespace voxstitch::synthetic::detail {

/// Weights between lattice points: linear for what is smooth by itself, faded (3 t^2 - 2 t^3, as K.
/// Perlin's noise) for random values.
enum class between_points { linear, faded };

/// A field's values at the lattice points around a box, interpolated axis by axis. The lattice
/// starts at the volume's origin, so that a voxel's value does not depend on the box.
class lattice {
 public:
  /// Points lie 2^log2_spacing (at most 128) voxels apart; `at(voxel)` gives the value there,
  /// |value| < 2^20.
  template <class Function>
  lattice(box<3> const& b, int log2_spacing, between_points weights, Function at)
      : shift_(log2_spacing), box_(b) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      first_[axis] = b.inclusive_min[axis] >> shift_;
      shape_[axis] = ((b.exclusive_max[axis] - 1) >> shift_) + 2 - first_[axis];
    }
    values_.reserve(static_cast<std::size_t>(product(shape_)));
    for (index_t z = 0; z < shape_[0]; ++z)
      for (index_t y = 0; y < shape_[1]; ++y)
        for (index_t x = 0; x < shape_[2]; ++x) values_.push_back(at(voxel_of({{z, y, x}})));
    line_.resize(static_cast<std::size_t>(shape_[2]));
    for (int i = 0; i <= mask(); ++i) weights_[static_cast<std::size_t>(i)] = weight(weights, i);
  }

  /// Values of the row (z, y) of the box, from its first to its last x.
  void row(index_t z, index_t y, std::int32_t* out) {
    blend_lines(z, y);
    index_t const end = box_.exclusive_max[2];
    for (index_t x = box_.inclusive_min[2]; x < end;) {
      auto const cell = static_cast<std::size_t>((x >> shift_) - first_[2]);
      index_t const next = std::min(end, ((x >> shift_) + 1) << shift_);
      std::int32_t const from = line_[cell];
      std::int32_t const rise = line_[cell + 1] - from;
      std::int32_t const* const w = weights_.data() + (x & mask());
      for (index_t i = 0; i < next - x; ++i) out[i] = from + ((rise * w[i]) >> 8);
      out += next - x;
      x = next;
    }
  }

 private:
  [[nodiscard]] index_t mask() const { return (index_t{1} << shift_) - 1; }
  [[nodiscard]] coord<3> voxel_of(coord<3> const& point) const {
    return zip(first_ + point, point, [this](index_t i, index_t) { return i << shift_; });
  }
  /// In 1/256.
  [[nodiscard]] std::int32_t weight(between_points kind, int i) const {
    int const t = (i << 8) >> shift_;
    return kind == between_points::linear ? t : (t * t * (3 * 256 - 2 * t)) >> 16;
  }
  /// Interpolates along z and y at the points of one row.
  void blend_lines(index_t z, index_t y) {
    std::int32_t const wz = weights_[static_cast<std::size_t>(z & mask())];
    std::int32_t const wy = weights_[static_cast<std::size_t>(y & mask())];
    index_t const step_y = shape_[2];
    index_t const step_z = shape_[1] * shape_[2];
    std::int32_t const* v = values_.data() + ((z >> shift_) - first_[0]) * step_z +
                            ((y >> shift_) - first_[1]) * step_y;
    for (std::size_t x = 0; x < line_.size(); ++x, ++v) {
      std::int32_t const near = v[0] + (((v[step_y] - v[0]) * wy) >> 8);
      std::int32_t const far = v[step_z] + (((v[step_z + step_y] - v[step_z]) * wy) >> 8);
      line_[x] = near + (((far - near) * wz) >> 8);
    }
  }

  int shift_;
  box<3> box_;
  coord<3> first_;
  coord<3> shape_;
  std::vector<std::int32_t> values_;
  std::vector<std::int32_t> line_;
  std::array<std::int32_t, 128> weights_{};
};

/// Random values in [-amplitude, amplitude] on lattice points: texture.
[[nodiscard]] inline lattice noise_lattice(box<3> const& b, int log2_spacing, std::uint64_t seed,
                                           int amplitude) {
  return {b, log2_spacing, between_points::faded, [=](coord<3> const& point) {
            return static_cast<std::int32_t>(dice(seed, point).between(-amplitude, amplitude));
          }};
}

/// The same kind of noise at a single voxel, with points `spacing` voxels apart and
/// linear weights.
[[nodiscard]] inline index_t noise_at(coord<3> const& voxel, index_t spacing, std::uint64_t seed,
                                      int amplitude) {
  auto const spacings = coord<3>::filled(spacing);
  coord<3> const first = zip(voxel, spacings, std::divides<>{});
  coord<3> const t = zip(voxel, spacings, [](index_t v, index_t s) { return (v % s << 8) / s; });
  index_t sum = 0;
  for (int corner = 0; corner < 8; ++corner) {
    coord<3> const upper{{corner & 1, corner >> 1 & 1, corner >> 2}};
    index_t weight = 1;
    for (std::size_t axis = 0; axis < 3; ++axis)
      weight *= upper[axis] != 0 ? t[axis] : 256 - t[axis];
    if (weight != 0) sum += weight * dice(seed, first + upper).between(-amplitude, amplitude);
  }
  return sum / (1 << 24);
}

}  // namespace voxstitch::synthetic::detail
