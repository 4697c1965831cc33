// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/whole_file.hpp"

#include "file_size_limit.hpp"
#include "support/catch.hpp"
#include "support/file_bytes.hpp"
#include "support/temporary_folder.hpp"

using namespace voxstitch;
using namespace voxstitch::io;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

namespace {

std::size_t files_in(temporary_folder const& folder) {
  std::filesystem::directory_iterator const files(folder.path());
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

}  // namespace

TEST_CASE("write_whole_file: makes a file or replaces it, and leaves no other", "[io]") {
  temporary_folder const folder;
  auto const file = folder / "record.json";
  write_whole_file(file, "first");
  CHECK(bytes_of(file) == "first");
  write_whole_file(file, "second");
  CHECK(bytes_of(file) == "second");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("write_whole_file: replaces nothing where that was not asked for", "[io]") {
  temporary_folder const folder;
  auto const file = folder / "record.json";
  write_whole_file(file, "mine", if_exists::refuse);
  CHECK_THROWS_AS(write_whole_file(file, "yours", if_exists::refuse), io_error);
  CHECK_THROWS_WITH(write_whole_file(file, "yours", if_exists::refuse),
                    Contains(quoted(file.string()) + " exists already"));
  CHECK(bytes_of(file) == "mine");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("write_whole_file: a file that appears meanwhile is not replaced either", "[io]") {
  temporary_folder const folder;
  auto const file = folder / "record.json";
  write_bytes(file, "mine");
  auto const part = partial_name(file);
  write_bytes(part, "yours");
  CHECK_THROWS_AS(io::put_in_place(part, file, if_exists::refuse), io_error);
  CHECK(bytes_of(file) == "mine");
}

TEST_CASE("write_whole_file: where the disk is full the file is as it was", "[io]") {
  temporary_folder const folder;
  auto const file = folder / "record.json";
  write_whole_file(file, "before");
  {
    file_size_limit const limit(100);
    CHECK_THROWS_AS(write_whole_file(file, std::string(1000, 'x')), io_error);
  }
  CHECK(bytes_of(file) == "before");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("partial_name: beside the file, and hidden", "[io]") {
  CHECK(partial_name("out/l.h5") == "out/.l.h5.partial");
  CHECK(partial_name("l.h5") == ".l.h5.partial");
}
