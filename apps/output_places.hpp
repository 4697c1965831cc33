// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file May files be written where they were asked for?

#include <string>
#include <vector>

#include "job_setup.hpp"

namespace app {

/// A name that a command was given, and the files that it stands for.
struct named_files {
  std::string what;                     ///< "the input", "--mask"
  std::string name;                     ///< as given: a file, a folder or a pattern
  std::vector<std::string> files = {};  ///< with the dataset, where they are HDF5
};

/// The files that a command line names; none where the name is empty.
/// @throws format_error or usage_error when there are none.
[[nodiscard]] named_files files_named(std::string const& what, std::string const& name);

/// Whatever may be replaced, a file that is needed otherwise may not.
/// @param what "output", "--picture"
/// @throws usage_error when `file` is one of `others`, by whatever name.
void require_apart(std::string const& what, std::string const& file,
                   std::vector<named_files> const& others);

/// What is written must not be taken for a part of what was read when the same is read again.
/// @throws usage_error when `file` lies in one of the folders, or is matched by one of the
/// patterns, that `others` name.
void require_outside(std::string const& what, std::string const& file,
                     std::vector<named_files> const& others);

/// Both of these, for all files of a job: outputs, picture and page.
/// @throws usage_error
void require_outputs_apart(job_options const& options, job_setup const& setup,
                           voxstitch::pipeline::prepared_job const& prepared);

}  // namespace app
