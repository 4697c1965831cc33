// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a result look like?

#include <string>

#include "voxstitch/pipeline/job_run.hpp"

namespace app {

/// Writes a PNG: the middle raw slice of the result beside the same slice coloured by label.
void write_picture(std::string const& path, voxstitch::pipeline::job const& job,
                   voxstitch::pipeline::prepared_job const& prepared,
                   voxstitch::pipeline::job_run const& finished);

}  // namespace app
