// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/open_source.hpp"

#include <fstream>
#include <sstream>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_data.hpp"
#include "support/volume_source_laws.hpp"
#include "tiff_files.hpp"
#include "voxstitch/io/npy_writer.hpp"
#include "voxstitch/io/png_writer.hpp"
#include "voxstitch/io/tiff_writer.hpp"
#include "voxstitch/io/view_source.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

namespace {

/// Slices s_1.tif, s_2.tif... of `volume` (numbers without leading zeros).
void write_slices(temporary_folder const& folder, any_array<5>& volume) {
  for (index_t z = 0; z < volume.shape()[2]; ++z) {
    box<5> part = box<5>::at_origin(volume.shape());
    part.inclusive_min[2] = z;
    part.exclusive_max[2] = z + 1;
    any_array<5> slice(volume.type(), part.shape());
    copy_elements(volume.view().sub(part), slice.view());
    make_tiff(folder / ("s_" + std::to_string(z + 1) + ".tif"), slice);
  }
}

void write_picture(std::string const& path, any_array<5>& volume) {
  auto const v = volume.view().as<std::uint8_t>();
  io::write_png(
      path, strided_view<std::uint8_t const, 3>(v.data(), {{v.extent(3), v.extent(4), v.extent(1)}},
                                                {{v.stride(3), v.stride(4), v.stride(1)}}));
}

}  // namespace

TEST_CASE("open_source: a pattern and a folder are the same stack, in natural order", "[io]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto volume = random_volume(element_type::uint16, {{1, 1, 12, 9, 8}}, random);
  write_slices(folder, volume);
  bool const by_pattern = GENERATE(true, false);
  auto const opened =
      io::open_source(by_pattern ? (folder / "s_*.tif").string() : folder.path().string());
  CHECK(opened.files.size() == 12);
  CHECK(opened.files[9] == (folder / "s_10.tif").string());
  CHECK(opened.warnings.empty());
  CHECK(opened.source.description().axes == "zyx");
  check_volume_source_laws(opened.source, volume);
}

TEST_CASE("open_source: a folder, a pattern and a file name their files", "[io]") {
  temporary_folder folder;
  for (char const* name : {"s_10.tif", "s_2.tif", "a.h5", "b.h5"})
    std::ofstream(folder / name) << "x";
  auto const in = [&](char const* name) { return (folder / name).string(); };
  using list = std::vector<std::string>;
  CHECK(io::files_named(folder.path().string()) == list{in("s_2.tif"), in("s_10.tif")});
  CHECK(io::files_named(in("s_*.tif")) == list{in("s_2.tif"), in("s_10.tif")});
  CHECK(io::files_named(in("*.h5/data")) == list{in("a.h5/data"), in("b.h5/data")});
  CHECK(io::files_named(in("a.h5/data")) == list{in("a.h5/data")});
  CHECK(io::is_pattern_of_files(in("*.h5/data")));
  CHECK_FALSE(io::is_pattern_of_files(in("a.h5/data")));
  CHECK_FALSE(io::is_pattern_of_files(folder.path().string()));
}

TEST_CASE("open_source: gaps in the numbering are warnings", "[io]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 5, 4, 4}}, random);
  write_slices(folder, volume);
  std::filesystem::remove(folder / "s_3.tif");
  auto const opened = io::open_source((folder / "s_*.tif").string());
  REQUIRE(opened.warnings.size() == 1);
  CHECK_THAT(opened.warnings[0], Contains("s_2.tif") && Contains("s_4.tif"));
}

TEST_CASE("open_source: --axes of a stack name the stack or its files", "[io]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 5, 6, 7}}, random);
  write_slices(folder, volume);
  auto const pattern = (folder / "s_*.tif").string();
  auto const description = [&](io::source_options const& options) {
    return io::open_source(pattern, options).source.description();
  };
  CHECK(description({"tyx", 'z', ""}).shape == coord<5>{{5, 1, 1, 6, 7}});
  CHECK(description({"xy", 'z', ""}).shape == coord<5>{{1, 1, 5, 7, 6}});
  CHECK(description({"xy", 'z', ""}).axes == "zxy");
  CHECK(description({"", 'c', ""}).axes == "cyx");
  CHECK(description({"", 'z', "zyxc"}).axes == "zyx");
  CHECK_THROWS_AS(description({"tzyx", 'z', ""}), usage_error);
  CHECK_THROWS_AS(description({"", 'q', ""}), usage_error);
}

