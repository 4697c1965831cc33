// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/tiff_writer.hpp"

#include <filesystem>

#include "file_size_limit.hpp"
#include "stored_chunks.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/volume_source_laws.hpp"
#include "tiff_files.hpp"
#include "voxstitch/io/tiff_source.hpp"
#include "voxstitch/io/view_source.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

namespace {

/// A view_source that says more about itself.
struct described_source {
  io::view_source source;
  volume_description told;
  [[nodiscard]] volume_description const& description() const { return told; }
  [[nodiscard]] coord<5> decode_unit() const { return source.decode_unit(); }
  void read(box<5> const& b, any_view<5> const& v) const { source.read(b, v); }
};

}  // namespace

TEST_CASE("tiff_writer: what is written reads back, the same bytes for any memory", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto const path = (folder / "a.tif").string();
  for (element_type type : all_element_types) {
    CAPTURE(to_string(type));
    auto volume = random_volume(type, {{2, 3, 4, 30, 20}}, random);
    io::write_tiff(path, io::view_source(volume.view(), "tzyxc"), 1);
    std::string const first = bytes_of(path);
    io::write_tiff(path, io::view_source(volume.view(), "tzyxc"), 3000);
    CHECK(bytes_of(path) == first);
    io::tiff_source const source(path);
    CHECK(source.description().axes == "tzcyx");
    CHECK(source.description().axes_origin == "ImageJ metadata");
    any_array<5> read(type, volume.shape());
    source.read(box<5>::at_origin(volume.shape()), read.view());
    CHECK(same_bits(read.view(), volume.view()));
  }
}

TEST_CASE("tiff_writer: pages of several strips, the last one thinner", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto volume = random_volume(element_type::uint16, {{1, 1, 2, 700, 500}}, random);
  auto const path = (folder / "a.tif").string();
  std::string first;
  for (std::int64_t budget : {1, 600 * 1000, 1 << 24}) {
    io::write_tiff(path, io::view_source(volume.view()), budget);
    if (first.empty()) first = bytes_of(path);
    CHECK(bytes_of(path) == first);
  }
  io::tiff_source const source(path);
  CHECK(source.decode_unit() == coord<5>{{1, 1, 1, 262, 500}});
  any_array<5> read(element_type::uint16, volume.shape());
  source.read(box<5>::at_origin(volume.shape()), read.view());
  CHECK(same_bits(read.view(), volume.view()));
  box<5> const middle{{{0, 0, 1, 100, 3}}, {{1, 1, 2, 650, 400}}};
  any_array<5> part(element_type::uint16, middle.shape());
  source.read(middle, part.view());
  CHECK(same_bits(part.view(), volume.view().sub(middle)));
}

TEST_CASE("tiff_writer: every chunk is unpacked about once, where pages do not fit into memory",
          "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto volume = random_volume(element_type::uint8, {{2, 2, 20, 900, 700}}, random);
  io::view_source const memory(volume.view(), "tczyx");
  auto const path = (folder / "a.tif").string();
  io::write_tiff(path, memory, 1 << 20);
  std::string const bytes = bytes_of(path);
  auto const store = stored(folder, memory, {{1, 1, 8, 64, 64}});
  std::int64_t const rows_of_chunks = 8 * 374 * 700;  // a page has three strips of 374 rows
  std::int64_t before = 0;
  for (auto const& [max_bytes, most_times] : {std::pair{std::int64_t{1}, 20.0},
                                              {rows_of_chunks / 2, 3.0},
                                              {rows_of_chunks, 1.2},
                                              {3 * rows_of_chunks, 1.0},
                                              {std::int64_t{1} << 30, 1.0}}) {
    CAPTURE(max_bytes, most_times);
    io::write_tiff(path, store, max_bytes);
    CHECK(bytes_of(path) == bytes);
    CHECK(double(store.units_decoded() - before) <= most_times * double(store.grid().size()));
    before = store.units_decoded();
  }
  std::filesystem::directory_iterator const files(folder.path());
  CHECK(std::distance(begin(files), end(files)) == 2);  // a.tif and the chunks
}

TEST_CASE("tiff_writer: pieces are as deep as chunks and made of whole strips", "[io][tiff]") {
  volume_description d;
  d.type = element_type::uint8;
  d.shape = {{1, 1, 200, 14500, 14500}};
  coord<5> const chunk{{1, 1, 64, 64, 64}};
  auto const check = [&](std::int64_t max_bytes, coord<5> const& piece, bool spooled) {
    CAPTURE(max_bytes);
    CHECK(io::tiff_piece(d, chunk, max_bytes) == piece);
    CHECK(io::tiff_needs_spool(d, piece) == spooled);
  };
  check(1, {{1, 1, 1, 18, 14500}}, false);
  check(1 << 24, {{1, 1, 16, 72, 14500}}, true);
  check(1 << 28, {{1, 1, 64, 288, 14500}}, true);
  check(std::int64_t{1} << 36, {{1, 1, 200, 14500, 14500}}, false);
  d.shape = {{1, 3, 200, 1000, 1000}};
  check(std::int64_t{1} << 26, {{1, 1, 64, 1000, 1000}}, true);
  check(std::int64_t{1} << 28, {{1, 3, 64, 1000, 1000}}, false);
}

