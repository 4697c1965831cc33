// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a reader say about a project that was changed for the worse?

#include <string>

#include "support/catch.hpp"
#include "voxstitch/core/error.hpp"

namespace voxstitch::test {

/// Whether a message says that; the message is shown where it does not.
inline bool says(std::string const& message, std::string const& part) {
  UNSCOPED_INFO("message: " << message);
  return message.find(part) != std::string::npos;
}

/// What `read` says about the small project, whose file it must name.
template <class Read>
std::string refusal_of_small_project(Read const& read) {
  try {
    static_cast<void>(read());
  } catch (format_error const& problem) {
    CHECK(std::string(problem.what()).find("small.ilp'") != std::string::npos);
    return problem.what();
  }
  return "no error";
}

}  // namespace voxstitch::test
