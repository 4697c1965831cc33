// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/core/cgroup_limit.hpp"

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace voxstitch;
namespace fs = std::filesystem;

namespace {

constexpr auto none = std::numeric_limits<std::int64_t>::max();

void put(fs::path const& path, std::string const& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text << '\n';
}

}  // namespace

TEST_CASE("where there are no control groups nothing limits", "[core]") {
  test::temporary_folder const folder;
  CHECK(cgroup_memory_limit(folder / "none", folder / "nowhere") == none);
  put(folder / "groups", "0::/\n");
  CHECK(cgroup_memory_limit(folder / "groups", folder / "nowhere") == none);
}

TEST_CASE("in version 2 the own group and all above it limit", "[core]") {
  test::temporary_folder const folder;
  put(folder / "groups", "0::/system.slice/slurmd/job_7/step_0");
  fs::path const mount = folder / "mount";
  put(mount / "system.slice/slurmd/job_7/memory.max", "2000");
  put(mount / "system.slice/slurmd/job_7/step_0/memory.max", "max");
  put(mount / "system.slice/memory.max", "3000");
  put(mount / "system.slice/slurmd/job_8/memory.max", "5");
  CHECK(cgroup_memory_limit(folder / "groups", mount) == 2000);
  put(mount / "memory.max", "1000");
  CHECK(cgroup_memory_limit(folder / "groups", mount) == 1000);
}

TEST_CASE("in version 1 the memory controller's group limits", "[core]") {
  test::temporary_folder const folder;
  put(folder / "groups", "5:devices:/a\n4:cpuset,memory:/slurm/job_7\n0::/b");
  fs::path const mount = folder / "mount";
  put(mount / "memory/slurm/job_7/memory.limit_in_bytes", "4000");
  put(mount / "memory/a/memory.limit_in_bytes", "1");
  put(mount / "devices/a/memory.limit_in_bytes", "2");
  CHECK(cgroup_memory_limit(folder / "groups", mount) == 4000);
  put(mount / "unified/b/memory.max", "3000");
  CHECK(cgroup_memory_limit(folder / "groups", mount) == 3000);
}

TEST_CASE("a list of groups that makes no sense limits nothing", "[core]") {
  test::temporary_folder const folder;
  put(folder / "groups", "nonsense\n:\n::\n0:memory\n");
  CHECK(cgroup_memory_limit(folder / "groups", folder / "mount") == none);
}