TEST_CASE("tiff_writer: one page has no stack metadata and stays yx", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::float32, {{1, 1, 1, 9, 8}}, random);
  auto const path = (folder / "a.tif").string();
  io::write_tiff(path, io::view_source(volume.view()), 1000);
  CHECK(io::tiff_source(path).description().axes == "yx");
  CHECK(bytes_of(path).find("images=") == std::string::npos);
}

TEST_CASE("tiff_writer: the voxel size survives, and there is no date", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 2, 3, 9, 8}}, random);
  io::view_source const plain(volume.view(), "czyx");
  described_source source{plain, plain.description()};
  source.told.voxel_size = {2.5, 0.3, 0.125};
  source.told.voxel_unit = "um";
  auto const path = (folder / "a.tif").string();
  io::write_tiff(path, source, 1000);
  auto const d = io::tiff_source(path).description();
  CHECK(d.voxel_size[0] == 2.5);
  CHECK(d.voxel_size[1] == Approx(0.3).epsilon(1e-6));
  CHECK(d.voxel_size[2] == Approx(0.125).epsilon(1e-6));
  CHECK(d.voxel_unit == "um");
  TIFF* const file = TIFFOpen(path.c_str(), "r");
  char const* text = nullptr;
  CHECK(TIFFGetField(file, TIFFTAG_DATETIME, &text) == 0);
  TIFFGetField(file, TIFFTAG_IMAGEDESCRIPTION, &text);
  CHECK_THAT(text, Contains("images=6\nchannels=2\nslices=3\nhyperstack=true\n") &&
                       Contains("unit=um\nspacing=2.5\n"));
  TIFFClose(file);
}

TEST_CASE("tiff_writer: BigTIFF is taken when 4 GB may not suffice", "[io][tiff]") {
  volume_description d;
  d.type = element_type::uint8;
  d.shape = {{1, 1, 3900, 1000, 1000}};
  CHECK(io::detail::tiff_flavour_for(d) == io::detail::tiff_handle::flavour::classic);
  d.shape = {{1, 1, 4100, 1000, 1000}};
  CHECK(io::detail::tiff_flavour_for(d) == io::detail::tiff_handle::flavour::big);
  d.shape = {{1, 1, 100000000, 1, 1}};
  CHECK(io::detail::tiff_flavour_for(d) == io::detail::tiff_handle::flavour::big);
}

TEST_CASE("tiff_writer: a BigTIFF written by pages reads back", "[io][tiff]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 2, 9, 8}}, random);
  auto const path = (folder / "a.tif").string();
  io::view_source const plain(volume.view());
  described_source source{plain, plain.description()};
  auto handle = io::detail::tiff_handle::create(path, io::detail::tiff_handle::flavour::big);
  handle.set_field(TIFFTAG_IMAGEWIDTH, 8U);
  handle.set_field(TIFFTAG_IMAGELENGTH, 9U);
  handle.set_field(TIFFTAG_BITSPERSAMPLE, 8);
  handle.set_field(TIFFTAG_ROWSPERSTRIP, 9U);
  std::vector<std::byte> page(volume.bytes().begin(), volume.bytes().begin() + 72);
  handle.write_encoded(0, page);
  handle.write_directory();
  handle.finish();
  CHECK(bytes_of(path).substr(0, 4) == std::string("II+\0", 4));
  CHECK(io::tiff_source(path).description().shape == coord<5>{{1, 1, 1, 9, 8}});
}

TEST_CASE("tiff_writer: thousands of pages do not take quadratic time", "[io][tiff]") {
  temporary_folder folder;
  any_array<5> volume(element_type::uint8, {{1, 1, 3000, 2, 2}});
  auto const path = (folder / "a.tif").string();
  io::write_tiff(path, io::view_source(volume.view()), 1 << 20);
  CHECK(io::tiff_source(path).description().shape == volume.shape());
}

TEST_CASE("tiff_writer: what cannot be written is an io_error that names the file", "[io][tiff]") {
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 4, 500, 600}}, random);
  io::view_source const source(volume.view());
  CHECK_THROWS_AS(io::write_tiff("/nowhere/a.tif", source, 1000), io_error);
  CHECK_THROWS_WITH(io::write_tiff("/nowhere/a.tif", source, 1000),
                    Contains("'/nowhere/a.tif' cannot be created: No such file or directory"));
  temporary_folder folder;
  auto const path = (folder / "a.tif").string();
  for (rlim_t bytes : {4U, 5000U, 400000U}) {
    std::string text;
    {
      file_size_limit const limit(bytes);
      try {
        io::write_tiff(path, source, 1000);
      } catch (io_error const& e) {
        text = e.what();
      }
    }
    CAPTURE(bytes);
    CHECK_THAT(text, Contains("'" + path + "' cannot be") && Contains("File too large"));
  }
}
