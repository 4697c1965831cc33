// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which cells, axons and vessels touch a tile of the synthetic brain?
///
/// Objects sit on a grid of sites. All of an object follows from its site's own random numbers, so
/// a tile visits the sites within reach and needs to know nothing else.

#include <optional>

#include "voxstitch/synthetic/detail/anatomy.hpp"
#include "voxstitch/synthetic/detail/canvas.hpp"

namespace voxstitch::synthetic::detail {

/// Calls `f(site)` for the grid cells, `spacing` voxels wide, that begin within the brain's volume
/// and reach, by `reach` voxels, into the tile.
template <class Function>
void for_each_site(box<3> const& tile, coord<3> const& shape, index_t spacing,
                   coord<3> const& reach, Function f) {
  box<3> const near = grown_within(tile, reach, box<3>::at_origin(shape));
  box<3> sites;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    sites.inclusive_min[axis] = near.inclusive_min[axis] / spacing;
    sites.exclusive_max[axis] = divide_up(near.exclusive_max[axis], spacing);
  }
  for_each_voxel(sites, f);
}

/// A random point of a site, in 1/16 voxel.
[[nodiscard]] inline coord<3> point_in(coord<3> const& site, index_t spacing, dice& d) {
  coord<3> p;
  for (std::size_t axis = 0; axis < 3; ++axis)
    p[axis] = site[axis] * spacing * unit + d.between(0, static_cast<int>(spacing * unit) - 1);
  return p;
}

[[nodiscard]] inline coord<3> voxel_of(coord<3> const& point) {
  return {{point[0] >> 4, point[1] >> 4, point[2] >> 4}};
}

[[nodiscard]] inline coord<3> scaled(coord<3> const& v, index_t factor, index_t divisor) {
  return zip(v, v, [=](index_t a, index_t) { return a * factor / divisor; });
}

/// A cell body.
struct cell {
  coord<3> centre;
  index_t radius;
  std::int32_t brightness;
  place where;
};

inline constexpr index_t cell_spacing = 16;
inline constexpr index_t cell_reach = 40;  ///< grid cell, companion and radius

/// How many of 1024 sites of a layer hold a cell: two bands in the cortex, sparse inside.
[[nodiscard]] inline index_t cell_density(anatomy const& brain, coord<3> const& voxel,
                                          place const& p) {
  if (p.depth < 100 || p.layer < 180) return 0;
  index_t const band = p.layer < 640 ? 880 : p.layer < 860 ? 240 : p.layer < 1800 ? 720 : 110;
  return band * (1024 + 2 * std::max<index_t>(-500, brain.patch(voxel))) / 1024;
}

/// The cell of a site, if there is one.
[[nodiscard]] inline std::optional<cell> cell_at(anatomy const& brain, coord<3> const& site,
                                                 dice& d) {
  int const chance = d.between(0, 1023);
  if (chance > 900) return std::nullopt;  // no layer is that dense
  coord<3> const centre = point_in(site, cell_spacing, d);
  place const where = brain.at(voxel_of(centre));
  if (chance >= cell_density(brain, voxel_of(centre), where)) return std::nullopt;
  return cell{centre, d.rather_low(48, 112), d.rather_low(220, 3600), where};
}

inline void draw_cell(canvas& target, cell const& c, dice& d) {
  auto const stretch = [&] { return c.radius * d.between(80, 128) / 100; };
  blob const body{c.centre, {{stretch() * 5 / 4, stretch(), stretch()}}};  // axial blur
  target.draw(body, soft_profile{c.brightness, cell_mark, 2250});
}

inline void draw_cells(anatomy const& brain, canvas& target) {
  auto const reach = coord<3>::filled(cell_reach);
  for_each_site(target.tile(), brain.shape(), cell_spacing, reach, [&](coord<3> const& site) {
    dice d(brain.seed(stream::cells), site);
    auto const first = cell_at(brain, site, d);
    if (!first) return;
    draw_cell(target, *first, d);
    if (d.between(0, 99) >= 22) return;  // else a neighbour that touches it
    cell second = *first;
    second.centre = first->centre + scaled(d.vector(128), first->radius, 80);
    second.radius = first->radius * d.between(60, 105) / 100;
    draw_cell(target, second, d);
  });
}

/// A thin line that wanders: a chain of short tubes.
struct fibre {
  coord<3> from;
  coord<3> direction;  ///< of one step, in 1/16 voxel
  int steps;
  int wobble;  ///< change of direction per step, in 1/16 voxel and component
  std::int32_t brightness;
  index_t radius;
};

