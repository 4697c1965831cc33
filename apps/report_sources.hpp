// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is a report about?

#include <optional>
#include <string>
#include <vector>

#include "job_options.hpp"
#include "voxstitch/geometry/box.hpp"
#include "voxstitch/io/open_source.hpp"
#include "voxstitch/pipeline/output.hpp"

#include <nlohmann/json.hpp>

namespace app {

/// A volume with its name.
struct named_source {
  std::string path;  ///< as given
  voxstitch::io::opened_source opened;

  [[nodiscard]] voxstitch::io::any_source const& source() const { return opened.source; }
  [[nodiscard]] voxstitch::volume_description const& description() const {
    return opened.source.description();
  }
};

/// An input and what was made of it.
struct report_sources {
  named_source input;
  std::optional<named_source> labels = {};
  std::optional<named_source> probabilities = {};
  std::optional<named_source> uncertainty = {};
  std::optional<named_source> truth = {};
  voxstitch::box<3> region = {};              ///< of the input that the results cover; z, y, x
  std::vector<std::string> class_names = {};  ///< as far as they are known
  nlohmann::json provenance = nullptr;        ///< of the results; null where nothing tells it
  std::vector<std::string> warnings = {};

  /// The result that the labels come from.
  [[nodiscard]] named_source const& main() const { return labels ? *labels : *probabilities; }
};

/// What a report is asked about.
struct report_request {
  std::string input;
  std::vector<std::string> results;  ///< PATH or KIND=PATH
  std::string truth;                 ///< path, or empty
  std::string project;               ///< path, or empty: knows its training images' axes, and names
  std::string axes;                  ///< of the input
  std::string result_axes;
  char stack_along = 'z';
  std::string class_names;  ///< "A,B,...", or empty
  std::string region;       ///< --roi, or empty
};

/// Of "labels=l.h5", or of a path alone.
/// @throws usage_error for a kind that a report does not show.
[[nodiscard]] std::string path_of_result(std::string const& word);

/// Opens everything.
/// @throws usage_error, format_error or shape_error with the remedy.
[[nodiscard]] report_sources open_report_sources(report_request const& request);

}  // namespace app
