// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What is measured for a report?

#include <optional>
#include <vector>

#include "report_sources.hpp"
#include "signals.hpp"
#include "voxstitch/core/progress.hpp"
#include "voxstitch/pipeline/class_counts.hpp"
#include "voxstitch/pipeline/plane_window.hpp"
#include "voxstitch/pipeline/run.hpp"
#include "voxstitch/pipeline/sampled_planes.hpp"
#include "voxstitch/pipeline/seam_statistic.hpp"
#include "voxstitch/pipeline/uncertainty_cells.hpp"

namespace app {

/// A hot spot with its picture.
struct spot_picture {
  voxstitch::pipeline::hot_spot spot;
  voxstitch::box<3> window;                 ///< z, y, x; one plane
  voxstitch::dense_array<float, 3> raw;     ///< rows, columns, channels
  voxstitch::dense_array<float, 3> labels;  ///< the same, one channel
};

/// Whether the blocks of a result show.
struct seam_findings {
  voxstitch::pipeline::seam_report report;
  voxstitch::coord<3> grid;  ///< z, y, x
  bool grid_is_known = false;
  voxstitch::pipeline::result_kind kind = voxstitch::pipeline::result_kind::labels;
};

struct report_findings {
  voxstitch::pipeline::sampled_planes raw;
  voxstitch::pipeline::sampled_planes labels;
  /// Channels: the uncertainty, then the probabilities of the first classes, where they are known.
  std::optional<voxstitch::pipeline::sampled_planes> soft = {};
  std::size_t shown_probabilities = 0;  ///< of these channels
  bool has_uncertainty = false;
  voxstitch::pipeline::class_counts counts = {};
  voxstitch::pipeline::mean_probabilities means = {};
  voxstitch::pipeline::label_agreement agreement = {};
  std::vector<spot_picture> spots = {};
  double mean_uncertainty = 0;
  voxstitch::coord<3> cell{};  ///< z, y, x; of the grid of hot spots
  seam_findings seams = {};
};

struct report_means {
  std::int64_t ram = 0;
  std::optional<voxstitch::coord<3>> block;  ///< of the grid whose faces are looked at
  std::optional<voxstitch::coord<3>> chunk;
};

/// Voxels that are read.
[[nodiscard]] voxstitch::index_t voxels_to_read(report_sources const& sources);

/// Reads everything once, and the labels (or probabilities) twice.
/// @throws budget_error, cancelled, and what reading throws.
[[nodiscard]] report_findings find_for_report(report_sources const& sources,
                                              report_means const& means,
                                              voxstitch::pipeline::run_control const& control);

}  // namespace app
