// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Is a file a project of pixel classification, and which ilastik saved it?

#include <string>

#include "voxstitch/ilastik/detail/project_file.hpp"

namespace voxstitch::ilastik::detail {

inline constexpr std::string_view object_classification =
    "Object Classification (from pixel classification)";

struct project_identity {
  std::string version;   ///< of the ilastik that saved it, as "1.4.1b15"
  std::string workflow;  ///< as "Pixel Classification"; may be empty
};

/// Refuses what is no project of this kind, by its version and its workflow.
[[nodiscard]] inline project_identity read_identity(project_file const& file) {
  project_identity result;
  file.require(file.has_dataset("ilastikVersion"), "",
               "this HDF5 file is no ilastik project (it has no ilastikVersion)",
               "give the .ilp file that ilastik saved");
  file.require(!file.holds_numbers("ilastikVersion"), "ilastikVersion",
               "the project is from before ilastik 1.0, whose layout is not supported",
               "make it anew with a present ilastik");
  result.version = file.text("ilastikVersion").value_or("");
  result.workflow = file.text("workflowName").value_or("");
  file.require(!result.workflow.starts_with("Autocontext"), "workflowName",
               "two-stage autocontext is not supported: the workflow is " +
                   voxstitch::quoted(result.workflow),
               "train a \"Pixel Classification\" project instead");
  bool const known = result.workflow.empty() || result.workflow == "Pixel Classification" ||
                     result.workflow == object_classification;
  file.require(known, "workflowName", "the workflow is " + voxstitch::quoted(result.workflow),
               "a \"Pixel Classification\" project (or \"Object Classification (from pixel "
               "classification)\") is needed");
  return result;
}

}  // namespace voxstitch::ilastik::detail
