// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/file_name.hpp"

#include <fstream>

#include <sys/stat.h>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace voxstitch;
using Catch::Matchers::Contains;

namespace {

void touch(std::filesystem::path const& path) { std::ofstream(path) << "x"; }

std::vector<std::string> names(std::vector<std::string> paths) {
  for (std::string& path : paths) path = std::filesystem::path(path).filename().string();
  return paths;
}

}  // namespace

TEST_CASE("file_name: a pattern finds its files in natural order, without folders", "[io]") {
  test::temporary_folder folder;
  for (char const* name : {"img_10.tif", "img_2.tif", "img_1.tif", "other.png"})
    touch(folder / name);
  std::filesystem::create_directory(folder / "img_3.tif");
  auto const files = io::files_matching((folder / "img_*.tif").string());
  CHECK(names(files) == std::vector<std::string>{"img_1.tif", "img_2.tif", "img_10.tif"});
  CHECK(io::files_matching((folder / "img_[12].tif").string()).size() == 2);
  CHECK(io::files_matching((folder / "img_?.tif").string()).size() == 2);
}

TEST_CASE("file_name: an existing name with brackets is no pattern", "[io]") {
  test::temporary_folder folder;
  auto const name = (folder / "stack[1].tif").string();
  CHECK(io::is_pattern(name));
  touch(name);
  CHECK_FALSE(io::is_pattern(name));
  CHECK_FALSE(io::is_pattern((folder / "plain.tif").string()));
}

TEST_CASE("file_name: an empty pattern says what was searched and what may be meant", "[io]") {
  test::temporary_folder folder;
  std::filesystem::create_directory(folder / "slices");
  for (char const* name : {"slice_000.tif", "slice_001.tif", "notes.txt"})
    touch(folder / "slices" / name);
  auto const pattern = (folder / "slices" / "slce_*.tif").string();
  CHECK_THROWS_AS(io::files_matching(pattern), io_error);
  CHECK_THROWS_WITH(
      io::files_matching(pattern),
      Contains("no file matches '" + pattern + "'") &&
          Contains("it holds 3 entries, as 'notes.txt'") &&
          Contains("did you mean '" + (folder / "slices" / "slice_*.tif").string() + "'?"));
  auto const lost = (folder / "slizes" / "slice_*.tif").string();
  CHECK_THROWS_WITH(io::files_matching(lost),
                    Contains("the folder '" + (folder / "slizes").string() + "' does not exist"));
  std::filesystem::create_directory(folder / "empty");
  CHECK_THROWS_WITH(io::files_matching((folder / "empty" / "*.tif").string()),
                    Contains("it is empty"));
}

TEST_CASE("file_name: brackets that are part of a name have to be written as such", "[io]") {
  test::temporary_folder folder;
  auto const inner = (folder / "brain (\u00e4) [1]").string();
  auto const plain = (folder / "brain (\u00e4) \\[1\\]").string();
  std::filesystem::create_directory(inner);
  touch(inner + "/s_1.tif");
  CHECK_THROWS_WITH(io::files_matching(inner + "/*.tif"),
                    Contains("[ ] stand for one character of a set") &&
                        Contains("write '" + plain + "/*.tif'") &&
                        Contains("or name the folder, '" + inner + "'"));
  CHECK(io::files_matching(plain + "/*.tif") == std::vector<std::string>{inner + "/s_1.tif"});
  CHECK_THROWS_WITH(io::files_matching(inner + "/*.png"),
                    Contains("it holds 1 entry") && !Contains("stand for"));
}

TEST_CASE("file_name: a missing file is named, with a similar one", "[io]") {
  test::temporary_folder folder;
  touch(folder / "brain.tif");
  auto const path = (folder / "brian.tif").string();
  CHECK_THROWS_WITH(io::throw_no_such_file(path),
                    Contains("no such file: '" + path + "'") &&
                        Contains("did you mean '" + (folder / "brain.tif").string() + "'?"));
  CHECK_THROWS_AS(io::throw_no_such_file(path), io_error);
}

