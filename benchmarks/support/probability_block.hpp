// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do probabilities look like?

#include "voxstitch/view/dense_array.hpp"

namespace voxstitch::benchmarks {

/// [class, z, y, x]: what a forest of 100 trees and three classes says about the phantom_block of
/// that side.
[[nodiscard]] dense_array<float, 4> probability_block(index_t side);

}  // namespace voxstitch::benchmarks
