// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/chunk_spool.hpp"

#include <filesystem>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;
using io::chunk_spool;

namespace {

std::vector<std::byte> bytes_of(std::string const& text) {
  auto const bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("chunk_spool gives back what was appended, where it was put", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "spool").string();
  io::chunk_place second;
  {
    chunk_spool spool(path);
    auto const first = spool.append(bytes_of("hello"));
    second = spool.append(bytes_of("world!"));
    CHECK(first == io::chunk_place{0, 5});
    CHECK(second == io::chunk_place{5, 6});
    CHECK((spool.read(first) == bytes_of("hello")));
    spool.sync();
  }
  chunk_spool const again(path, io::read_only);
  CHECK(again.bytes() == 11);
  CHECK((again.read(second) == bytes_of("world!")));
  CHECK_THROWS_WITH(again.read({8, 10}), Contains("spool") && Contains("ends at byte 11"));
}

TEST_CASE("chunk_spool goes on behind what is known to be good; the rest is cut off", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "spool").string();
  {
    chunk_spool spool(path);
    static_cast<void>(spool.append(bytes_of("goodtorn")));
  }
  chunk_spool spool(path, 4);
  CHECK(std::filesystem::file_size(path) == 4);
  CHECK(spool.append(bytes_of("new")) == io::chunk_place{4, 3});
  CHECK((spool.read({0, 7}) == bytes_of("goodnew")));
  CHECK_THROWS_WITH(chunk_spool(path, 100), Contains("ends at byte 7") && Contains("byte 100"));
  chunk_spool const made((folder / "other").string(), 0);
  CHECK(made.bytes() == 0);
}

TEST_CASE("chunk_spool: what cannot be opened is an error with its name", "[io]") {
  temporary_folder const folder;
  auto const nowhere = (folder / "no" / "spool").string();
  CHECK_THROWS_AS(chunk_spool(nowhere), io_error);
  CHECK_THROWS_WITH(chunk_spool(nowhere, 0), Contains("no/spool"));
  CHECK_THROWS_WITH(chunk_spool(nowhere, io::read_only), Contains("no/spool"));
}