TEST_CASE("file_name: a folder is all its images of one format", "[io]") {
  test::temporary_folder folder;
  for (char const* name : {"b10.tif", "b9.TIFF", "readme.txt", ".hidden.tif"}) touch(folder / name);
  CHECK(names(io::files_in_folder(folder.path().string())) ==
        std::vector<std::string>{"b9.TIFF", "b10.tif"});
  touch(folder / "c.png");
  CHECK_THROWS_AS(io::files_in_folder(folder.path().string()), usage_error);
  CHECK_THROWS_WITH(io::files_in_folder(folder.path().string() + "/"),
                    Contains("(1 of .png, 2 of .tif)") && Contains("choose by a pattern"));
  test::temporary_folder texts;
  touch(texts / "readme.txt");
  CHECK_THROWS_WITH(io::files_in_folder(texts.path().string()),
                    Contains("holds no image") && Contains("readme.txt"));
}

TEST_CASE("file_name: gaps in the numbering are reported, constant steps are none", "[io]") {
  using list = std::vector<std::string>;
  CHECK(io::numbering_gaps(list{"s_08.tif", "s_09.tif", "s_10.tif"}).empty());
  CHECK(io::numbering_gaps(list{"s_0.tif", "s_5.tif", "s_10.tif"}).empty());
  CHECK(io::numbering_gaps(list{"s_1.tif"}).empty());
  CHECK(io::numbering_gaps(list{"a.tif", "b.tif"}).empty());
  CHECK(io::numbering_gaps(list{"t0_z9.tif", "t1_z0.tif", "t1_z1.tif"}).empty());
  auto const one = io::numbering_gaps(list{"d2/s_1.tif", "d2/s_2.tif", "d2/s_4.tif", "d2/s_5.tif"});
  REQUIRE(one.size() == 1);
  CHECK(one[0] == "numbering: a gap between 'd2/s_2.tif' and 'd2/s_4.tif'");
  auto const twice = io::numbering_gaps(list{"s_01.tif", "s_1.tif", "s_2.tif"});
  REQUIRE(twice.size() == 1);
  CHECK_THAT(twice[0], Contains("the same number twice"));
  list many;
  for (int i = 0; i < 40; ++i) many.push_back("s_" + std::to_string(3 * i + i % 2) + ".tif");
  CHECK(io::numbering_gaps(many).size() == 11);
}

TEST_CASE("file_name: extensions do not depend on case", "[io]") {
  CHECK(io::extension_of("a/b.TIF") == ".tif");
  CHECK(io::extension_of("a.b/c").empty());
  CHECK(io::is_tiff_name("x.Tiff"));
  CHECK(io::is_picture_name("x.PNG"));
  CHECK_FALSE(io::is_picture_name("x.npy"));
}

TEST_CASE("file_name: a link to nothing is called one, a pipe is not waited for", "[io]") {
  test::temporary_folder folder;
  auto const link = (folder / "link.tif").string();
  std::filesystem::create_symlink("gone.tif", link);
  CHECK_THROWS_WITH(io::throw_no_such_file(link),
                    Contains("is a link to 'gone.tif'") && !Contains("did you mean"));
  auto const pipe = (folder / "pipe.tif").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0666) == 0);
  CHECK_THROWS_WITH(io::refuse_special_file(pipe), Contains("'" + pipe + "' is neither"));
  touch(folder / "file.tif");
  for (auto const& name : {folder / "file.tif", folder / "missing.tif", folder / "."})
    CHECK_NOTHROW(io::refuse_special_file(name.string()));
}

TEST_CASE("canonical_name: one for all spellings, also of what is not there", "[io]") {
  test::temporary_folder const folder;
  auto const name = io::canonical_name((folder / "a.h5").string());
  std::filesystem::create_directory_symlink(folder.path(), folder / "link");
  CHECK(io::canonical_name((folder / "./none/../a.h5").string()) == name);
  CHECK(io::canonical_name((folder / "link/a.h5").string()) == name);
  CHECK(io::canonical_name("a.h5") == io::canonical_name(std::filesystem::absolute("a.h5")));
}
