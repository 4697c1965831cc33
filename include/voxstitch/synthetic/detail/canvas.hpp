// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How are blobs and tubes drawn into a tile, in integers?

#include <algorithm>
#include <cstdint>
#include <vector>

#include "voxstitch/geometry/box.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::synthetic::detail {

/// Lengths of objects are in 1/16 voxel.
inline constexpr index_t unit = 16;

/// What objects leave in a voxel; combined by maximum and "or", so that their order is irrelevant.
enum mark : std::uint8_t { axon_mark = 1, cell_mark = 2, vessel_mark = 4 };

/// How an object looks from its centre (q = 0) to its edge (q = 4096), q being the squared
/// distance relative to the squared radius.
struct soft_profile {
  std::int32_t brightness;
  mark kind;
  std::int32_t marked_below;  ///< q below which a voxel counts as the object's

  /// 3 t^2 - 2 t^3 with t = 1 - q.
  [[nodiscard]] std::int32_t glow(std::int32_t q) const {
    std::int32_t const t = (4096 - q) >> 4;
    return ((t * t * (3 * 256 - 2 * t)) >> 12) * brightness >> 12;
  }
  [[nodiscard]] std::int32_t shade(std::int32_t) const { return 0; }
};

/// A dark lumen in a bright wall; beyond the wall the tube is seen no more.
struct hollow_profile {
  std::int32_t brightness;
  std::int32_t darkness;  ///< of the lumen, in 1/256
  mark kind = vessel_mark;
  std::int32_t marked_below = 3600;

  [[nodiscard]] std::int32_t glow(std::int32_t q) const {
    std::int32_t const off = (q - 3100) >> 2;
    return std::max(0, 65536 - off * off) * brightness >> 16;
  }
  [[nodiscard]] std::int32_t shade(std::int32_t q) const {
    return std::clamp((3000 - q) >> 2, 0, 256) * darkness >> 8;
  }
};

/// An ellipsoid: centre and radii along z, y, x.
struct blob {
  coord<3> centre;
  coord<3> radii;
};

/// All points nearer than `radius` to a line from `from` to `to`.
struct tube {
  coord<3> from;
  coord<3> to;
  index_t radius;
};

/// The voxels between two points of the fine grid.
[[nodiscard]] inline box<3> voxels_between(coord<3> const& low, coord<3> const& high) {
  box<3> b;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    b.inclusive_min[axis] = (low[axis] + unit - 1) >> 4;
    b.exclusive_max[axis] = (high[axis] >> 4) + 1;
  }
  return b;
}

/// A tile of the volume that objects are drawn on.
class canvas {
 public:
  explicit canvas(box<3> const& tile)
      : tile_(tile), glow_(cells(tile)), shade_(cells(tile)), marks_(cells(tile)) {}

  [[nodiscard]] box<3> const& tile() const { return tile_; }

  /// Rows of the drawing, at a voxel of the tile.
  [[nodiscard]] std::int16_t const* glow(coord<3> const& at) const { return &glow_[offset(at)]; }
  [[nodiscard]] std::uint8_t const* shade(coord<3> const& at) const { return &shade_[offset(at)]; }
  [[nodiscard]] std::uint8_t const* marks(coord<3> const& at) const { return &marks_[offset(at)]; }

  template <class Profile>
  void draw(blob const& object, Profile const& profile) {
    std::array<std::uint32_t, 3> inverse;
    for (std::size_t axis = 0; axis < 3; ++axis)
      inverse[axis] = static_cast<std::uint32_t>((index_t{4096} << 18) /
                                                 (object.radii[axis] * object.radii[axis]));
    auto const part = [&](index_t distance, std::size_t axis) {
      auto const d = static_cast<std::int32_t>(distance);
      return static_cast<std::uint32_t>(d * d) * inverse[axis];
    };
    draw_rows(object.centre - object.radii, object.centre + object.radii, profile,
              [&](coord<3> const& at) {
                auto const rest = part((at[0] * unit) - object.centre[0], 0) +
                                  part((at[1] * unit) - object.centre[1], 1);
                auto const x = static_cast<std::int32_t>(at[2] * unit - object.centre[2]);
                return [rest, x, across = inverse[2]](std::int32_t i) {
                  std::int32_t const d = x + i * static_cast<std::int32_t>(unit);
                  std::uint32_t const q = (rest + static_cast<std::uint32_t>(d * d) * across) >> 18;
                  return static_cast<std::int32_t>(std::min<std::uint32_t>(q, 4096));
                };
              });
  }

