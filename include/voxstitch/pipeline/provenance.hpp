// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file From what, how and when was a file made?

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "voxstitch/pipeline/plan.hpp"

namespace voxstitch::pipeline {

/// The file beside an output that holds what varies from run to run: plan, times, host.
[[nodiscard]] inline std::string provenance_name(std::string const& file) {
  return file + ".provenance.json";
}

/// The fingerprint in the provenance of `file`, if both are there and readable.
[[nodiscard]] inline std::optional<std::string> recorded_fingerprint(std::string const& file) {
  if (!std::filesystem::exists(file)) return std::nullopt;
  std::ifstream in(provenance_name(file));
  auto const json = nlohmann::json::parse(in, nullptr, false);
  if (!json.is_object() || !json.contains("fingerprint") || !json["fingerprint"].is_string())
    return std::nullopt;
  return json["fingerprint"].get<std::string>();
}

/// What a plan says, for the record.
[[nodiscard]] inline nlohmann::ordered_json to_json(plan const& p) {
  return {{"chunk", p.chunk.values},
          {"block", p.block_shape.values},
          {"blocks", p.blocks},
          {"blocks_in_flight", p.blocks_in_flight},
          {"voxels", p.voxels},
          {"peak_bytes", p.peak_bytes},
          {"halo_factor", p.overhead.halo},
          {"decode_factor", p.decodes.times},
          {"cache_bytes", p.cache_bytes}};
}

}  // namespace voxstitch::pipeline
