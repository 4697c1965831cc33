// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How do findings become a page?

#include <string>

#include "report_findings.hpp"

namespace app {

/// One HTML file that needs nothing else.
[[nodiscard]] std::string report_page(report_sources const& sources, report_findings const& found);

}  // namespace app