  template <class Profile>
  void draw(tube const& object, Profile const& profile) {
    auto const margin = coord<3>::filled(object.radius);
    auto const limit = static_cast<std::int32_t>(object.radius * object.radius);
    std::int32_t const inverse = (4096 << 18) / limit;
    line const l(object.to - object.from);
    draw_rows(min(object.from, object.to) - margin, max(object.from, object.to) + margin, profile,
              [&](coord<3> const& at) {
                std::array<std::int32_t, 3> v;
                for (std::size_t axis = 0; axis < 3; ++axis)
                  v[axis] = static_cast<std::int32_t>(at[axis] * unit - object.from[axis]);
                return [=](std::int32_t i) {
                  std::int32_t const square =
                      l.squared_distance(v[0], v[1], v[2] + i * static_cast<std::int32_t>(unit));
                  return (std::min(square, limit) * inverse) >> 18;
                };
              });
  }

 private:
  /// From the origin to a point less than 2^11 away.
  struct line {
    explicit line(coord<3> const& to)
        : z(static_cast<std::int32_t>(to[0])), y(static_cast<std::int32_t>(to[1])),
          x(static_cast<std::int32_t>(to[2])), square(std::max(1, z * z + y * y + x * x)),
          inverse((1 << 30) / square) {}

    [[nodiscard]] std::int32_t squared_distance(std::int32_t vz, std::int32_t vy,
                                                std::int32_t vx) const {
      std::int32_t const along = std::min(std::max(vz * z + vy * y + vx * x, 0), square);
      std::int32_t const t = (along * inverse) >> 18;
      std::int32_t const dz = vz - ((z * t) >> 12);
      std::int32_t const dy = vy - ((y * t) >> 12);
      std::int32_t const dx = vx - ((x * t) >> 12);
      return dz * dz + dy * dy + dx * dx;
    }

    std::int32_t z, y, x, square, inverse;
  };

  [[nodiscard]] static std::size_t cells(box<3> const& tile) {
    return static_cast<std::size_t>(tile.size());
  }
  [[nodiscard]] std::size_t offset(coord<3> const& at) const {
    coord<3> const i = at - tile_.inclusive_min;
    return static_cast<std::size_t>((i[0] * tile_.extent(1) + i[1]) * tile_.extent(2) + i[2]);
  }

  /// Draws an object that lies between two points; `row(first voxel)` gives a function of the
  /// number of voxels from there, q.
  template <class Profile, class Row>
  void draw_rows(coord<3> const& low, coord<3> const& high, Profile const& profile, Row row) {
    box<3> const part = intersection(voxels_between(low, high), tile_);
    auto const count = static_cast<std::int32_t>(part.extent(2));
    for_each_row(part, [&](coord<3> const& at) {
      auto const q_of = row(at);
      std::int16_t* const glow = &glow_[offset(at)];
      std::uint8_t* const shade = &shade_[offset(at)];
      std::uint8_t* const marks = &marks_[offset(at)];
      for (std::int32_t i = 0; i < count; ++i) {
        std::int32_t const q = q_of(i);
        glow[i] = static_cast<std::int16_t>(std::max<std::int32_t>(glow[i], profile.glow(q)));
        shade[i] = static_cast<std::uint8_t>(std::max<std::int32_t>(shade[i], profile.shade(q)));
        marks[i] = static_cast<std::uint8_t>(marks[i] |
                                             (q < profile.marked_below ? profile.kind : mark{}));
      }
    });
  }

  box<3> tile_;
  std::vector<std::int16_t> glow_;
  std::vector<std::uint8_t> shade_;
  std::vector<std::uint8_t> marks_;
};

}  // namespace voxstitch::synthetic::detail
