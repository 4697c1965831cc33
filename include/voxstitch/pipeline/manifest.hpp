// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What was decided when a job began, for every process that works on it?

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "voxstitch/core/error.hpp"
#include "voxstitch/geometry/coord.hpp"
#include "voxstitch/io/whole_file.hpp"
#include "voxstitch/pipeline/escaped.hpp"
#include "voxstitch/pipeline/fingerprint.hpp"

namespace voxstitch::pipeline {

/// One walk, as it was planned.
struct stage_decision {
  std::string name;
  coord<3> block{};  ///< z, y, x
  coord<3> chunk{};
  index_t shards = 1;

  friend bool operator==(stage_decision const&, stage_decision const&) = default;
};

/// What stands in a job folder before any block does.
struct manifest {
  fingerprint facts;
  std::vector<std::string> command;  ///< options that make the same job again
  std::vector<stage_decision> stages;

  friend bool operator==(manifest const&, manifest const&) = default;
};

namespace detail {

inline constexpr char const* manifest_name = "manifest.json";
inline constexpr char const* manifest_format = "voxstitch job 1";

[[nodiscard]] inline nlohmann::ordered_json to_json(manifest const& m) {
  auto json = nlohmann::ordered_json{{"format", manifest_format},
                                     {"fingerprint", m.facts.text()},
                                     {"facts", nlohmann::ordered_json::array()},
                                     {"command", nlohmann::ordered_json::array()},
                                     {"stages", nlohmann::ordered_json::array()}};
  for (auto const& [name, value] : m.facts.facts())
    json["facts"].push_back({escaped(name), escaped(value)});
  for (auto const& word : m.command) json["command"].push_back(escaped(word));
  for (auto const& s : m.stages)
    json["stages"].push_back({{"name", s.name},
                              {"block", s.block.values},
                              {"chunk", s.chunk.values},
                              {"shards", s.shards}});
  return json;
}

/// @throws format_error unless all are at least 1.
[[nodiscard]] inline coord<3> shape_in(nlohmann::json const& json) {
  coord<3> const shape{json.get<std::array<index_t, 3>>()};
  if (std::any_of(shape.begin(), shape.end(), [](index_t n) { return n < 1; }))
    throw format_error("a shape " + to_string(shape) + " is not at least 1 along every axis");
  return shape;
}

[[nodiscard]] inline stage_decision stage_in(nlohmann::json const& json) {
  stage_decision s{json.at("name").get<std::string>(), shape_in(json.at("block")),
                   shape_in(json.at("chunk")), json.at("shards").get<index_t>()};
  if (s.shards < 1) throw format_error("there are " + std::to_string(s.shards) + " shards");
  return s;
}

/// @throws format_error, or the JSON library's errors.
[[nodiscard]] inline manifest manifest_in(nlohmann::json const& json) {
  if (json.at("format").get<std::string>() != manifest_format)
    throw format_error("the format is not '" + std::string(manifest_format) + "'");
  manifest m;
  for (auto const& [name, value] : json.at("facts").get<std::vector<fingerprint::fact>>())
    m.facts.add(unescaped(name), unescaped(value));
  for (auto const& word : json.at("command"))
    m.command.push_back(unescaped(word.get<std::string>()));
  if (json.at("fingerprint").get<std::string>() != m.facts.text())
    throw format_error("the facts do not have the fingerprint that they had");
  for (auto const& s : json.at("stages")) m.stages.push_back(stage_in(s));
  return m;
}

}  // namespace detail

/// Writes a job's manifest into its folder: complete, or not at all.
/// @throws io_error when the disk refuses.
inline void write_manifest(std::filesystem::path const& folder, manifest const& m) {
  io::write_whole_file(folder / detail::manifest_name, detail::to_json(m).dump(1) + '\n');
}

[[nodiscard]] inline bool has_manifest(std::filesystem::path const& folder) {
  return std::filesystem::exists(folder / detail::manifest_name);
}

/// @throws io_error when there is none; format_error when it is damaged.
[[nodiscard]] inline manifest read_manifest(std::filesystem::path const& folder) {
  auto const path = (folder / detail::manifest_name).string();
  std::ifstream file(path);
  if (!file)
    throw io_error("job folder " + quoted(folder.string()) +
                   " holds no job: there is no manifest.json; make one with voxstitch split --job");
  try {
    return detail::manifest_in(nlohmann::json::parse(file));
  } catch (std::exception const& damage) {
    throw format_error("manifest " + quoted(path) + " cannot be used: " + damage.what() +
                       "; begin the job anew with --fresh");
  }
}

}  // namespace voxstitch::pipeline
