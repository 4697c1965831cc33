// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a brain look whose every voxel is known?

#include <bit>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/synthetic/detail/objects.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::synthetic {

/// A synthetic light-sheet image of a brain, of any size, with the class of every voxel.
///
/// Tissue with its texture, two hemispheres and ventricles; cells in layers, bright soft blobs of 3
/// to 7 voxels radius, some touching; vessels, dark branching tubes with a bright wall; axons and
/// cell processes, thin curved lines; light that fades from left to right, stripes in its
/// direction, and noise of photons and camera.
///
/// A voxel's value is a function of seed, shape and position only: any box gives the same bits as
/// the whole, with any compiler on any processor (integers throughout). Time is proportional to the
/// box, memory is some megabytes.
/// @thread_safety Const members may be called concurrently.
class phantom {
 public:
  /// @param shape voxels in z, y, x
  /// @throws shape_error when an extent is below 1.
  explicit phantom(coord<3> const& shape, std::uint64_t seed = 1) : brain_(shape, seed) {
    for (index_t extent : shape)
      if (extent < 1)
        throw shape_error("phantom: shape " + to_string(shape) + " must be at least 1 everywhere");
  }

  [[nodiscard]] coord<3> const& shape() const { return brain_.shape(); }

  /// Names of the classes 1 to 5 of the truth.
  [[nodiscard]] static std::vector<std::string> class_names() {
    return {"background", "tissue", "cell", "vessel", "axon"};
  }

  /// The image inside `b`; `out` has the box's shape.
  /// @throws shape_error when `b` leaves the volume or `out` has another shape.
  void raw(box<3> const& b, strided_view<std::uint16_t, 3> const& out) const {
    check(b, out.shape());
    for_each_tile(b, [&](box<3> const& tile) { expose(tile, out.sub(relative_to(tile, b))); });
  }

  /// The classes inside `b`, 1 to 5 in the order of class_names(); `out` has the box's shape.
  /// @throws shape_error as raw().
  void truth(box<3> const& b, strided_view<std::uint8_t, 3> const& out) const {
    check(b, out.shape());
    for_each_tile(b, [&](box<3> const& tile) { classify(tile, out.sub(relative_to(tile, b))); });
  }

 private:
  /// Pieces of a box of that shape: wide where they are thin, because objects reach into many.
  [[nodiscard]] static coord<3> tile_shape(coord<3> const& whole) {
    coord<3> tile = min(coord<3>{{32, 64, 128}}, whole);
    for (std::size_t axis = 1; product(tile) < (index_t{1} << 17) && tile != whole; axis = 3 - axis)
      tile[axis] = std::min(whole[axis], 2 * tile[axis]);
    return tile;
  }

  void check(box<3> const& b, coord<3> const& out) const {
    if (!contains(box<3>::at_origin(shape()), b))
      throw shape_error("phantom: box " + to_string(b) + " leaves the volume of shape " +
                        to_string(shape()));
    if (b.shape() != out)
      throw shape_error("phantom: box " + to_string(b) + " has shape " + to_string(b.shape()) +
                        ", but the view to fill has " + to_string(out));
  }

  /// Calls `f(tile)` for pieces of `b` that fit the second-level cache.
  template <class Function>
  static void for_each_tile(box<3> const& b, Function f) {
    if (b.empty()) return;
    coord<3> const step = tile_shape(b.shape());
    for_each_voxel(box<3>::at_origin(zip(b.shape(), step, divide_up)), [&](coord<3> const& i) {
      coord<3> const first = b.inclusive_min + zip(i, step, std::multiplies<>{});
      f(intersection(box<3>{first, first + step}, b));
    });
  }

  [[nodiscard]] detail::canvas drawing(box<3> const& tile) const {
    detail::canvas target(tile);
    detail::draw_axons(brain_, target);
    detail::draw_neurites(brain_, target);
    detail::draw_cells(brain_, target);
    detail::draw_vessels(brain_, target);
    return target;
  }

  [[nodiscard]] detail::lattice depths(box<3> const& tile) const {
    return {tile, 3, detail::between_points::linear, [this](coord<3> const& voxel) {
              return static_cast<std::int32_t>(
                  std::clamp<index_t>(brain_.at(voxel).depth, -2000, 2000));
            }};
  }

  void classify(box<3> const& tile, strided_view<std::uint8_t, 3> const& out) const {
    constexpr std::array<std::uint8_t, 8> labels{2, 5, 3, 3, 4, 4, 4, 4};  // of marks
    detail::canvas const objects = drawing(tile);
    detail::lattice depth = depths(tile);
    std::vector<std::int32_t> depth_row(static_cast<std::size_t>(tile.extent(2)));
    for_each_row(tile, [&](coord<3> const& at) {
      depth.row(at[0], at[1], depth_row.data());
      std::uint8_t const* const marks = objects.marks(at);
      std::uint8_t* const row = out.pointer_to(at - tile.inclusive_min);
      for (std::size_t i = 0; i < depth_row.size(); ++i)
        row[static_cast<index_t>(i) * out.stride(2)] =
            depth_row[i] > 0 ? labels[marks[i] & 7] : std::uint8_t{1};
    });
  }

