// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do the options of the commands that make volumes say?

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "progress_display.hpp"
#include "voxstitch/geometry/coord.hpp"
#include "voxstitch/pipeline/output.hpp"

namespace app {

/// The words of one command line (or --config file), read but not yet looked up.
struct job_options {
  bool help = false;
  std::string input;
  std::string project;
  std::string classifier;
  std::string class_names;
  std::string halo;
  bool normalise = false;
  std::string mask;
  std::vector<voxstitch::pipeline::output_request> outputs;
  voxstitch::pipeline::class_content content = voxstitch::pipeline::class_content::mask;
  bool quantised = false;
  std::string axes;
  char stack_along = 'z';
  std::string stitch;
  voxstitch::coord<3> overlap{};
  std::string region;
  std::optional<voxstitch::coord<3>> block;
  std::optional<voxstitch::coord<3>> chunk;
  std::map<std::string, std::string> flat;  ///< options that were given as y,x, for images
  int threads = 1;
  std::int64_t ram = 0;
  std::string job_folder;
  bool fresh = false;
  bool link = false;              ///< virtual datasets
  voxstitch::index_t shards = 0;  ///< 0: not given
  std::string shard;              ///< "i/n"
  bool overwrite = false;
  progress_style progress = progress_style::none;
  std::string picture;
  std::string report;
  std::vector<std::string> command;        ///< words that make the same job again, anywhere
  std::map<std::string, std::string> own;  ///< values of a command's own words; empty: not given
  std::vector<std::string> rest;           ///< see own_words
};

/// Words that only one command knows.
struct own_words {
  std::vector<std::string> options = {};     ///< names, without --; each takes a value
  std::vector<std::string> positional = {};  ///< what may follow the input
  std::string rest = {};                  ///< name of what may follow all that, any number of times
  bool output_is_file = false;            ///< -o names a file, no KIND=PATH
  std::vector<std::string> refused = {};  ///< options of other commands (a --config may have them)
};

/// @throws usage_error that names the option, the value and what is allowed.
[[nodiscard]] job_options parse_job_options(std::vector<std::string> const& words,
                                            own_words const& own = {});

/// Two numbers would mean another thing for each option of a volume.
/// @throws usage_error for options given as y,x when the input has several planes.
void require_all_axes(job_options const& o, voxstitch::coord<3> const& shape);

/// What `job` asks for, with the threads, the memory and the other means of `here`.
[[nodiscard]] job_options with_means_of(job_options job, job_options const& here);

}  // namespace app
