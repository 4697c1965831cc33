// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/npy_writer.hpp"

#include "file_size_limit.hpp"
#include "stored_chunks.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/volume_source_laws.hpp"
#include "tiff_files.hpp"
#include "voxstitch/io/npy_source.hpp"
#include "voxstitch/io/view_source.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

TEST_CASE("npy_writer: the file is numpy's, byte by byte, in the source's order of axes",
          "[io][npy]") {
  temporary_folder folder;
  any_array<5> volume(element_type::uint16, {{1, 2, 1, 2, 3}});
  for_each_voxel(box<5>::at_origin(volume.shape()), [&](coord<5> const& at) {
    volume.view().as<std::uint16_t>()[at] =
        static_cast<std::uint16_t>(100 * at[1] + 10 * at[3] + at[4]);
  });
  auto const path = (folder / "a.npy").string();
  io::write_npy(path, io::view_source(volume.view(), "yxc"), 1 << 20);
  std::string const bytes = bytes_of(path);
  std::string const start = bytes.substr(0, 128);
  CHECK(start.substr(0, 10) == std::string("\x93NUMPY\1\0\x76\0", 10));
  CHECK_THAT(start, Contains("{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3, 2), }"));
  CHECK(start.back() == '\n');
  std::vector<std::uint16_t> values(12);
  REQUIRE(bytes.size() == 128 + 24);
  std::memcpy(values.data(), bytes.data() + 128, 24);
  CHECK(values == std::vector<std::uint16_t>{0, 100, 1, 101, 2, 102, 10, 110, 11, 111, 12, 112});
}

TEST_CASE("npy_writer: what is written reads back, for every type and any memory", "[io][npy]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto const path = (folder / "a.npy").string();
  auto const check = [&](element_type type, std::string const& axes, std::int64_t max_bytes) {
    CAPTURE(to_string(type), axes, max_bytes);
    auto volume = random_volume(type, {{2, 3, 4, 5, 6}}, random);
    io::view_source const memory(volume.view(), axes);
    io::write_npy(path, memory, max_bytes);
    std::string const bytes = bytes_of(path);
    io::npy_source const source(path, {axes, ""});
    any_array<5> read(type, volume.shape());
    source.read(box<5>::at_origin(volume.shape()), read.view());
    CHECK(same_bits(read.view(), volume.view()));
    io::write_npy(path, memory, 1 << 20);
    CHECK(bytes_of(path) == bytes);
  };
  for (element_type type : all_element_types) check(type, "tzcyx", 200);
  check(element_type::uint16, "zyxtc", 1);
  check(element_type::float32, "xyczt", 500);
}

TEST_CASE("npy_writer: every chunk is unpacked once, however few voxels are held", "[io][npy]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto volume = random_volume(element_type::uint16, {{2, 3, 20, 30, 41}}, random);
  auto const path = (folder / "a.npy").string();
  for (std::string const axes : {"tczyx", "tzyxc", "tzcyx", "xyzct"}) {
    io::view_source const memory(volume.view(), axes);
    io::write_npy(path, memory, 1 << 20);
    std::string const bytes = bytes_of(path);
    auto const store = stored(folder, memory, {{1, 1, 8, 7, 6}});
    index_t decoded = 0;
    for (std::int64_t max_bytes : {1, 5000, 30000, 1 << 20}) {
      CAPTURE(axes, max_bytes);
      io::write_npy(path, store, max_bytes);
      CHECK(bytes_of(path) == bytes);
      CHECK(store.units_decoded() == (decoded += store.grid().size()));
    }
  }
}

TEST_CASE("npy_writer: pieces are whole chunks and all channels that lie side by side",
          "[io][npy]") {
  volume_description d;
  d.type = element_type::uint8;
  d.shape = {{1, 2, 200, 14500, 14500}};
  d.axes = "czyx";
  coord<5> const chunk{{1, 1, 64, 64, 64}};
  CHECK(io::npy_piece(d, chunk, 1 << 26) == coord<5>{{1, 1, 64, 64, 14500}});
  CHECK(io::npy_piece(d, chunk, 1 << 24) == coord<5>{{1, 1, 64, 64, 4096}});
  CHECK(io::npy_piece(d, chunk, 1) == coord<5>{{1, 1, 64, 64, 64}});
  CHECK(io::npy_piece(d, coord<5>::filled(1), 1 << 24) == coord<5>{{1, 1, 1, 1157, 14500}});
  d.axes = "zyxc";
  CHECK(io::npy_piece(d, chunk, 1) == coord<5>{{1, 2, 64, 64, 64}});
}

TEST_CASE("npy_writer: what cannot be written is an io_error that names the file", "[io][npy]") {
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 4, 50, 60}}, random);
  io::view_source const source(volume.view());
  CHECK_THROWS_AS(io::write_npy("/nowhere/a.npy", source, 1000), io_error);
  CHECK_THROWS_WITH(io::write_npy("/nowhere/a.npy", source, 1000),
                    Contains("'/nowhere/a.npy' cannot be created: No such file or directory"));
  CHECK_THROWS_AS(io::write_npy("/dev/full", source, 1000), io_error);
  CHECK_THROWS_WITH(io::write_npy("/dev/full", source, 1000),
                    Contains("'/dev/full' cannot be written: No space left on device"));
  temporary_folder folder;
  auto const path = (folder / "a.npy").string();
  file_size_limit const limit(5000);
  CHECK_THROWS_WITH(io::write_npy(path, source, 1000), Contains("File too large"));
}