  void expose(box<3> const& tile, strided_view<std::uint16_t, 3> const& out) const;

  detail::anatomy brain_;
};

namespace detail {

/// What the optics see in a row, before the camera.
struct row_of_fields {
  explicit row_of_fields(std::size_t n) : depth(n), light(n), tissue(n), coarse(n), fine(n) {}
  std::vector<std::int32_t> depth, light, tissue, coarse, fine;
};

/// What varies from row to row.
struct row_of_camera {
  std::int32_t stripe;  ///< light that comes through, in 1/256
  std::uint32_t noise;  ///< hash of the row's first voxel
};

/// Light at a voxel in grey values: objects over tissue, dark outside with a soft edge.
[[nodiscard]] inline std::int32_t brightness(row_of_fields const& f, std::size_t i,
                                             std::int32_t glow, std::int32_t shade) {
  std::int32_t const inside = std::clamp(f.depth[i] * 8 + 128, 0, 256);
  std::int32_t const rim = std::max(0, 64 - std::abs(f.depth[i])) * 2;
  std::int32_t const plain = f.tissue[i] + rim + f.coarse[i] + f.fine[i];
  std::int32_t const scene = ((plain + glow) * (256 - shade)) >> 8;
  return (((scene * inside) >> 8) * f.light[i]) >> 8;
}

/// The sum of four bytes of a hash: nearly normal, mean 510, standard deviation 148.
[[nodiscard]] inline std::int32_t bell(std::uint32_t h) {
  h ^= h >> 16;
  h *= 0x7feb352d;
  h ^= h >> 15;
  h *= 0x846ca68b;
  h ^= h >> 16;
  return static_cast<std::int32_t>((h & 255) + (h >> 8 & 255) + (h >> 16 & 255) + (h >> 24));
}

/// The square root of a positive number within 4 %: halves the exponent of a float (J. Blinn's
/// "Floating-point tricks", 1997).
[[nodiscard]] inline std::int32_t rough_root(std::int32_t square) {
  auto const bits = std::bit_cast<std::int32_t>(static_cast<float>(square));
  return static_cast<std::int32_t>(std::bit_cast<float>((bits >> 1) + 0x1fbd1df5));
}

/// What a camera makes of it: offset, noise of photons and of reading, 16 bits.
[[nodiscard]] inline std::uint16_t counted(std::int32_t light, std::uint32_t hash) {
  constexpr std::int32_t offset = 36;
  std::int32_t const deviation = rough_root((light * 5 + 120) * 16);  // in 1/4 grey value
  std::int32_t const noise = ((bell(hash) - 510) * deviation) / 592;
  return static_cast<std::uint16_t>(std::clamp(light + offset + noise, 0, 65535));
}

inline void expose_row(row_of_fields const& f, std::int16_t const* glow, std::uint8_t const* shade,
                       row_of_camera const& camera, std::uint16_t* out) {
  std::size_t const count = f.depth.size();
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t const seen = (brightness(f, i, glow[i], shade[i]) * camera.stripe) >> 8;
    out[i] = counted(seen, camera.noise + static_cast<std::uint32_t>(i) * 0x9e3779b9);
  }
}

}  // namespace detail

inline void phantom::expose(box<3> const& tile, strided_view<std::uint16_t, 3> const& out) const {
  using namespace detail;
  std::uint64_t const seed = brain_.seed(stream::texture);
  canvas const objects = drawing(tile);
  lattice depth = depths(tile);
  lattice light(tile, 4, between_points::linear,
                [this](coord<3> const& v) { return brain_.light(v); });
  lattice tissue(tile, 4, between_points::linear,
                 [this](coord<3> const& v) { return brain_.tissue(v); });
  lattice coarse = noise_lattice(tile, 4, seed, 36);
  lattice fine = noise_lattice(tile, 2, seed + 1, 34);
  row_of_fields fields(static_cast<std::size_t>(tile.extent(2)));
  std::vector<std::uint16_t> counts(fields.depth.size());
  for_each_row(tile, [&](coord<3> const& at) {
    depth.row(at[0], at[1], fields.depth.data());
    light.row(at[0], at[1], fields.light.data());
    tissue.row(at[0], at[1], fields.tissue.data());
    coarse.row(at[0], at[1], fields.coarse.data());
    fine.row(at[0], at[1], fields.fine.data());
    row_of_camera const camera{
        static_cast<std::int32_t>(240 + noise_at({{at[0], at[1], 0}}, 5, seed + 2, 30)),
        static_cast<std::uint32_t>(hash(seed, {{at[0], at[1], -1}})) +
            static_cast<std::uint32_t>(at[2]) * 0x9e3779b9};
    expose_row(fields, objects.glow(at), objects.shade(at), camera, counts.data());
    strided_view<std::uint16_t const, 1> const row(counts.data(), {{tile.extent(2)}});
    coord<3> const first = at - tile.inclusive_min;
    copy(row, out.slice(0, first[0]).slice(0, first[1]));
  });
}

}  // namespace voxstitch::synthetic
