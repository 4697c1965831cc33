// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Does a volume look like labels, like probabilities or like an uncertainty?

#include <optional>
#include <string>
#include <vector>

#include "voxstitch/core/error.hpp"
#include "voxstitch/pipeline/finished_result.hpp"
#include "voxstitch/view/volume_description.hpp"

namespace voxstitch::pipeline {

namespace detail {

[[nodiscard]] inline bool may_hold(output_kind kind, volume_description const& d) {
  bool const one = d.shape[1] == 1;
  switch (kind) {
  case output_kind::labels: return one && !is_floating(d.type);
  case output_kind::uncertainty: return one && is_floating(d.type);
  case output_kind::probabilities:
    return is_floating(d.type) || d.type == element_type::uint8 || d.type == element_type::uint16;
  default: return false;
  }
}

}  // namespace detail

/// What a finished result holds, of what can be looked at: one channel of whole numbers is labels,
/// one of fractions an uncertainty, several channels are probabilities.
/// @param wish what somebody who knows says it is
/// @param name of the volume, for the message
/// @throws shape_error when it is none of them, or cannot be what it should be.
[[nodiscard]] inline output_kind kind_of_volume(volume_description const& d,
                                                std::string const& name,
                                                std::optional<output_kind> const& wish = {}) {
  std::vector<output_kind> kinds{output_kind::labels, output_kind::uncertainty,
                                 output_kind::probabilities};
  if (wish) kinds = {*wish};
  for (auto const kind : kinds)
    if (detail::may_hold(kind, d)) return kind;
  throw shape_error("result " + quoted(name) + " has " + detail::channels_text(d) +
                    ", which is no " + (wish ? to_string(*wish) : std::string("result")) +
                    "; labels have one channel of whole numbers, probabilities one of float32, "
                    "float64, uint8 or uint16 per class, an uncertainty one of float32 or float64");
}

}  // namespace voxstitch::pipeline
