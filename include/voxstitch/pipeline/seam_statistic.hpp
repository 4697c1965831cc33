// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Do the blocks that a result was made of show as seams?

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/geometry/coord.hpp"
#include "voxstitch/pipeline/difference_profile.hpp"

namespace voxstitch::pipeline {

/// A plane between blocks, as it shows in a result.
struct seam_face {
  index_t at = 0;      ///< the first voxel behind it
  double across = 0;   ///< mean difference of the voxels on both sides of it
  double inside = 0;   ///< the same one voxel before and one behind, on average
  double z_score = 0;  ///< of the steps there, among those of planes within blocks
  bool is_seam = false;
};

/// All faces along one axis.
struct axis_seams {
  std::vector<seam_face> faces;  ///< in order; empty where there is one block only
  double across = 0;             ///< mean of all faces
  double inside = 0;
  double z_score = 0;           ///< of all faces together
  index_t compared_planes = 0;  ///< planes within blocks that the faces were compared with
  bool is_judged = false;       ///< whether these were enough
  bool has_seams = false;

  /// 1 where nothing differs at all.
  [[nodiscard]] double ratio() const {
    if (inside > 0) return across / inside;
    return across > 0 ? std::numeric_limits<double>::infinity() : 1;
  }
};

struct seam_report {
  std::array<axis_seams, 3> along;  ///< z, y, x

  [[nodiscard]] bool has_seams() const {
    return std::any_of(along.begin(), along.end(), [](auto const& a) { return a.has_seams; });
  }
};

/// A face of such a z-score is a seam. (One in a thousand million that are none would have it, were
/// they normally distributed; they are not quite: real specimens have planes of more than 5.)
inline constexpr double seam_z_score = 6;
/// All faces of an axis together are seams from here on: there are but three axes.
inline constexpr double seams_z_score = 4;
/// Which faces to name then.
inline constexpr double suspect_z_score = 2.5;
/// So many planes within blocks are needed to know how much planes differ anyway.
inline constexpr std::size_t fewest_compared_planes = 8;

namespace detail {

/// Mean of the differences one voxel before and one behind.
[[nodiscard]] inline double inside_at(std::vector<double> const& sizes, std::size_t at) {
  return (sizes[at - 1] + sizes[at + 1]) / 2;
}

/// So far reach the planes that a plane is compared with.
inline constexpr std::size_t compared_reach = 3;

/// How much higher the steps at a plane are than those two and three voxels before and behind,
/// which do not see it. Square roots, since counts and means of sizes scatter with the root of
/// their mean: planes of empty and of crowded places can then be compared.
[[nodiscard]] inline double excess_at(std::vector<double> const& steps, std::size_t at) {
  double sum = 0;
  int count = 0;
  auto const add = [&](std::size_t plane) {
    if (plane < 2 || plane + 1 >= steps.size()) return;
    sum += steps[plane];
    ++count;
  };
  for (std::size_t off = 2; off <= compared_reach; ++off) {
    if (at >= off) add(at - off);
    add(at + off);
  }
  return std::sqrt(steps[at]) - std::sqrt(count > 0 ? sum / count : 0);
}

/// The value that a share of the sorted values does not exceed.
[[nodiscard]] inline double quantile(std::vector<double> const& sorted, double share) {
  auto const at = static_cast<std::size_t>(std::ceil(share * double(sorted.size())));
  return sorted[std::min(sorted.size(), std::max<std::size_t>(at, 1)) - 1];
}

/// Centre and width of what is usual.
struct usual_range {
  double centre = 0;
  double width = 0;

