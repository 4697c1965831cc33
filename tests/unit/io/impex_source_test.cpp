// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/impex_source.hpp"

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_data.hpp"
#include "support/volume_source_laws.hpp"
#include "tiff_files.hpp"
#include "voxstitch/io/npy_source.hpp"
#include "voxstitch/io/png_writer.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

namespace {

/// A volume's picture: rows, columns, channels.
strided_view<std::uint8_t const, 3> picture_of(any_array<5>& volume) {
  auto const v = volume.view().as<std::uint8_t>();
  return {v.data(),
          {{v.extent(3), v.extent(4), v.extent(1)}},
          {{v.stride(3), v.stride(4), v.stride(1)}}};
}

}  // namespace

TEST_CASE("impex_source: PNGs of one and three channels are yxc, with the laws of a source",
          "[io][impex]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto volume = random_volume(element_type::uint8, {{1, GENERATE(1, 3), 1, 13, 21}}, random);
  auto const path = (folder / "a.png").string();
  io::write_png(path, picture_of(volume));
  io::impex_source const source(path);
  CHECK(source.description().axes == "yxc");
  CHECK(source.decode_unit() == volume.shape());
  check_volume_source_laws(source, volume);
}

TEST_CASE("impex_source: PGM of 16 bits and PPM keep the laws", "[io][impex]") {
  temporary_folder folder;
  random_source random;
  auto grey = random_volume(element_type::uint16, {{1, 1, 1, 4, 5}}, random);
  std::string bytes = "P5\n5 4\n65535\n";
  for_each_voxel(box<5>::at_origin(grey.shape()), [&](coord<5> const& at) {
    auto const v = grey.view().as<std::uint16_t>()[at];
    bytes += {static_cast<char>(v >> 8U), static_cast<char>(v & 255U)};
  });
  write_bytes(folder / "a.pgm", bytes);
  check_volume_source_laws(io::impex_source((folder / "a.pgm").string()), grey);
}

TEST_CASE("impex_source: the option --axes may turn the image", "[io][impex]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::uint8, {{1, 1, 1, 6, 9}}, random);
  auto const path = (folder / "a.png").string();
  io::write_png(path, picture_of(volume));
  CHECK(io::impex_source(path, {"xyc", ""}).description().shape == coord<5>{{1, 1, 1, 9, 6}});
  CHECK(io::impex_source(path, {"", "xyc"}).description().shape == coord<5>{{1, 1, 1, 6, 9}});
}

TEST_CASE("impex_source: what is no image, or a cut one, is refused by name", "[io][impex]") {
  temporary_folder folder;
  random_source random;
  auto const path = (folder / "a.png").string();
  CHECK_THROWS_AS(io::impex_source(path), io_error);
  write_bytes(path, "no image at all");
  CHECK_THROWS_AS(io::impex_source(path), format_error);
  CHECK_THROWS_WITH(io::impex_source(path),
                    Contains("'" + path + "' cannot be read as an image") && !Contains("\n"));
  auto volume = random_volume(element_type::uint8, {{1, 1, 1, 60, 90}}, random);
  io::write_png(path, picture_of(volume));
  std::string const bytes = bytes_of(path);
  write_bytes(path, bytes.substr(0, bytes.size() / 2));
  io::impex_source const source(path);
  any_array<5> read(element_type::uint8, volume.shape());
  CHECK_THROWS_WITH(source.read(box<5>::at_origin(read.shape()), read.view()),
                    Contains("'" + path + "' cannot be decoded"));
}

TEST_CASE("impex_source: the reference images have the values their features came from",
          "[io][impex]") {
  auto const data = test_data("ilastik-golden");
  if (!data) return;
  io::impex_source const source((*data / "Data_3channel.png").string());
  auto const& d = source.description();
  CHECK(d.shape == coord<5>{{1, 3, 1, 255, 256}});
  CHECK(d.type == element_type::uint8);
  any_array<5> read(d.type, d.shape);
  source.read(box<5>::at_origin(d.shape), read.view());
  CHECK(std::any_of(read.bytes().begin(), read.bytes().end(),
                    [](std::byte b) { return b != std::byte{0}; }));
}

TEST_CASE("write_png: other channels and unwritable places are errors", "[io][impex]") {
  temporary_folder folder;
  random_source random;
  auto two = random_volume(element_type::uint8, {{1, 2, 1, 6, 9}}, random);
  CHECK_THROWS_AS(io::write_png((folder / "a.png").string(), picture_of(two)), shape_error);
  auto one = random_volume(element_type::uint8, {{1, 1, 1, 600, 900}}, random);
  CHECK_THROWS_AS(io::write_png("/nowhere/a.png", picture_of(one)), io_error);
  CHECK_THROWS_WITH(io::write_png("/dev/full", picture_of(one)),
                    Contains("'/dev/full' cannot be written"));
  auto const odd_name = (folder / "picture.tmp").string();
  io::write_png(odd_name, picture_of(one));
  CHECK(bytes_of(odd_name).substr(1, 3) == "PNG");
}
