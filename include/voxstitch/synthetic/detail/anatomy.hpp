// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where in a synthetic brain is a voxel: how deep, in which layer, how brightly lit?

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "voxstitch/synthetic/detail/lattice.hpp"

namespace voxstitch::synthetic::detail {

/// One of a kind of random numbers: objects and textures each draw their own.
enum class stream : std::uint64_t {
  outline = 1,
  patches,
  texture,
  cells,
  neurites,
  axons,
  vessels
};

[[nodiscard]] constexpr std::uint64_t seed_of(std::uint64_t seed, stream s) {
  return mixed(seed + 0x632be59bd9b4e019 * static_cast<std::uint64_t>(s));
}

[[nodiscard]] inline index_t integer_root(index_t square) {
  return static_cast<index_t>(std::sqrt(static_cast<double>(square)));  // exactly rounded
}

/// A place in the brain.
struct place {
  index_t depth = 0;   ///< below the surface, in 1/8 voxel; negative outside
  index_t layer = 0;   ///< depth relative to the thickness: 0 at the surface, 4096 at the centre
  coord<3> outward{};  ///< to the surface, components in [-256, 256]
};

/// A coronal slab of a brain that fills the volume in y and x: two hemispheres, a stem, ventricles.
/// Sizes are parts of the volume's extents, in 1/1024.
class anatomy {
 public:
  anatomy(coord<3> const& shape, std::uint64_t seed)
      : shape_(shape), seed_(seed), wave_(std::max<index_t>(16, std::max(shape[1], shape[2]) / 7)) {
  }

  [[nodiscard]] place at(coord<3> const& voxel) const {
    place best = within(lobes[0], voxel);
    for (std::size_t i = 1; i < lobes.size(); ++i) {
      place const other = within(lobes[i], voxel);
      if (other.depth > best.depth) best = other;
    }
    index_t const size = std::min(shape_[1], shape_[2]);
    best.depth += noise_at(voxel, wave_, seed_of(seed_, stream::outline), 1024) * size * 8 / 32768;
    for (crescent const& hole : ventricles)
      best.depth = std::min(
          best.depth, std::max(-within(hole.body, voxel).depth, within(hole.cut, voxel).depth));
    return best;
  }

  /// Slow changes from region to region, in [-1024, 1024].
  [[nodiscard]] index_t patch(coord<3> const& voxel) const {
    return noise_at(voxel, wave_ / 2, seed_of(seed_, stream::patches), 1024);
  }

  /// Light that arrives at a voxel, in 1/256: the sheet enters from the left and fades.
  [[nodiscard]] std::int32_t light(coord<3> const& voxel) const {
    index_t const fading = 330 - 170 * voxel[2] / shape_[2];
    return static_cast<std::int32_t>(fading + patch(voxel) * fading / 4096);
  }

  /// What tissue itself glows, in grey values.
  [[nodiscard]] std::int32_t tissue(coord<3> const& voxel) const {
    place const p = at(voxel);
    index_t const rim = std::max<index_t>(0, 64 - std::max<index_t>(0, p.depth)) * 2;
    index_t const tracts = p.layer > 1900 && p.layer < 2500 ? -60 : 0;
    return static_cast<std::int32_t>(210 + rim + tracts +
                                     patch(voxel + coord<3>{{0, 77, 99}}) / 20);
  }

  [[nodiscard]] std::uint64_t seed(stream s) const { return seed_of(seed_, s); }
  [[nodiscard]] coord<3> const& shape() const { return shape_; }

 private:
  struct ellipse {
    index_t centre_y, centre_x, radius_y, radius_x;
  };
  static constexpr std::array lobes{ellipse{480, 322, 392, 238}, ellipse{480, 702, 392, 238},
                                    ellipse{640, 512, 320, 330}};
  /// What of one ellipse lies outside another.
  struct crescent {
    ellipse body, cut;
  };
  static constexpr std::array ventricles{
      crescent{{450, 402, 140, 62}, {490, 372, 150, 66}},
      crescent{{450, 622, 140, 62}, {490, 652, 150, 66}},
      crescent{{640, 512, 95, 9}, {1024, 512, 1, 1}},
  };

  [[nodiscard]] place within(ellipse const& e, coord<3> const& voxel) const {
    index_t const off_z = ((2 * voxel[0] - shape_[0]) << 10) / shape_[0];  // -1024..1024
    index_t const taper = 1024 - (off_z * off_z >> 13);
    index_t const radius_y = std::max<index_t>(1, shape_[1] * e.radius_y * taper >> 20);
    index_t const radius_x = std::max<index_t>(1, shape_[2] * e.radius_x * taper >> 20);
    index_t const y = ((voxel[1] << 12) - shape_[1] * e.centre_y * 4) / radius_y;
    index_t const x = ((voxel[2] << 12) - shape_[2] * e.centre_x * 4) / radius_x;
    index_t const r = integer_root(y * y + x * x);
    index_t const scale = std::max<index_t>(1, r);
    return {(4096 - r) * std::min(radius_y, radius_x) >> 9, 4096 - r,
            coord<3>{{0, (y << 8) / scale, (x << 8) / scale}}};
  }

  coord<3> shape_;
  std::uint64_t seed_;
  index_t wave_;
};

}  // namespace voxstitch::synthetic::detail
