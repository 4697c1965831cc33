// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What would somebody paint who knows a phantom's every voxel?

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "voxstitch/synthetic/detail/dice.hpp"
#include "voxstitch/synthetic/phantom.hpp"
#include "voxstitch/view/dense_array.hpp"

namespace voxstitch::synthetic {

/// How is painted.
struct brush {
  int strokes_per_class = 120;
  int length = 12;  ///< of a stroke, in voxels
  std::uint64_t seed = 1;
};

/// A voxel and its true class.
struct painted_voxel {
  coord<3> at;  ///< z, y, x
  std::uint8_t label = 0;

  friend bool operator==(painted_voxel const&, painted_voxel const&) = default;
};

namespace detail {

/// Sixteen directions in a plane (y, x), of length 64.
inline constexpr std::array<std::array<int, 2>, 16> directions{{{0, 64},
                                                                {24, 59},
                                                                {45, 45},
                                                                {59, 24},
                                                                {64, 0},
                                                                {59, -24},
                                                                {45, -45},
                                                                {24, -59},
                                                                {0, -64},
                                                                {-24, -59},
                                                                {-45, -45},
                                                                {-59, -24},
                                                                {-64, 0},
                                                                {-59, 24},
                                                                {-45, 45},
                                                                {-24, 59}}};

/// Paints one stroke after the other.
class painter {
 public:
  painter(phantom const& brain, brush const& how) : brain_(brain), how_(how) {}

  /// A stroke that begins in a voxel of that class, if one is found.
  void stroke(std::uint8_t label, dice& random, std::vector<painted_voxel>& painted) const {
    if (auto const start = place_of(label, random)) walk(*start, random, painted);
  }

 private:
  static constexpr index_t probe = 32;  ///< voxels along y and x
  static constexpr int probes = 4000;

  [[nodiscard]] dense_array<std::uint8_t, 3> truth(box<3> const& b) const {
    dense_array<std::uint8_t, 3> classes(b.shape());
    brain_.truth(b, classes.view());
    return classes;
  }

  /// Part of a plane around a voxel.
  [[nodiscard]] box<3> plane_around(coord<3> const& at, index_t reach) const {
    box<3> const one{at, at + coord<3>::filled(1)};
    return grown_within(one, {{0, reach, reach}}, box<3>::at_origin(brain_.shape()));
  }

  [[nodiscard]] std::optional<coord<3>> place_of(std::uint8_t label, dice& random) const {
    for (int i = 0; i < probes; ++i) {
      coord<3> at;
      for (std::size_t axis = 0; axis < 3; ++axis)
        at[axis] = random.between(0, static_cast<int>(brain_.shape()[axis]) - 1);
      auto const where = plane_around(at, probe / 2);
      auto const classes = truth(where);
      auto const first = random.between(0, static_cast<int>(where.size()) - 1);
      for (index_t n = 0; n < where.size(); ++n) {
        auto const v = nth_position(where, (first + n) % where.size());
        if (classes.view()[v - where.inclusive_min] == label) return v;
      }
    }
    return std::nullopt;
  }

  /// A line of three voxels' width, hardly straight, over whatever is there.
  void walk(coord<3> const& start, dice& random, std::vector<painted_voxel>& painted) const {
    auto const where = plane_around(start, how_.length + 2);
    auto const classes = truth(where);
    auto direction = static_cast<unsigned>(random.between(0, 15));
    index_t y = start[1] * 64;
    index_t x = start[2] * 64;
    for (int step = 0; step < how_.length; ++step) {
      coord<3> const at{{start[0], y / 64, x / 64}};
      if (!contains(where, at)) return;
      auto const dot = plane_around(at, 1);
      for_each_voxel(intersection(dot, where), [&](coord<3> const& v) {
        painted.push_back({v, classes.view()[v - where.inclusive_min]});
      });
      direction = (direction + static_cast<unsigned>(random.between(-1, 1))) % 16;
      y += directions[direction][0];
      x += directions[direction][1];
    }
  }

  phantom const& brain_;
  brush how_;
};

}  // namespace detail

/// Strokes in single planes that begin in every class, equally many, and run across whatever is
/// beside: so the borders, which are hard, are shown. What they cover is labelled with its true
/// class.
/// @return in z, y, x order, each voxel once; the same for a seed
/// @throws usage_error for a brush that does not paint.
/// @complexity in proportion to the strokes, however large the phantom
[[nodiscard]] inline std::vector<painted_voxel> paint(phantom const& brain, brush const& how) {
  if (how.strokes_per_class < 1 || how.length < 1)
    throw usage_error("strokes: " + std::to_string(how.strokes_per_class) +
                      " strokes per class of " + std::to_string(how.length) +
                      " voxels; both are at least 1");
  detail::painter const painter(brain, how);
  detail::dice random(how.seed);
  std::vector<painted_voxel> painted;
  for (std::size_t c = 1; c <= phantom::class_names().size(); ++c)
    for (int i = 0; i < how.strokes_per_class; ++i)
      painter.stroke(static_cast<std::uint8_t>(c), random, painted);
  std::sort(painted.begin(), painted.end(),
            [](auto const& a, auto const& b) { return a.at.values < b.at.values; });
  painted.erase(std::unique(painted.begin(), painted.end()), painted.end());
  return painted;
}

}  // namespace voxstitch::synthetic
