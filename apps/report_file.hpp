// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How is a report on a finished result written?

#include "report_sources.hpp"
#include "signals.hpp"

namespace app {

/// Before any work: the page must end as one, and have a free place.
/// @throws usage_error
void require_free_page(std::string const& page, bool overwrite);

/// Opens, measures, writes `options.report`, and says so; shows progress.
/// @param options only what says where to, with which means, and how to show progress is used
/// @return the exit code
/// @throws what opening, measuring and writing throw; no page is left then.
[[nodiscard]] int write_report(report_request const& request, job_options const& options,
                               signal_watch const& signals);

}  // namespace app
