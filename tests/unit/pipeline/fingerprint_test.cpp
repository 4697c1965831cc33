// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/fingerprint.hpp"

#include <filesystem>
#include <locale>

#include "support/catch.hpp"
#include "support/file_bytes.hpp"
#include "support/temporary_folder.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using namespace voxstitch::test;

namespace {

fingerprint facts(std::vector<fingerprint::fact> list) { return fingerprint(std::move(list)); }

}  // namespace

TEST_CASE("fingerprint: names and values are kept apart", "[pipeline]") {
  CHECK(facts({{"a", "b"}}).text().size() == 32);
  CHECK(facts({{"a", "b"}}).text() == facts({{"a", "b"}}).text());
  CHECK(facts({{"ab", "c"}}).text() != facts({{"a", "bc"}}).text());
  CHECK(facts({{"a", "b"}, {"c", "d"}}).text() != facts({{"c", "d"}, {"a", "b"}}).text());
  CHECK(facts({{"a", "1 b"}}).text() != facts({{"a 1", "b"}}).text());
}

TEST_CASE("fingerprint: the difference is named", "[pipeline]") {
  auto const then = facts({{"--roi", ""}, {"--dtype", "uint8"}});
  CHECK_FALSE(difference(then, then).has_value());
  CHECK(difference(then, facts({{"--roi", "0:5"}, {"--dtype", "uint8"}})) ==
        "--roi was nothing and is now '0:5'");
  CHECK(difference(then, facts({{"--roi", ""}})) == "--dtype was 'uint8' and is now nothing");
  CHECK(difference(facts({{"--roi", ""}}), then) == "--dtype was nothing and is now 'uint8'");
  CHECK(difference(facts({{"a", "1"}, {"b", "1"}}), facts({{"b", "1"}, {"a", "1"}})).has_value());
}

TEST_CASE("fingerprint: a file's identity is its size, its time and samples of its bytes",
          "[pipeline]") {
  temporary_folder const folder;
  auto const path = folder / "f";
  auto const time = std::filesystem::file_time_type::clock::now();
  auto const identity = [&](std::string const& text) {
    write_bytes(path, text);
    std::filesystem::last_write_time(path, time);
    return identity_of_file(path.string());
  };
  std::string text(100'000, 'a');
  auto const first = identity(text);
  CHECK(identity(text) == first);
  for (std::size_t const at : {std::size_t{0}, text.size() / 2, text.size() - 1}) {
    auto other = text;
    other[at] = 'b';
    CHECK(identity(other) != first);
  }
  CHECK(identity(text + "a") != first);
  CHECK(identity(text) == first);
  std::filesystem::last_write_time(path, time + std::chrono::seconds(1));
  CHECK(identity_of_file(path.string()) != first);
  CHECK(identity("") != first);
  CHECK(identity_of_file((folder / "none").string()) == "not there");
}

TEST_CASE("fingerprint: the time of a file's change is told to the nanosecond, in UTC",
          "[pipeline]") {
  temporary_folder const folder;
  auto const path = folder / "f";
  write_bytes(path, std::string("abc"));
  auto const changed = [&](std::int64_t nanoseconds) {
    std::chrono::sys_time<std::chrono::nanoseconds> const time{
        std::chrono::nanoseconds(nanoseconds)};
    std::filesystem::last_write_time(path, std::chrono::file_clock::from_sys(time));
    return identity_of_file(path.string());
  };
  auto const begin = [](std::string const& time) { return "3 bytes, changed " + time + " UTC, "; };
  CHECK(changed(1769860800'000000001).starts_with(begin("2026-01-31 12:00:00.000000001")));
  CHECK(changed(1769860800'000000002).starts_with(begin("2026-01-31 12:00:00.000000002")));
  CHECK(changed(-1).starts_with(begin("1969-12-31 23:59:59.999999999")));
}

TEST_CASE("fingerprint: a file's content counts, every byte of it", "[pipeline]") {
  temporary_folder const folder;
  auto const path = (folder / "f").string();
  std::string text(200'000, 'x');
  write_bytes(path, text);
  auto const first = content_of_file(path);
  text[123'456] = 'y';
  write_bytes(path, text);
  CHECK(content_of_file(path) != first);
}

TEST_CASE("fingerprint: does not depend on how a country writes its numbers", "[pipeline]") {
  struct grouping : std::numpunct<char> {
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  auto const usual = facts({{"a", "b"}}).text();
  auto const before = std::locale::global(std::locale(std::locale::classic(), new grouping));
  auto const grouped = facts({{"a", "b"}}).text();
  std::locale::global(before);
  CHECK(grouped == usual);
}
