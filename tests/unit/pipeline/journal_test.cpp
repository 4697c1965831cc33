// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/journal.hpp"

#include <filesystem>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/temporary_folder.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

namespace {

journal_entry random_entry(random_source& random) {
  journal_entry e{random.between(0, 1'000'000'000'000), {}};
  for (index_t d = random.between(1, 3); d > 0; --d) {
    auto& places = e.places.emplace_back();
    for (index_t n = random.between(1, 20); n > 0; --n)
      places.push_back({static_cast<std::uint64_t>(random.between(0, 1'000'000'000'000'000)),
                        static_cast<std::uint64_t>(random.between(1, 1 << 30))});
  }
  return e;
}

std::vector<journal_entry> read(std::string const& path, std::string const& fingerprint) {
  std::vector<journal_entry> entries;
  journal::read(path, fingerprint, [&](journal_entry&& e) { entries.push_back(std::move(e)); });
  return entries;
}

std::string without_newline(std::string line) {
  line.pop_back();
  return line;
}

}  // namespace

TEST_CASE("journal: a line says what was noted", "[pipeline]") {
  random_source random;
  CAPTURE(random);
  for (int i = 0; i < 200; ++i) {
    auto const entry = random_entry(random);
    auto const line = to_line(entry);
    CHECK(line.back() == '\n');
    CHECK(parse_line(without_newline(line)) == entry);
  }
  CHECK(to_line({7, {{{0, 16}, {31, 9}}, {{64, 1}}}}).starts_with("7 0:10,1f:9;40:1 "));
}

TEST_CASE("journal: a line that was torn anywhere, or damaged, says nothing", "[pipeline]") {
  random_source random;
  CAPTURE(random);
  auto const line = without_newline(to_line(random_entry(random)));
  for (std::size_t n = 0; n < line.size(); ++n) CHECK_FALSE(parse_line(line.substr(0, n)));
  for (std::size_t n = 0; n < line.size(); ++n) {
    auto damaged = line;
    damaged[n] = damaged[n] == '3' ? '4' : '3';
    CHECK_FALSE(parse_line(damaged));
  }
  CHECK_FALSE(parse_line(""));
  CHECK_FALSE(parse_line(" "));
}

TEST_CASE("journal: sound checksums do not excuse nonsense", "[pipeline]") {
  auto const sealed = [](std::string const& text) {
    return text + ' ' + pipeline::detail::hexadecimal(hash_of(text));
  };
  CHECK(parse_line(sealed("1 0:5")).has_value());
  for (char const* text :
       {"-1 0:5", "x 0:5", "1 0:0", "1 0:g", "1 g:1", "1 0:5,", "1 0", "1 ffffffffffffffff:2",
        "1 fffffffffffffffff:2", "99999999999999999999 0:5"}) {
    CAPTURE(text);
    auto const entry = parse_line(sealed(text));
    CHECK((!entry || (entry->step >= 0 && !entry->places.empty() && entry->places[0].size() == 1)));
  }
}

TEST_CASE("journal: lines are appended; torn ones are stepped over", "[pipeline]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "journal").string();
  std::vector<journal_entry> entries;
  auto const add = [&](journal& j) {
    entries.push_back(random_entry(random));
    auto const line = to_line(entries.back());
    j.append(std::span(&line, 1));
  };
  CHECK(read(path, "f").empty());
  {
    journal j(path, "f");
    add(j);
    add(j);
  }
  CHECK(read(path, "f") == entries);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 3);  // power was lost
  entries.pop_back();
  CHECK(read(path, "f") == entries);
  {
    journal j(path, "f");
    add(j);
  }
  CHECK(read(path, "f") == entries);
}

TEST_CASE("journal: a first line that was torn is written anew; another job's is an error",
          "[pipeline]") {
  temporary_folder const folder;
  auto const path = (folder / "journal").string();
  { journal const j(path, "first"); }
  CHECK_THROWS_AS(read(path, "other"), io_error);
  CHECK_THROWS_WITH(read(path, "other"), Contains("journal") && Contains("another job"));
  std::filesystem::resize_file(path, 5);
  CHECK(read(path, "other").empty());
  {
    journal j(path, "other");
    auto const line = to_line({1, {{{2, 3}}}});
    j.append(std::span(&line, 1));
  }
  CHECK(read(path, "other").size() == 1);
}

TEST_CASE("journal: one that is there and cannot be read is an error, not an empty one",
          "[pipeline]") {
  temporary_folder const folder;
  auto const path = folder / "journal";
  std::filesystem::create_directory(path);
  CHECK_THROWS_AS(read(path.string(), "f"), io_error);
}
