// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a finished result hold, and is it a result of this input?

#include <optional>
#include <string>
#include <string_view>

#include "voxstitch/core/error.hpp"
#include "voxstitch/geometry/box.hpp"
#include "voxstitch/pipeline/recipe.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::pipeline {

/// What a result's voxels are: a probability per class, or the number 1..K of the winner.
enum class result_kind { probabilities, labels };

[[nodiscard]] inline std::string to_string(result_kind kind) {
  return kind == result_kind::probabilities ? "probabilities" : "labels";
}

/// Reads the value of --kind.
/// @throws usage_error that lists the kinds.
[[nodiscard]] inline result_kind parse_result_kind(std::string_view text) {
  for (auto const kind : {result_kind::probabilities, result_kind::labels})
    if (text == to_string(kind)) return kind;
  throw usage_error("--kind '" + std::string(text) + "': allowed are probabilities, labels");
}

namespace detail {

[[nodiscard]] inline bool is_floating(element_type type) {
  return type == element_type::float32 || type == element_type::float64;
}

[[nodiscard]] inline bool could_be(result_kind kind, volume_description const& d,
                                   std::size_t class_count) {
  index_t const channels = d.shape[1];
  if (kind == result_kind::labels) return channels == 1 && !is_floating(d.type);
  return channels == static_cast<index_t>(class_count) &&
         (is_floating(d.type) || d.type == element_type::uint8);
}

/// "3 channels of uint16".
[[nodiscard]] inline std::string channels_text(volume_description const& d) {
  return std::to_string(d.shape[1]) + (d.shape[1] == 1 ? " channel of " : " channels of ") +
         to_string(d.type);
}

}  // namespace detail

/// Learns from channels and type what a result holds: as many channels as there are classes, of
/// float32, float64 or (as round(255 p)) uint8, are probabilities; one channel of integers is
/// labels.
/// @param wish what the user says it is
/// @throws usage_error when it may be both and nobody says which, shape_error when it is neither,
/// or not what the user says.
[[nodiscard]] inline result_kind kind_of_result(volume_description const& d,
                                                std::size_t class_count,
                                                std::optional<result_kind> const& wish = {}) {
  bool const probabilities = detail::could_be(result_kind::probabilities, d, class_count);
  bool const labels = detail::could_be(result_kind::labels, d, class_count);
  if (wish ? detail::could_be(*wish, d, class_count) : probabilities != labels)
    return wish.value_or(labels ? result_kind::labels : result_kind::probabilities);
  if (!wish && probabilities)
    throw usage_error("the result has " + detail::channels_text(d) +
                      " for a classifier of one class: these may be probabilities or labels; say "
                      "which with --kind probabilities or --kind labels");
  throw shape_error("the result has " + detail::channels_text(d) + ", which are no " +
                    (wish ? to_string(*wish) : std::string("result")) + " of a classifier of " +
                    std::to_string(class_count) + (class_count == 1 ? " class" : " classes") +
                    "; probabilities have one channel per class, of float32, float64 or uint8, "
                    "labels one channel of integers");
}

/// How voxstitch would make such a result.
[[nodiscard]] inline recipe recipe_of_result(volume_description const& d, result_kind kind) {
  if (kind == result_kind::labels) return {output_kind::labels, {}, false};
  return {output_kind::probabilities, {}, d.type == element_type::uint8};
}

/// @param region part of the input that the result covers (z, y, x)
/// @throws shape_error when the result has other extents.
inline void require_extents_of_result(volume_description const& result,
                                      volume_description const& input, box<3> const& region) {
  coord<3> const has = spatial(result.shape);
  coord<3> const whole = spatial(input.shape);
  if (has != region.shape())
    throw shape_error("the result is " + to_string(has) + " (z,y,x), but " +
                      (region.shape() == whole
                           ? "the input is " + to_string(whole) +
                                 "; a result of a part of it is compared with --roi"
                           : "--roi is " + to_string(region.shape()) +
                                 "; name the part that the result was made of"));
  if (result.shape[0] != input.shape[0])
    throw shape_error("the result has " + std::to_string(result.shape[0]) +
                      " time steps, but the input has " + std::to_string(input.shape[0]));
}

}  // namespace voxstitch::pipeline
