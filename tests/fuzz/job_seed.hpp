// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does a small job leave in its folder?

#include <string>
#include <string_view>

#include "voxstitch/core/hash.hpp"
#include "voxstitch/pipeline/shard.hpp"

namespace voxstitch::fuzz {

/// Eight blocks of a volume of 8 x 8 x 8 bytes.
[[nodiscard]] inline pipeline::stage seed_stage() {
  box<3> const volume = box<3>::at_origin({{8, 8, 8}});
  pipeline::stage s;
  s.name = "blocks";
  s.grid = {volume, volume, {}, {}};
  s.what.block_shape = s.what.chunk = {{4, 4, 4}};
  s.what.blocks = 8;
  volume_description d;
  d.shape = {{1, 1, 8, 8, 8}};
  d.axes = "zyx";
  s.datasets.push_back(d);
  return s;
}

/// The lines of `text`, each with the checksum that makes it sound.
[[nodiscard]] inline std::string sealed_journal(std::string_view text) {
  std::string journal = "voxstitch journal 1 f\n";
  while (!text.empty()) {
    auto const end = text.find('\n');
    std::string const line(text.substr(0, end));
    journal += line + ' ' + pipeline::detail::hexadecimal(hash_of(line)) + '\n';
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return journal;
}

}  // namespace voxstitch::fuzz
