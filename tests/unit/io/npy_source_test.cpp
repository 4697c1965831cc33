// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/npy_source.hpp"

#include <algorithm>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/volume_source_laws.hpp"
#include "tiff_files.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

namespace {

/// A .npy file with that dictionary, numpy's padding left out.
std::string npy(std::string const& dictionary, std::string const& data, char version = 1) {
  std::string start = "\x93NUMPY";
  start += version;
  start += '\0';
  std::size_t length = dictionary.size();
  for (int i = version == 1 ? 2 : 4; i > 0; --i, length /= 256)
    start += static_cast<char>(length % 256);
  return start + dictionary + data;
}

std::string dictionary(std::string const& descr, std::string const& shape, bool fortran = false) {
  return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
         ", 'shape': " + shape + ", }\n";
}

/// The elements of `volume` in the order of `axes` (slowest first), in either byte order.
std::string elements(any_array<5>& volume, std::array<std::size_t, 5> const& axes, bool reversed) {
  coord<5> shape;
  for (std::size_t i = 0; i < 5; ++i) shape[i] = volume.shape()[axes[i]];
  any_array<5> turned(volume.type(), shape);
  volume.view().visit([&]<class T>(strided_view<T, 5> const& view) {
    copy(view.permuted(axes), turned.view().as<T>());
  });
  std::size_t const width = size_of(volume.type());
  std::string bytes(reinterpret_cast<char const*>(turned.bytes().data()), turned.bytes().size());
  for (std::size_t i = 0; reversed && i < bytes.size(); i += width)
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                 bytes.begin() + static_cast<std::ptrdiff_t>(i + width));
  return bytes;
}

std::string message_of_opening(std::filesystem::path const& path) {
  try {
    io::npy_source const source(path.string());
  } catch (error const& e) {
    return e.what();
  }
  return "opened without an error";
}

}  // namespace

TEST_CASE("npy_source: C and Fortran order, either byte order, keep the laws", "[io][npy]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  bool const fortran = GENERATE(false, true);
  bool const big_endian = GENERATE(false, true);
  char const version = GENERATE('\1', '\2', '\3');
  auto volume = random_volume(element_type::uint16, {{1, 2, 5, 7, 11}}, random);
  // file axes z, y, x, c: in Fortran order the first is the fastest
  std::array<std::size_t, 5> const order = fortran ? std::array<std::size_t, 5>{0, 1, 4, 3, 2}
                                                   : std::array<std::size_t, 5>{0, 2, 3, 4, 1};
  write_bytes(folder / "a.npy",
              npy(dictionary(big_endian ? ">u2" : "<u2", "(5, 7, 11, 2)", fortran),
                  elements(volume, order, big_endian), version));
  io::npy_source const source((folder / "a.npy").string());
  CHECK(source.description().axes == "zyxc");
  CHECK(source.description().axes_origin == "the shape (ilastik's rule)");
  check_volume_source_laws(source, volume);
}

TEST_CASE("npy_source: every number type, and bool as uint8", "[io][npy]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  auto const check = [&](std::string const& descr, element_type type) {
    CAPTURE(descr);
    auto volume = random_volume(type, {{1, 1, 2, 6, 9}}, random);
    write_bytes(folder / "a.npy", npy(dictionary(descr, "(2, 6, 9)"),
                                      elements(volume, {0, 1, 2, 3, 4}, descr[0] == '>')));
    io::npy_source const source((folder / "a.npy").string());
    REQUIRE(source.description().type == type);
    any_array<5> read(type, volume.shape());
    source.read(box<5>::at_origin(volume.shape()), read.view());
    CHECK(same_bits(read.view(), volume.view()));
  };
  check("|u1", element_type::uint8);
  check("|b1", element_type::uint8);
  check("|i1", element_type::int8);
  for (std::string const order : {"<", ">"}) {
    check(order + "u2", element_type::uint16);
    check(order + "u4", element_type::uint32);
    check(order + "u8", element_type::uint64);
    check(order + "i2", element_type::int16);
    check(order + "i4", element_type::int32);
    check(order + "i8", element_type::int64);
    check(order + "f4", element_type::float32);
    check(order + "f8", element_type::float64);
  }
}

