// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What can go wrong, and under which name is it thrown?

#include <stdexcept>
#include <string>

namespace voxstitch {

/// Base of everything the library throws. The message says where, what was, what is allowed and
/// what to do; paths are quoted.
struct error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The caller asked for something contradictory or unknown.
struct usage_error : error {
  using error::error;
};

/// A file is not what its name or its header promises, or uses a feature that is not supported.
struct format_error : error {
  using error::error;
};

/// Extents, axes or channels that must agree do not.
struct shape_error : error {
  using error::error;
};

/// The operating system or a C library refused to read or write.
struct io_error : error {
  using error::error;
};

/// The memory budget does not suffice for the smallest piece of work.
struct budget_error : error {
  using error::error;
};

/// Work was stopped on request; what was finished is kept.
struct cancelled : error {
  cancelled() : error("stopped on request") {}
};

/// `path` in quotes, as messages show it.
[[nodiscard]] inline std::string quoted(std::string const& path) { return "'" + path + "'"; }
/// The same; std::quoted of <iomanip> would be the better match for a string that is not const.
[[nodiscard]] inline std::string quoted(std::string& path) { return "'" + path + "'"; }

}  // namespace voxstitch
