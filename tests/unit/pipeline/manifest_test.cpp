// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/manifest.hpp"

#include "support/catch.hpp"
#include "support/file_bytes.hpp"
#include "support/temporary_folder.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

namespace {

manifest example() {
  manifest m;
  m.facts.add("voxstitch", "1.0").add("file /data/sl\xFFice 100%.tif", "12 bytes\n\"");
  m.command = {"/data/*.tif", "--output=labels=/out/\xC3\xA4.h5"};
  m.stages = {{"input", {{1, 2, 3}}, {{4, 5, 6}}, 1}, {"blocks", {{64, 64, 64}}, {{8, 8, 8}}, 7}};
  return m;
}

}  // namespace

TEST_CASE("manifest: what was written is read, names of any bytes too", "[pipeline]") {
  temporary_folder const folder;
  CHECK_FALSE(has_manifest(folder.path()));
  write_manifest(folder.path(), example());
  CHECK(has_manifest(folder.path()));
  CHECK(read_manifest(folder.path()) == example());
  CHECK_FALSE(std::filesystem::exists(io::partial_name(folder / "manifest.json")));
}

TEST_CASE("manifest: none is an error that says what makes one", "[pipeline]") {
  temporary_folder const folder;
  CHECK_THROWS_AS(read_manifest(folder.path()), io_error);
  CHECK_THROWS_WITH(read_manifest(folder.path()), Contains("split"));
}

TEST_CASE("manifest: a damaged one is an error with its name, wherever it is cut or changed",
          "[pipeline]") {
  temporary_folder const folder;
  write_manifest(folder.path(), example());
  auto const path = folder / "manifest.json";
  auto const good = bytes_of(path);
  for (std::size_t n = 0; n + 2 < good.size(); n += 7) {
    write_bytes(path, good.substr(0, n));
    CHECK_THROWS_AS(read_manifest(folder.path()), format_error);
  }
  auto const changed = [&](std::string const& what, std::string const& into) {
    auto text = good;
    text.replace(text.find(what), what.size(), into);
    write_bytes(path, text);
  };
  changed("voxstitch job 1", "voxstitch job 9");
  CHECK_THROWS_WITH(read_manifest(folder.path()), Contains("manifest.json") && Contains("--fresh"));
  changed("12 bytes", "13 bytes");
  CHECK_THROWS_WITH(read_manifest(folder.path()), Contains("fingerprint"));
  changed("\"shards\": 7", "\"shards\": -7");
  CHECK_THROWS_AS(read_manifest(folder.path()), format_error);
  changed("\"shards\": 7", "\"shards\": \"7\"");
  CHECK_THROWS_AS(read_manifest(folder.path()), format_error);
}