TEST_CASE("open_source: a stack of sagittal sections follows x, which its files do not have",
          "[io]") {
  temporary_folder folder;
  random_source random;
  auto sections = random_volume(element_type::uint8, {{1, 1, 5, 6, 7}}, random);
  write_slices(folder, sections);
  auto const pattern = (folder / "s_*.tif").string();
  auto const from = sections.view().as<std::uint8_t>();
  any_array<5> expected(element_type::uint8, {{1, 1, 6, 7, 5}});
  auto const to = expected.view().as<std::uint8_t>();
  for (index_t x = 0; x < 5; ++x)
    for (index_t z = 0; z < 6; ++z)
      for (index_t y = 0; y < 7; ++y) to[{{0, 0, z, y, x}}] = from[{{0, 0, x, z, y}}];
  for (io::source_options const& options : {io::source_options{"xzy", 'z', ""},
                                            {"xzy", 'x', ""},
                                            {"zy", 'x', ""},
                                            {"zy", 'x', "zyxc"}}) {
    auto const opened = io::open_source(pattern, options);
    CHECK(opened.source.description().axes == "xzy");
    check_volume_source_laws(opened.source, expected);
  }
}

TEST_CASE("open_source: errors show --axes as it was written", "[io]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 2, 6, 7}}, random);
  write_slices(folder, volume);
  auto const complaint = [&](std::string const& axes, char along, std::string const& text) {
    CHECK_THROWS_WITH(io::open_source((folder / "s_*.tif").string(), {axes, along, ""}),
                      Contains("option --axes '" + axes + "': ") && Contains(text));
  };
  complaint("xyx", 'z', "'x' is there twice");
  complaint("tzy", 'z', "'x' is missing");
  complaint("zy", 'z', "'x' is missing");
  complaint("zyx", 'x', "--stack-along says 'x'");
  io::write_npy((folder / "s_3.npy").string(), io::view_source(volume.view()), 1000);
  CHECK_THROWS_WITH(io::open_source((folder / "s_*").string(), {"xzy", 'z', ""}),
                    Contains("option --axes 'xzy': 2 letters for each file, 'zy', but") &&
                        Contains("s_3.npy"));
}

TEST_CASE("open_source: a stack of PNGs is zyxc", "[io]") {
  temporary_folder folder;
  random_source random;
  auto slice = random_volume(element_type::uint8, {{1, 1, 1, 6, 7}}, random);
  for (char const* name : {"a1.png", "a2.png"}) write_picture((folder / name).string(), slice);
  auto const opened = io::open_source((folder / "a*.png").string());
  CHECK(opened.source.description().axes == "zyxc");
  CHECK(opened.source.description().shape == coord<5>{{1, 1, 2, 6, 7}});
  auto wide = random_volume(element_type::uint8, {{1, 1, 1, 6, 8}}, random);
  write_picture((folder / "a2.png").string(), wide);
  CHECK_THROWS_WITH(io::open_source((folder / "a*.png").string()),
                    Contains("image_stack: ") && Contains("is 6 x 8 x 1 uint8"));
}

TEST_CASE("open_source: files are told apart by extension, else by content", "[io]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto volume = random_volume(element_type::uint8, {{1, 1, 3, 11, 12}}, random);
  io::view_source const memory(volume.view());
  auto const check = [&](std::string const& path) {
    CAPTURE(path);
    auto const opened = io::open_source(path);
    CHECK(opened.files == std::vector<std::string>{path});
    any_array<5> read(element_type::uint8, volume.shape());
    REQUIRE(opened.source.description().shape == volume.shape());
    opened.source.read(box<5>::at_origin(volume.shape()), read.view());
    CHECK(same_bits(read.view(), volume.view()));
  };
  for (char const* name : {"a.tif", "a.TIFF", "brackets[1].tif", "noextension"}) {
    io::write_tiff((folder / name).string(), memory, 1000);
    check((folder / name).string());
  }
  for (char const* name : {"a.npy", "array"}) {
    io::write_npy((folder / name).string(), memory, 1000);
    check((folder / name).string());
  }
  auto picture = random_volume(element_type::uint8, {{1, 3, 1, 11, 12}}, random);
  write_picture((folder / "picture").string(), picture);
  CHECK(io::open_source((folder / "picture").string()).source.description().axes == "yxc");
}

