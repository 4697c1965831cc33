// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/file_lock.hpp"

#include <filesystem>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

TEST_CASE("file_lock: the second is refused and told who has it", "[pipeline]") {
  temporary_folder const folder;
  auto const path = (folder / "lock").string();
  {
    file_lock const first(path, "shard 3");
    CHECK_THROWS_AS(file_lock(path, "shard 3"), io_error);
    CHECK_THROWS_WITH(file_lock(path, "shard 3"),
                      Contains("shard 3") && Contains("process " + std::to_string(::getpid())));
    CHECK_THROWS_AS(file_lock(path, "shard 3", file_lock::use::shared), io_error);
  }
  file_lock first(path, "shard 3");
  file_lock const moved(std::move(first));
  CHECK_THROWS_AS(file_lock(path, "shard 3"), io_error);
}

TEST_CASE("file_lock: some may share it, and then nobody has it alone", "[pipeline]") {
  temporary_folder const folder;
  auto const path = (folder / "lock").string();
  file_lock const one(path, "job", file_lock::use::shared);
  file_lock const two(path, "job", file_lock::use::shared);
  CHECK_THROWS_WITH(file_lock(path, "job"), Contains("in use"));
}

TEST_CASE("file_lock: a file that was removed is made anew", "[pipeline]") {
  temporary_folder const folder;
  auto const path = (folder / "lock").string();
  file_lock const gone(path, "job");
  std::filesystem::remove(path);
  file_lock const mine(path, "job");
  CHECK(std::filesystem::exists(path));
  CHECK_THROWS_WITH(file_lock((folder / "no" / "lock").string(), "job folder 'x'"),
                    Contains("job folder 'x'") && Contains("No such file"));
}
