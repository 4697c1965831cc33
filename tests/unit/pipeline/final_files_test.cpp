// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/final_files.hpp"

#include "support/catch.hpp"
#include "support/file_bytes.hpp"
#include "support/temporary_folder.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

TEST_CASE("final_files: all files appear under their names, or none", "[pipeline]") {
  temporary_folder const folder;
  auto const a = (folder / "a.h5").string(), b = (folder / "\xC3\xA4 b.tif").string();
  {
    final_files files;
    write_bytes(files.begin(a), "one");
  }
  CHECK(std::filesystem::is_empty(folder.path()));
  final_files files;
  write_bytes(files.begin(a), "one");
  write_bytes(files.begin(b), "two");
  CHECK_FALSE(std::filesystem::exists(a));
  files.publish(folder.path());
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
    final_files files;
    write_bytes(files.begin(a), "one");
    write_bytes(files.begin(b), "two");
    files.publish(folder.path());
  }
  std::filesystem::rename(b, io::partial_name(b));  // as if the process had died before the second
  final_files::finish(folder.path());
  CHECK(bytes_of(b) == "two");
  std::filesystem::remove(b);
  CHECK_THROWS_WITH(final_files::finish(folder.path()), Contains("b.h5"));
  for (char const* damage : {"", "{", "{}", "17"}) {
    write_bytes(folder / "done.json", damage);
    CHECK_THROWS_AS(final_files::finish(folder.path()), format_error);
  }
}

TEST_CASE("final_files: without a record the files go and nothing is replaced", "[pipeline]") {
  temporary_folder const folder;
  auto const a = (folder / "a.h5").string();
  write_bytes(a, "precious");
  {
    final_files files;
    write_bytes(files.begin(a), "new");
    CHECK_THROWS_AS(files.publish(folder / "nowhere"), io_error);
  }
  CHECK(bytes_of(a) == "precious");
  CHECK_FALSE(std::filesystem::exists(io::partial_name(a)));
}
