// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does long work learn that it shall stop?

#include <stop_token>

#include "voxstitch/core/error.hpp"

namespace voxstitch {

/// @throws cancelled when a stop was requested through `token`.
inline void throw_if_stopped(std::stop_token const& token) {
  if (token.stop_requested()) throw cancelled{};
}

}  // namespace voxstitch
