// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/final_files.hpp"

#include "support/catch.hpp"
#include "support/file_bytes.hpp"
#include "support/temporary_folder.hpp"
#include "voxstitch/pipeline/datasets.hpp"
#include "voxstitch/pipeline/provenance.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

TEST_CASE("final_files: all files appear under their names, or none", "[pipeline]") {
  temporary_folder const folder;
  auto const a = (folder / "a.h5").string(), b = (folder / "\xC3\xA4 b.tif").string();
  {
    final_files files(folder.path());
    write_bytes(files.begin(a), "one");
  }
  CHECK(std::filesystem::is_empty(folder.path()));
  final_files files(folder.path());
  write_bytes(files.begin(a), "one");
  write_bytes(files.begin(b), "two");
  CHECK_FALSE(std::filesystem::exists(a));
  files.publish();
  CHECK(bytes_of(a) == "one");
  CHECK(bytes_of(b) == "two");
  CHECK(final_files::has_record(folder.path()));
  CHECK_NOTHROW(final_files::finish(folder.path()));
  CHECK(bytes_of(b) == "two");
}

TEST_CASE("final_files: whoever finds the record finishes the renames", "[pipeline]") {
  temporary_folder const folder;
  auto const a = (folder / "a.h5").string(), b = (folder / "b.h5").string();
  {
    final_files files(folder.path());
    write_bytes(files.begin(a), "one");
    write_bytes(files.begin(b), "two");
    files.publish();
  }
  // as if the process had died before the second
  std::filesystem::rename(b, final_files(folder.path()).partial_name(b));
  write_bytes(b, "old");
  require_writable_folder(b);
  final_files::finish(folder.path());
  CHECK(bytes_of(b) == "two");
  std::filesystem::remove(b);
  CHECK_THROWS_WITH(final_files::finish(folder.path()), Contains("b.h5") && Contains("--fresh"));
  write_bytes(folder / "another", "");
  write_bytes(b, "old");
  CHECK_THROWS_WITH(final_files::finish(folder.path()), Contains("b.h5") && Contains("--fresh"));
  for (char const* damage : {"", "{", "{}", "17", "[17]", R"([{"file": "a", "partial": "b"}])"}) {
    write_bytes(folder / "done.json", damage);
    CHECK_THROWS_AS(final_files::finish(folder.path()), format_error);
  }
}

TEST_CASE("final_files: without a record the files go and nothing is replaced", "[pipeline]") {
  temporary_folder const folder;
  auto const a = (folder / "a.h5").string();
  write_bytes(a, "precious");
  {
    final_files files(folder / "nowhere");
    write_bytes(files.begin(a), "new");
    CHECK_THROWS_AS(files.publish(), io_error);
  }
  CHECK(bytes_of(a) == "precious");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("final_files: two jobs with an output in common do not write into one file",
          "[pipeline]") {
  temporary_folder const folder;
  auto const a = (folder / "a.h5").string();
  std::filesystem::create_directories(folder / "x.job");
  std::filesystem::create_directories(folder / "y.job");
  final_files first(folder / "x.job");
  final_files second(folder / "y.job");
  write_bytes(first.begin(a), "all of the first");
  write_bytes(second.begin(a), "a part");
  first.publish();
  CHECK(bytes_of(a) == "all of the first");
}

TEST_CASE("final_files: the longest name of an output has room for what stands around it",
          "[pipeline]") {
  temporary_folder const folder;
  auto const name = std::string(pipeline::detail::longest_file_name - 3, 'n') + ".h5";
  auto const output = (folder / name).string();
  final_files files(folder.path());
  write_bytes(files.begin(output), "values");
  write_bytes(files.begin(provenance_name(output)), "record");
  files.publish();
  CHECK(bytes_of(output) == "values");
  CHECK(bytes_of(provenance_name(output)) == "record");
}
