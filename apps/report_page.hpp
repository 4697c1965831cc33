// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do findings become a page?

#include <string>
#include <vector>

#include "report_findings.hpp"

namespace app {

/// One HTML file that needs nothing else.
[[nodiscard]] std::string report_page(report_sources const& sources, report_findings const& found);

/// The share of each class and, where the truth is known, how well it is met.
[[nodiscard]] std::vector<std::string> class_lines(report_sources const& sources,
                                                   report_findings const& found);

}  // namespace app
