// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How much memory do control groups (containers, Slurm, systemd) leave to this process?

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

namespace voxstitch {

namespace detail {

/// The number in a one-number file, or the largest number when there is none ("max", no such file).
[[nodiscard]] inline std::int64_t limit_in_file(std::filesystem::path const& path) {
  std::ifstream file(path);
  std::int64_t bytes = 0;
  return file >> bytes ? bytes : std::numeric_limits<std::int64_t>::max();
}

/// The smallest limit in a group and all groups above it: each binds.
/// @param group as "/slurm/job_7"
[[nodiscard]] inline std::int64_t limit_on_path(std::filesystem::path const& mount,
                                                std::filesystem::path const& group,
                                                char const* file) {
  auto folder = mount;
  std::int64_t limit = limit_in_file(folder / file);
  for (auto const& part : group.relative_path()) {
    folder /= part;
    limit = std::min(limit, limit_in_file(folder / file));
  }
  return limit;
}

/// One line of /proc/self/cgroup, "4:memory:/slurm/job_7" or, in version 2, "0::/slurm/job_7".
struct cgroup_line {
  bool is_version_2 = false;
  bool is_of_memory = false;
  std::string group;
};
[[nodiscard]] inline cgroup_line parse_cgroup_line(std::string const& line) {
  auto const first = line.find(':');
  auto const second = line.find(':', first + 1);
  if (first == line.npos || second == line.npos) return {};
  auto const controllers = "," + line.substr(first + 1, second - first - 1) + ",";
  return {controllers == ",,", controllers.find(",memory,") != controllers.npos,
          line.substr(second + 1)};
}

}  // namespace detail

/// Bytes; the largest number where nothing limits. (cgroups(7), versions 1 and 2.)
/// @param membership the groups of the process
/// @param mount      where the groups' files are
[[nodiscard]] inline std::int64_t
cgroup_memory_limit(std::filesystem::path const& membership = "/proc/self/cgroup",
                    std::filesystem::path const& mount = "/sys/fs/cgroup") {
  // In a container the own group is often the root of what can be seen.
  std::int64_t limit = std::min(detail::limit_in_file(mount / "memory.max"),
                                detail::limit_in_file(mount / "memory/memory.limit_in_bytes"));
  std::ifstream lines(membership);
  for (std::string text; std::getline(lines, text);) {
    auto const line = detail::parse_cgroup_line(text);
    if (line.is_version_2)
      for (auto const& root : {mount, mount / "unified"})
        limit = std::min(limit, detail::limit_on_path(root, line.group, "memory.max"));
    if (line.is_of_memory)
      limit = std::min(
          limit, detail::limit_on_path(mount / "memory", line.group, "memory.limit_in_bytes"));
  }
  return limit;
}

}  // namespace voxstitch
