// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is the text of one option read?

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/core/separated.hpp"
#include "voxstitch/core/utf8.hpp"
#include "voxstitch/geometry/box.hpp"

namespace app {

using voxstitch::index_t;
using voxstitch::separated;
using voxstitch::usage_error;

inline constexpr index_t most_voxels = index_t{1} << 60;

/// @throws usage_error that names the option and says what is allowed.
template <class Number>
[[nodiscard]] Number number(std::string_view option, std::string_view text,
                            std::string_view allowed) {
  Number value{};
  auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || text.empty())
    throw usage_error(std::string(option) + ": '" + std::string(text) + "' is not " +
                      std::string(allowed));
  return value;
}

/// "z,y,x" or "y,x" in voxels, each at least `least`; an axis that is not named has that.
[[nodiscard]] inline voxstitch::coord<3> voxels3(std::string_view option, std::string_view text,
                                                 index_t least) {
  auto const parts = separated(text, ',');
  auto voxels = voxstitch::coord<3>::filled(least);
  bool sound = parts.size() == 2 || parts.size() == 3;
  for (std::size_t i = 0; sound && i < parts.size(); ++i) {
    auto& extent = voxels[3 - parts.size() + i];
    extent = number<index_t>(option, parts[i], "a whole number of voxels");
    sound = extent >= least;
  }
  if (!sound)
    throw usage_error(std::string(option) + ": '" + std::string(text) +
                      "' must be z,y,x (or y,x for 2D data), each at least " +
                      std::to_string(least));
  return voxels;
}

/// A shape of at least one voxel, and not more than can be counted.
[[nodiscard]] inline voxstitch::coord<3> shape3(std::string_view option, std::string_view text) {
  auto const shape = voxels3(option, text, 1);
  index_t voxels = 1;
  for (index_t extent : shape)
    if (__builtin_mul_overflow(voxels, extent, &voxels) || voxels > most_voxels)
      throw usage_error(std::string(option) + ": '" + std::string(text) +
                        "' is more voxels than any volume has; the product may be 2^60 at most");
  return shape;
}

/// A halo or an overlap; of nothing 0.
[[nodiscard]] inline voxstitch::coord<3> margin3(std::string_view option, std::string_view text) {
  return text.empty() ? voxstitch::coord<3>{} : voxels3(option, text, 0);
}

/// "8G", "512M", "256MiB", "1.5g" or plain bytes; powers of 1024.
[[nodiscard]] inline std::int64_t bytes(std::string_view option, std::string_view text) {
  std::string const allowed = "a size as 8G, 512M or 65536K";
  auto const unit_at = text.find_first_not_of("0123456789.");
  double const value = unit_at == 0 ? 0 : number<double>(option, text.substr(0, unit_at), allowed);
  std::string unit(unit_at == std::string_view::npos ? "" : text.substr(unit_at));
  for (char& c : unit) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (unit.ends_with("IB"))
    unit.resize(unit.size() - 2);
  else if (unit.size() == 2 && unit[1] == 'B')
    unit.resize(1);
  auto const power = std::string("KMGT").find(unit.empty() ? '?' : unit[0]);
  if (unit.size() > 1 || (!unit.empty() && power == std::string::npos) || value <= 0 ||
      value > 1e15)
    throw usage_error(std::string(option) + ": '" + std::string(text) + "' is not " + allowed);
  double const result =
      unit.empty() ? value : std::ldexp(value, 10 * (static_cast<int>(power) + 1));
  if (result < 1)
    throw usage_error(std::string(option) + ": '" + std::string(text) +
                      "' is less than one byte; give " + allowed);
  if (result > 9e18)
    throw usage_error(std::string(option) + ": '" + std::string(text) + "' is too large");
  return static_cast<std::int64_t>(result);
}

/// "z0:z1,y0:y1,x0:x1"; empty ends mean the volume's.
/// @throws usage_error when it is malformed, empty or leaves the volume.
[[nodiscard]] inline voxstitch::box<3> region(std::string_view option, std::string_view text,
                                              voxstitch::coord<3> const& shape) {
  auto box = voxstitch::box<3>::at_origin(shape);
  bool within = true;
  auto const parts = separated(text, ',');
  std::string const complaint = std::string(option) + ": '" + std::string(text) + "' ";
  if (parts.size() != 2 && parts.size() != 3)
    throw usage_error(complaint + "must be z0:z1,y0:y1,x0:x1 (or y0:y1,x0:x1 for 2D data)");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto const axis = 3 - parts.size() + i;
    auto const ends = separated(parts[i], ':');
    if (ends.size() != 2) throw usage_error(complaint + "must be z0:z1,y0:y1,x0:x1");
    if (!ends[0].empty())
      box.inclusive_min[axis] = number<index_t>(option, ends[0], "a voxel number");
    if (!ends[1].empty())
      box.exclusive_max[axis] = number<index_t>(option, ends[1], "a voxel number");
    within = within && box.inclusive_min[axis] >= 0 && box.exclusive_max[axis] <= shape[axis] &&
             box.inclusive_min[axis] < box.exclusive_max[axis];
  }
  if (!within)
    throw usage_error(complaint + "is empty or leaves the volume, whose shape is " +
                      to_string(shape) + " (z,y,x); ends are exclusive");
  return box;
}