  [[nodiscard]] double z_score(double value) const {
    double const off = value - centre;
    if (std::fabs(off) <= 1e-9) return 0;  // rounding, of differences of at most 255
    return width > 0 ? off / width : std::copysign(std::numeric_limits<double>::infinity(), off);
  }
};

/// The median, and a standard deviation from quantiles of the distances to it: the largest that the
/// median, the 95 % and the 99.5 % quantile of a normal distribution would have. Where extremes are
/// common they are usual; of two hundred planes one may be odd (a structure that ends there).
[[nodiscard]] inline usual_range usual(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  usual_range range{quantile(values, 0.5), 0};
  for (double& v : values) v = std::fabs(v - range.centre);
  std::sort(values.begin(), values.end());
  range.width = std::max({quantile(values, 0.5) / 0.6745, quantile(values, 0.95) / 1.960,
                          quantile(values, 0.995) / 2.807});
  return range;
}

/// Excesses of all planes that neither lie beside a face nor are compared with one that does. Not
/// of those at the volume's border, where the filters see mirrored values.
[[nodiscard]] inline std::vector<double> excesses_within(std::vector<double> const& steps,
                                                         std::size_t width) {
  constexpr std::size_t margin = compared_reach + 2;
  std::vector<double> excesses;
  for (std::size_t at = margin; at + margin < steps.size(); ++at)
    if (at % width >= margin && at % width + margin <= width)
      excesses.push_back(excess_at(steps, at));
  return excesses;
}

/// @param width of a block
[[nodiscard]] inline std::vector<seam_face> faces_of(std::vector<double> const& sizes,
                                                     std::size_t width) {
  std::vector<seam_face> faces;
  for (std::size_t at = width; at + 1 < sizes.size(); at += width)
    if (at >= 2)
      faces.push_back({static_cast<index_t>(at), sizes[at], inside_at(sizes, at), 0, false});
  return faces;
}

inline void add_means(axis_seams& a) {
  for (auto const& face : a.faces) {
    a.across += face.across / double(a.faces.size());
    a.inside += face.inside / double(a.faces.size());
  }
}

/// Stouffer's sum of z-scores, clipped so that no face is enough alone. All of them count from the
/// same centre, the median of `compared` values, whose variance is pi / 2 of a mean's.
[[nodiscard]] inline double z_score_of_all(std::vector<seam_face> const& faces, index_t compared) {
  double sum = 0;
  for (auto const& face : faces) sum += std::clamp(face.z_score, -seams_z_score, seams_z_score);
  double const count = double(faces.size());
  return sum / std::sqrt(count * (1 + std::numbers::pi / 2 * count / double(compared)));
}

inline void mark_seams(axis_seams& a) {
  bool const together = a.z_score >= seams_z_score;
  for (auto& face : a.faces) {
    face.is_seam = face.z_score >= (together ? suspect_z_score : seam_z_score);
    a.has_seams = a.has_seams || face.is_seam;
  }
  a.has_seams = a.has_seams || together;
}

[[nodiscard]] inline axis_seams seams_along(std::vector<double> const& sizes,
                                            std::vector<double> const& steps, index_t width) {
  axis_seams a;
  a.faces = faces_of(sizes, static_cast<std::size_t>(width));
  if (a.faces.empty()) return a;
  add_means(a);
  auto const within = excesses_within(steps, static_cast<std::size_t>(width));
  a.compared_planes = static_cast<index_t>(within.size());
  if (within.size() < fewest_compared_planes) return a;
  a.is_judged = true;
  auto const range = usual(within);
  for (auto& face : a.faces)
    face.z_score = range.z_score(excess_at(steps, static_cast<std::size_t>(face.at)));
  a.z_score = z_score_of_all(a.faces, a.compared_planes);
  mark_seams(a);
  return a;
}

}  // namespace detail

/// Compares the planes between blocks with those within them. A face is conspicuous when values
/// take higher steps across it than a voxel before and behind, by more than that varies from plane
/// to plane anyway: slices of unequal brightness are no seams, but a seam fainter than they are is
/// not seen either. A structure of the specimen that ends just at a face, all over it, looks like
/// one. Blocks of less than ten voxels cannot be judged.
/// @param grid shape (z, y, x; voxels) of the blocks' cores; faces lie at its multiples
/// @throws shape_error for extents below 1.
[[nodiscard]] inline seam_report find_seams(difference_profile const& profile,
                                            coord<3> const& grid) {
  if (std::min({grid[0], grid[1], grid[2]}) < 1)
    throw shape_error("find_seams: blocks of " + to_string(grid) +
                      " voxels (z,y,x); each extent must be 1 at least");
  seam_report report;
  for (std::size_t axis = 0; axis < 3; ++axis)
    report.along[axis] = detail::seams_along(profile.sizes[axis], profile.steps[axis], grid[axis]);
  return report;
}

}  // namespace voxstitch::pipeline