TEST_CASE("npy_source: a large box is read in pieces with the same values", "[io][npy]") {
  temporary_folder folder;
  random_source random;
  auto volume = random_volume(element_type::float32, {{1, 1, 5, 700, 300}}, random);
  write_bytes(folder / "a.npy",
              npy(dictionary("<f4", "(5, 700, 300)"), elements(volume, {0, 1, 2, 3, 4}, false)));
  io::npy_source const source((folder / "a.npy").string());
  box<5> const b{{{0, 0, 1, 3, 40}}, {{1, 1, 5, 699, 290}}};
  for (box<5> const& part : {b, box<5>::at_origin(volume.shape())}) {
    any_array<5> read(element_type::float32, part.shape());
    source.read(part, read.view());
    CHECK(same_bits(read.view(), volume.view().sub(part)));
  }
}

TEST_CASE("npy_source: files that are none, or hold no numbers, are refused by name", "[io][npy]") {
  temporary_folder folder;
  auto const path = folder / "a.npy";
  auto const refusal = [&](std::string const& bytes) {
    write_bytes(path, bytes);
    CHECK_THROWS_AS(io::npy_source(path.string()), error);
    auto const text = message_of_opening(path);
    CHECK_THAT(text, Contains("'" + path.string() + "'"));
    return text;
  };
  std::string const data(4, '\0');
  CHECK_THAT(refusal(""), Contains("is not a .npy file"));
  CHECK_THAT(refusal("PK\3\4 a zip file"), Contains("is not a .npy file"));
  CHECK_THAT(refusal(npy(dictionary("<f2", "(2, 2)"), data)), Contains("elements of type '<f2'"));
  CHECK_THAT(refusal(npy(dictionary("<c8", "(2, 2)"), data)), Contains("elements of type"));
  CHECK_THAT(refusal(npy(dictionary("|O", "(2, 2)"), data)), Contains("elements of type"));
  CHECK_THAT(
      refusal(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 2)}", data)),
      Contains("records"));
  CHECK_THAT(refusal(npy(dictionary("<u2", "(2, 2)"), data)),
             Contains("needs 78 bytes, but has only 74: it is cut"));
  CHECK_THAT(refusal(npy(dictionary("|u1", "(0, 2)"), data)), Contains("is empty"));
  CHECK_THAT(refusal(npy(dictionary("|u1", "(4,)"), data)), Contains("has 1 axes"));
  CHECK_THAT(refusal(npy(dictionary("|u1", "(4611686018427387904, 4)"), data)),
             Contains("no file can hold"));
  CHECK_THAT(refusal(npy(dictionary("|u1", "(99999999999999999999999, 4)"), data)),
             Contains("cannot be read"));
  CHECK_THAT(refusal(npy(dictionary("|u1", "(-2, -2)"), data)), Contains("cannot be read"));
  CHECK_THAT(refusal(npy("{}", data)), Contains("without 'descr'"));
  CHECK_THAT(refusal(npy("", "", 9)), Contains("version 9"));
  CHECK_THAT(refusal(npy("", data, 2).replace(8, 4, "\xff\xff\xff\x7f")), Contains("header"));
}

TEST_CASE("npy_source: no damage to a header's bytes does more than throw", "[io][npy]") {
  temporary_folder folder;
  random_source random;
  CAPTURE(random);
  std::string const bytes = npy(dictionary("<u2", "(3, 4, 5)"), std::string(120, 'x'));
  auto const path = (folder / "a.npy").string();
  for (int repeat = 0; repeat < 400; ++repeat) {
    std::string damaged = bytes;
    for (index_t i = random.between(1, 3); i > 0; --i)
      damaged[static_cast<std::size_t>(random.between(6, 75))] = static_cast<char>(random.bits());
    write_bytes(path, damaged);
    try {
      io::npy_source const source(path);
      auto const& d = source.description();
      any_array<5> read(d.type, d.shape);
      source.read(box<5>::at_origin(d.shape), read.view());
    } catch (error const& e) {
      CHECK_THAT(e.what(), Contains(path));
    }
  }
}