TEST_CASE("open_source: each wrong path has its own clear error", "[io]") {
  temporary_folder folder;
  auto const at = [&](char const* name) { return (folder / name).string(); };
  write_bytes(at("text.tif"), "this is a text");
  write_bytes(at("text.npy"), "this is a text");
  write_bytes(at("text.png"), "this is a text");
  write_bytes(at("text.h5"), "this is a text");
  write_bytes(at("text.txt"), "this is a text");
  CHECK_THROWS_AS(io::open_source(""), usage_error);
  CHECK_THROWS_AS(io::open_source(at("lost.tif")), io_error);
  CHECK_THROWS_WITH(io::open_source(at("texd.tif")),
                    Contains("no such file: '" + at("texd.tif") + "'") &&
                        Contains("did you mean '" + at("text.tif") + "'?"));
  CHECK_THROWS_AS(io::open_source(at("lost.h5/data")), io_error);
  CHECK_THROWS_WITH(io::open_source(at("lost.h5/data")),
                    Contains("no such file: '" + at("lost.h5") + "'"));
  CHECK_THROWS_WITH(io::open_source(at("*.jpg")), Contains("no file matches '" + at("*.jpg")));
  CHECK_THROWS_WITH(io::open_source(at("text.tif")), Contains("is not a TIFF file"));
  CHECK_THROWS_WITH(io::open_source(at("text.npy")), Contains("is not a .npy file"));
  CHECK_THROWS_WITH(io::open_source(at("text.png")), Contains("cannot be read as an image"));
  CHECK_THROWS_AS(io::open_source(at("text.h5")), format_error);
  CHECK_THROWS_WITH(io::open_source(at("text.txt")),
                    Contains("'" + at("text.txt") + "' is of no known format"));
  CHECK_THROWS_WITH(io::open_source(at("text.h5/d*")), Contains("not in the dataset's"));
  std::filesystem::create_directory(folder / "empty");
  CHECK_THROWS_WITH(io::open_source(at("empty")), Contains("holds no image") && Contains("empty"));
}

TEST_CASE("open_source: HDF5 datasets, alone and as stacks", "[io]") {
  auto const data = test_data("brain-lightsheet");
  if (!data) return;
  auto const labels = (*data / "labels.h5").string();
  auto const one = io::open_source(labels + "/labels");
  CHECK(one.source.description().shape == coord<5>{{1, 1, 30, 510, 667}});
  CHECK(one.files == std::vector<std::string>{labels});
  CHECK(io::open_source(labels).source.description().shape == one.source.description().shape);

  temporary_folder folder;
  for (char const* name : {"l_1.h5", "l_2.h5"})
    std::filesystem::create_symlink(std::filesystem::absolute(labels), folder / name);
  auto const stack = io::open_source((folder / "l_*.h5/labels").string());
  CHECK(stack.source.description().shape == coord<5>{{1, 1, 60, 510, 667}});
  box<5> const b{{{0, 0, 28, 100, 200}}, {{1, 1, 33, 140, 230}}};
  any_array<5> read(element_type::uint8, b.shape());
  stack.source.read(b, read.view());
  box<5> const end{{{0, 0, 28, 100, 200}}, {{1, 1, 30, 140, 230}}};
  any_array<5> expected(element_type::uint8, end.shape());
  one.source.read(end, expected.view());
  CHECK(same_bits(read.view().sub(box<5>::at_origin(end.shape())), expected.view()));
}

TEST_CASE("open_source: the real stack of slices", "[io]") {
  auto const data = test_data("brain-lightsheet");
  if (!data) return;
  auto const opened = io::open_source((*data / "slices" / "slice_*.tif").string());
  auto const& d = opened.source.description();
  CHECK(d.shape == coord<5>{{1, 1, 30, 510, 667}});
  CHECK(d.type == element_type::uint16);
  CHECK(d.axes == "zyx");
  CHECK(opened.warnings.empty());
  any_array<5> whole(d.type, d.shape);
  opened.source.read(box<5>::at_origin(d.shape), whole.view());
  box<5> const b{{{0, 0, 7, 100, 50}}, {{1, 1, 19, 333, 600}}};
  any_array<5> part(d.type, b.shape());
  opened.source.read(b, part.view());
  CHECK(same_bits(part.view(), whole.view().sub(b)));
}
