// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do the options of the commands on the classic workflow's files say?

#include <string>
#include <string_view>
#include <vector>

#include "job_options.hpp"
#include "voxstitch/pipeline/classic_merge.hpp"

namespace app {

/// The words of one command line, read but not yet looked up.
struct classic_options {
  std::vector<std::string> inputs;
  std::string target;  ///< of --materialize or -o
  std::string name;
  voxstitch::coord<3> block{{400, 400, 600}};   ///< z, y, x: slices, rows, columns
  voxstitch::coord<3> overlap{{20, 20, 20}};    ///< z, y, x
  voxstitch::pipeline::class_content content =  //
      voxstitch::pipeline::class_content::masked_raw;
  job_options common;  ///< those that voxstitch run has too

  [[nodiscard]] voxstitch::pipeline::classic_means means(std::int64_t process_bytes) const {
    return {common.chunk, common.ram, process_bytes, common.threads};
  }
};

/// Whether `option` is among the words, alone or with a value.
[[nodiscard]] bool has_option(std::vector<std::string> const& words, std::string_view option);

/// @param command for messages: "split --materialize"
/// @param allowed options besides --threads, --ram, --overwrite and --progress
/// @throws usage_error that names the option, the value and what is allowed.
[[nodiscard]] classic_options parse_classic_options(std::string const& command,
                                                    std::vector<std::string> const& words,
                                                    std::vector<std::string> allowed);

}  // namespace app