inline void draw_fibre(canvas& target, fibre f, dice& d) {
  for (int step = 0; step < f.steps; ++step) {
    coord<3> const to = f.from + f.direction;
    target.draw(tube{f.from, to, f.radius}, soft_profile{f.brightness, axon_mark, 2000});
    f.from = to;
    auto const longest = coord<3>::filled(128);
    f.direction = max(min(f.direction + d.vector(f.wobble), longest), coord<3>{} - longest);
    f.brightness -= f.brightness / 40;
  }
}

/// Processes of cells: one towards the surface, others wherever.
inline void draw_neurites(anatomy const& brain, canvas& target) {
  constexpr int steps = 7;
  auto const reach = coord<3>::filled(cell_spacing + steps * 8 + 4);
  for_each_site(target.tile(), brain.shape(), cell_spacing, reach, [&](coord<3> const& site) {
    dice own(brain.seed(stream::neurites), site);
    if (own.between(0, 99) >= 30) return;
    dice d(brain.seed(stream::cells), site);
    auto const body = cell_at(brain, site, d);
    if (!body) return;
    std::int32_t const brightness = 60 + body->brightness * own.between(12, 30) / 100;
    fibre const apical{body->centre, scaled(body->where.outward, 7, 16), steps, 26, brightness, 30};
    draw_fibre(target, apical, own);
    for (int i = own.between(0, 2); i > 0; --i)
      draw_fibre(target, {body->centre, own.vector(80), 4, 40, brightness * 3 / 4, 28}, own);
  });
}

/// Long fibres: along the tracts in their layer, any way elsewhere.
inline void draw_axons(anatomy const& brain, canvas& target) {
  constexpr index_t spacing = 40;
  constexpr int steps = 18;
  coord<3> const reach{{spacing + steps * 4, spacing + steps * 8 + 4, spacing + steps * 8 + 4}};
  for_each_site(target.tile(), brain.shape(), spacing, reach, [&](coord<3> const& site) {
    for (int i = 0; i < 3; ++i) {
      dice d(brain.seed(stream::axons) + static_cast<std::uint64_t>(i), site);
      coord<3> const from = point_in(site, spacing, d);
      place const p = brain.at(voxel_of(from));
      bool const in_tract = p.layer > 1700 && p.layer < 2700;
      if (p.depth < 0 || (i > 0 && !in_tract)) continue;
      coord<3> const along{{d.between(-20, 20), p.outward[2] * 7 / 16, -p.outward[1] * 7 / 16}};
      coord<3> const direction = in_tract ? along : d.vector(110);
      draw_fibre(target, {from, direction, steps, 14, d.rather_low(90, 620), 26}, d);
    }
  });
}

inline constexpr index_t vessel_spacing = 72;

/// A knot of the net of vessels.
struct knot {
  coord<3> at;
  index_t radius;
};

[[nodiscard]] inline knot knot_at(anatomy const& brain, coord<3> const& site) {
  dice d(brain.seed(stream::vessels), site);
  return {point_in(site, vessel_spacing, d), d.rather_low(34, 150)};
}

/// A vessel from knot to knot, bent towards a third point (a quadratic Bezier curve).
inline void draw_vessel(canvas& target, knot const& from, knot const& to, coord<3> const& bend) {
  constexpr index_t pieces = 12;
  auto const point = [&](index_t i) {
    index_t const j = pieces - i;
    return scaled(scaled(from.at, j * j, 1) + scaled(bend, 2 * i * j, 1) + scaled(to.at, i * i, 1),
                  1, pieces * pieces);
  };
  for (index_t i = 0; i < pieces; ++i) {
    index_t const radius = from.radius + (to.radius - from.radius) * i / pieces;
    target.draw(tube{point(i), point(i + 1), radius}, hollow_profile{260, 215});
  }
}

/// Knots join their next neighbours along each axis, or not: tubes that branch where three meet.
inline void draw_vessels(anatomy const& brain, canvas& target) {
  auto const reach = coord<3>::filled(2 * vessel_spacing + 30);
  for_each_site(target.tile(), brain.shape(), vessel_spacing, reach, [&](coord<3> const& site) {
    knot const from = knot_at(brain, site);
    if (brain.at(voxel_of(from.at)).depth < 0) return;
    dice d(brain.seed(stream::vessels) + 1, site);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      bool const joined = d.between(0, 99) < 48;
      coord<3> const sway = d.vector(320);
      coord<3> next = site;
      ++next[axis];
      knot const to = knot_at(brain, next);
      if (joined) draw_vessel(target, from, to, scaled(from.at + to.at, 1, 2) + sway);
    }
  });
}

}  // namespace voxstitch::synthetic::detail
