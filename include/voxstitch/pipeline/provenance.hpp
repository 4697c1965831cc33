// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file From what, how and when was a file made?

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "voxstitch/pipeline/datasets.hpp"
#include "voxstitch/pipeline/plan.hpp"

namespace voxstitch::pipeline {

/// The file beside an output that holds what varies from run to run: plan, times, host.
[[nodiscard]] inline std::string provenance_name(std::string const& file) {
  return file + ".provenance.json";
}

namespace detail {

/// What a provenance file says; null where it is not there or not readable.
[[nodiscard]] inline nlohmann::json read_record(std::string const& record) {
  std::ifstream in(record);
  auto json = nlohmann::json::parse(in, nullptr, false);
  return json.is_object() ? json : nlohmann::json(nullptr);
}

}  // namespace detail

/// The fingerprint in a provenance file, if it is there and readable.
[[nodiscard]] inline std::optional<std::string> recorded_fingerprint_in(std::string const& record) {
  auto const json = detail::read_record(record);
  if (!json.contains("fingerprint") || !json["fingerprint"].is_string()) return std::nullopt;
  return json["fingerprint"].get<std::string>();
}

/// The fingerprint in the provenance of `file`, if both are there and readable.
[[nodiscard]] inline std::optional<std::string> recorded_fingerprint(std::string const& file) {
  if (!std::filesystem::exists(file)) return std::nullopt;
  return recorded_fingerprint_in(provenance_name(file));
}

/// Whether `file` has as many bytes as when it was made, if its provenance tells how many.
[[nodiscard]] inline bool has_recorded_bytes(std::string const& file) {
  auto const json = detail::read_record(provenance_name(file));
  if (!json.contains("bytes") || !json["bytes"].is_number_unsigned()) return true;
  std::error_code none;
  return std::filesystem::file_size(file, none) == json["bytes"].get<std::uintmax_t>();
}

/// The shape (z, y, x) of the blocks that `file` was made of, if its provenance tells.
[[nodiscard]] inline std::optional<coord<3>> recorded_block(std::string const& file) {
  if (!std::filesystem::exists(file)) return std::nullopt;
  auto const json = detail::read_record(provenance_name(file));
  nlohmann::json::json_pointer const place("/plan/block");
  if (!json.contains(place) || !json[place].is_array() || json[place].size() != 3)
    return std::nullopt;
  coord<3> block;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    auto const& extent = json[place][axis];
    if (!extent.is_number_integer() || extent.get<index_t>() < 1) return std::nullopt;
    block[axis] = extent.get<index_t>();
  }
  return block;
}

/// What the dataset `name` in `file` holds (of several the first, where no name is given), if its
/// provenance tells.
[[nodiscard]] inline std::optional<output_kind> recorded_kind(std::string const& file,
                                                              std::string const& name) {
  auto const json = detail::read_record(provenance_name(file));
  if (!json.contains("outputs") || !json["outputs"].is_array()) return std::nullopt;
  auto const text = [](nlohmann::json const& output, char const* key) {
    return output.is_object() && output.contains(key) && output[key].is_string()
               ? output[key].get<std::string>()
               : std::string();
  };
  auto const leaf = std::filesystem::path(file).filename();
  for (auto const& output : json["outputs"])
    if (std::filesystem::path(text(output, "file")).filename() == leaf &&
        (name.empty() || text(output, "dataset") == name))
      return kind_named(text(output, "kind"));
  return std::nullopt;
}

/// Outputs, for the record.
[[nodiscard]] inline nlohmann::ordered_json to_json(std::vector<output_plan> const& outputs) {
  auto list = nlohmann::ordered_json::array();
  for (auto const& o : outputs)
    for (auto const& d : o.datasets)
      list.push_back({{"kind", to_string(o.request.kind)}, {"file", d.file}, {"dataset", d.name}});
  return list;
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
