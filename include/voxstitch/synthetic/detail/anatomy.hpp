// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Where in a synthetic brain is a voxel: how deep, in which layer, how brightly lit?

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>

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
    index_t const taper = taper_at(voxel[0]);
    depth_in best = within(lobes[0], voxel, taper);
    for (std::size_t i = 1; i < lobes.size(); ++i) {
      depth_in const other = within(lobes[i], voxel, taper);
      if (other.depth > best.depth) best = other;
    }
    index_t const size = std::min(shape_[1], shape_[2]);
    best.depth += noise_at(voxel, wave_, seed_of(seed_, stream::outline), 1024) * size / 4096;
    if (best.depth > 0)
      for (crescent const& hole : ventricles)
        best.depth = std::min(best.depth, depth_outside(hole, voxel, taper));
    return {best.depth, 4096 - best.r, {{0, best.y * 256 / best.r, best.x * 256 / best.r}}};
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
    index_t const tracts = p.layer > 1900 && p.layer < 2500 ? -60 : 0;
    return static_cast<std::int32_t>(210 + tracts + patch(voxel + coord<3>{{0, 77, 99}}) / 20);
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

  /// Place of a voxel in an ellipse: r = 4096 on its border.
  struct depth_in {
    index_t depth, y, x, r;
  };
  struct radii {
    index_t y, x;
  };

  /// The slab is thickest in the middle of z; in 1/1024.
  [[nodiscard]] index_t taper_at(index_t z) const {
    index_t const off = ((2 * z - shape_[0]) << 10) / shape_[0];  // -1024..1024
    return 1024 - (off * off >> 13);
  }
  [[nodiscard]] radii radii_of(ellipse const& e, index_t taper) const {
    return {std::max<index_t>(1, shape_[1] * e.radius_y * taper >> 20),
            std::max<index_t>(1, shape_[2] * e.radius_x * taper >> 20)};
  }
  [[nodiscard]] depth_in within(ellipse const& e, coord<3> const& voxel, index_t taper) const {
    auto const [radius_y, radius_x] = radii_of(e, taper);
    index_t const y = ((voxel[1] << 12) - shape_[1] * e.centre_y * 4) / radius_y;
    index_t const x = ((voxel[2] << 12) - shape_[2] * e.centre_x * 4) / radius_x;
    index_t const r = integer_root(y * y + x * x);
    return {(4096 - r) * std::min(radius_y, radius_x) >> 9, y, x, std::max<index_t>(1, r)};
  }
  /// Distance from a hole in 1/8 voxel; very far if three radii away.
  [[nodiscard]] index_t depth_outside(crescent const& hole, coord<3> const& voxel,
                                      index_t taper) const {
    auto const [radius_y, radius_x] = radii_of(hole.body, taper);
    bool const near = std::abs(voxel[1] - (shape_[1] * hole.body.centre_y >> 10)) < 3 * radius_y &&
                      std::abs(voxel[2] - (shape_[2] * hole.body.centre_x >> 10)) < 3 * radius_x;
    if (!near) return std::numeric_limits<index_t>::max();
    return std::max(-within(hole.body, voxel, taper).depth, within(hole.cut, voxel, taper).depth);
  }

  coord<3> shape_;
  std::uint64_t seed_;
  index_t wave_;
};

}  // namespace voxstitch::synthetic::detail