/// Names of classes, with commas between.
/// @throws usage_error when one is empty, or not UTF-8, which is what files and pages hold.
[[nodiscard]] inline std::vector<std::string> class_names(std::string_view option,
                                                          std::string_view text) {
  std::vector<std::string> names;
  for (auto const name : separated(text, ',')) {
    auto const complaint = std::string(option) + ": name " + std::to_string(names.size() + 1);
    if (name.empty())
      throw usage_error(complaint + " is empty; give one for each class, with a comma between two");
    if (!voxstitch::is_utf8(name))
      throw usage_error(complaint + " is not UTF-8; is the script or the terminal in another "
                                    "encoding?");
    names.emplace_back(name);
  }
  return names;
}

/// A name that means the same file in every folder; of nothing nothing.
[[nodiscard]] inline std::string absolute_name(std::string const& path) {
  return path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
}

/// "2/8": the second of eight equal parts.
struct part_of_whole {
  index_t number = 1;  ///< from 1
  index_t of = 1;

  /// Where the part of `count` things begins; that of the next one is its end.
  [[nodiscard]] index_t first(index_t count) const {
    return voxstitch::begin_of_part(number - 1, of, count);
  }
  [[nodiscard]] index_t last(index_t count) const {
    return voxstitch::begin_of_part(number, of, count);
  }
};

/// @throws usage_error that says what is allowed.
[[nodiscard]] inline part_of_whole part(std::string_view option, std::string_view text) {
  if (text.empty()) return {};
  std::string const allowed = "i/n with i from 1 to n, as 2/8";
  auto const words = separated(text, '/');
  if (words.size() != 2)
    throw usage_error(std::string(option) + ": '" + std::string(text) + "' is not " + allowed);
  part_of_whole const p{number<index_t>(option, words[0], allowed),
                        number<index_t>(option, words[1], allowed)};
  if (p.number < 1 || p.number > p.of)
    throw usage_error(std::string(option) + ": '" + std::string(text) + "' is not " + allowed);
  return p;
}

/// As printf, up to 200 characters.
template <class... Values>
[[nodiscard]] std::string formatted(char const* format, Values... values) {
  char text[201];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

/// 1.2G, 35.0M, 812: for people.
[[nodiscard]] inline std::string with_unit(double value, double step = 1000) {
  std::string_view const units = " kMGTPE";
  std::size_t i = 0;
  while (std::fabs(value) >= step && i + 1 < units.size()) value /= step, ++i;
  char text[32];
  std::snprintf(text, sizeof text,
                i == 0        ? "%.0f"
                : value < 10  ? "%.2f"
                : value < 100 ? "%.1f"
                              : "%.0f",
                value);
  return i == 0 ? text : std::string(text) + " " + units[i];
}

/// "1.2 Mvoxels", "989 voxels".
[[nodiscard]] inline std::string counted(double value, std::string const& what) {
  auto const text = with_unit(value);
  return text + (text.find(' ') == std::string::npos ? " " : "") + what;
}

/// "1.2 GiB".
[[nodiscard]] inline std::string memory_text(std::int64_t count) {
  auto text = with_unit(double(count), 1024);
  return text.find(' ') == std::string::npos ? text + " B" : text + "iB";
}

/// "850 ms", "12.3 s", "4 min 10 s", "3 h 20 min", "2 d 4 h".
[[nodiscard]] inline std::string duration_text(double seconds) {
  char text[48];
  auto const whole = static_cast<long long>(seconds);
  if (seconds < 1)
    std::snprintf(text, sizeof text, "%.0f ms", seconds * 1e3);
  else if (seconds < 60)
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  else if (whole < 3600)
    std::snprintf(text, sizeof text, "%lld min %lld s", whole / 60, whole % 60);
  else if (whole < 86400)
    std::snprintf(text, sizeof text, "%lld h %lld min", whole / 3600, whole / 60 % 60);
  else
    std::snprintf(text, sizeof text, "%lld d %lld h", whole / 86400, whole / 3600 % 24);
  return text;
}

}  // namespace app
