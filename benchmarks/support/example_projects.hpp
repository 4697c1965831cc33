// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Which projects does the whole program run with?

#include <filesystem>

namespace voxstitch::benchmarks {

/// Writes ilastik projects of forests that were trained on a synthetic brain: small.ilp, middle.ilp
/// and large.ilp have ilastik's full set of 61 channels and about 11, 60 and 360 thousand nodes;
/// few-channels.ilp has the 20 channels of two scales.
void write_projects(std::filesystem::path const& folder);

}  // namespace voxstitch::benchmarks
