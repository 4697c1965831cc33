// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do the numbers that a program wrote become probabilities?

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>

#include "voxstitch/core/error.hpp"
#include "voxstitch/models/score_rule.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::models::detail {

/// What the whole is written as: 1, or 255 in bytes.
template <class T>
inline constexpr double whole = std::is_same_v<T, std::uint8_t> ? 255.0 : 1.0;

/// How far a sum may be from the whole: a network's rounding of floats; that of each byte.
template <class T>
[[nodiscard]] double tolerance(index_t classes) {
  return std::is_same_v<T, std::uint8_t> ? 0.5 * double(classes) : 1e-4;
}

/// The laws of block classifiers allow this much.
inline constexpr double exact_enough = 1e-5;

/// "0.2, 0.9", at most 8 values.
template <class T>
[[nodiscard]] std::string values_text(strided_view<T const, 1> const& row) {
  std::string text;
  for (index_t c = 0; c < std::min<index_t>(row.extent(0), 8); ++c)
    text += (c == 0 ? "" : ", ") + std::to_string(row(c));
  return text + (row.extent(0) > 8 ? ", ..." : "");
}

/// @param voxel z, y, x in the volume
template <class T>
[[noreturn]] void refuse(strided_view<T const, 1> const& row, coord<3> const& voxel,
                         std::string const& why) {
  throw format_error("its output for voxel " + to_string(voxel) + " (z,y,x) is " +
                     values_text(row) + why);
}

/// What a voxel's values are to be divided by; 0 when all are 0.
/// @param row   [class]
/// @param voxel z, y, x in the volume
/// @throws format_error for values below 0, NaN and infinity, and a sum that the rule forbids.
template <class T>
[[nodiscard]] double divisor(strided_view<T const, 1> const& row, score_rule rule,
                             coord<3> const& voxel) {
  double sum = 0;
  for (index_t c = 0; c < row.extent(0); ++c) {
    double const value = static_cast<double>(row(c));
    if (!(value >= 0) || !std::isfinite(value))
      refuse(row, voxel, ": scores are finite and not negative");
    sum += value;
  }
  if (!std::isfinite(sum)) refuse(row, voxel, ": too large to be added up");
  if (rule == score_rule::normalised || sum == 0) return sum;
  double const off = std::fabs(sum - whole<T>);
  if (off > tolerance<T>(row.extent(0)))
    refuse(row, voxel,
           ", whose sum is " + std::to_string(sum) + " and not " + (whole<T> == 1.0 ? "1" : "255") +
               " (or 0, where no class is known); --normalise divides scores by their sum");
  return off / whole<T> <= exact_enough ? whole<T> : sum;
}

/// Scores [z, y, x, class] to probabilities of the same shape.
/// @param origin z, y, x of the first voxel in the volume
/// @throws as divisor()
template <class T>
void to_probabilities(strided_view<T const, 4> const& scores, score_rule rule,
                      coord<3> const& origin, strided_view<float, 4> const& p) {
  coord<4> const& s = scores.shape();
  for_each_voxel(box<3>::at_origin({{s[0], s[1], s[2]}}), [&](coord<3> const& at) {
    auto const row = scores.slice(0, at[0]).slice(0, at[1]).slice(0, at[2]);
    auto const to = p.slice(0, at[0]).slice(0, at[1]).slice(0, at[2]);
    double const by = divisor(row, rule, at + origin);
    for (index_t c = 0; c < s[3]; ++c)
      to(c) = by == 0 ? 0.0f : static_cast<float>(static_cast<double>(row(c)) / by);
  });
}

}  // namespace voxstitch::models::detail
