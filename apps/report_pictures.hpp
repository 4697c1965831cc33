// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do slices become pictures inside a page?

#include <nlohmann/json.hpp>

#include "report_findings.hpp"

namespace app {

/// Grey levels between the darkest and brightest few voxels.
struct grey_range {
  float low = 0;
  float high = 1;
};

/// Of the raw values that are shown; bytes of three colours are shown as they are.
[[nodiscard]] grey_range grey_range_of(report_findings const& f, voxstitch::element_type type);

/// For each axis z, y, x: its planes, their size and their pictures as data URIs: "raw", "labels"
/// (grey; the value is the label) and "soft" (channels as in report_findings::soft, three to a
/// picture, 255 for 1).
[[nodiscard]] nlohmann::json views_of(report_findings const& f, grey_range const& greys);

/// The same for hot spots, with their places; without "soft".
[[nodiscard]] nlohmann::json spots_of(report_findings const& f, grey_range const& greys);

}  // namespace app
