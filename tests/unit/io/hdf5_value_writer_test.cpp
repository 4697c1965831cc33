// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/hdf5_value_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "voxstitch/io/detail/hdf5_stored_values.hpp"
#include "voxstitch/io/posix_file.hpp"

namespace {

using namespace voxstitch;
namespace hdf5 = io::detail::hdf5;

void fill(io::hdf5_value_writer& file) {
  file.group("empty");
  file.text("a/text", "\xCF\x83=1.0");
  file.text("a/utf8", "0.1", io::characters::utf8);
  file.texts("a/texts", {"one", "", "three"});
  file.flag("a/flag", true);
  file.flags("a/flags", {2, 2}, {1, 0, 0, 1});
  file.number<std::int64_t>("a/number", -3);
  file.numbers("a/numbers", std::vector<double>{0.5, 2});
  file.bytes("a/bytes", "(lp0\n.");
  file.flag_attribute("a/texts", "isEmpty", false);
  file.number_attribute<double>("empty", "version", {1}, 0.1);
  file.text_attribute("a/number", "name", "value", io::characters::ascii);
}

/// The file on disk, opened with the library's usual driver.
hdf5::handle written(std::filesystem::path const& path) {
  io::hdf5_value_writer file;
  fill(file);
  io::posix_file::create(path.string()).write_at(0, file.image());
  return hdf5::open_file(path.string());
}

TEST_CASE("hdf5_value_writer: what was written can be read", "[io]") {
  test::temporary_folder const folder;
  auto const file = written(folder / "values.h5");
  auto const strings = [&](char const* place) {
    return hdf5::read_strings(hdf5::open_dataset(file, place));
  };
  CHECK(hdf5::children(file) == std::vector<std::string>{"a", "empty"});
  CHECK(strings("a/text") == std::vector<std::string>{"\xCF\x83=1.0"});
  CHECK(strings("a/utf8") == std::vector<std::string>{"0.1"});
  CHECK(strings("a/texts") == std::vector<std::string>{"one", "", "three"});
  CHECK(strings("a/bytes") == std::vector<std::string>{"(lp0\n."});
  CHECK(hdf5::read_numbers<int>(hdf5::open_dataset(file, "a/flags")) ==
        std::vector<int>{1, 0, 0, 1});
  CHECK(hdf5::shape_of(hdf5::open_dataset(file, "a/flags")) == std::vector<index_t>{2, 2});
  CHECK(hdf5::shape_of(hdf5::open_dataset(file, "a/flag")).empty());
  CHECK(hdf5::read_numbers<int>(hdf5::open_dataset(file, "a/number")) == std::vector<int>{-3});
  CHECK(hdf5::read_numbers<double>(hdf5::open_dataset(file, "a/numbers")) ==
        std::vector<double>{0.5, 2});
  CHECK(hdf5::number_attribute<int>(hdf5::open_dataset(file, "a/texts"), "isEmpty") ==
        std::vector<int>{0});
  CHECK(hdf5::number_attribute<double>(hdf5::open_group(file, "empty"), "version") ==
        std::vector<double>{0.1});
  CHECK(hdf5::string_attribute(hdf5::open_dataset(file, "a/number"), "name") ==
        std::vector<std::string>{"value"});
}

TEST_CASE("hdf5_value_writer: types are those of h5py", "[io]") {
  test::temporary_folder const folder;
  auto const file = written(folder / "values.h5");
  auto const type = [&](char const* place) {
    return hdf5::type_of(hdf5::open_dataset(file, place));
  };
  CHECK(H5Tget_class(type("a/flag").id()) == H5T_ENUM);
  CHECK(H5Tget_class(type("a/bytes").id()) == H5T_OPAQUE);
  CHECK(H5Tis_variable_str(type("a/text").id()) > 0);
  CHECK(H5Tget_cset(type("a/text").id()) == H5T_CSET_ASCII);
  CHECK(H5Tget_cset(type("a/utf8").id()) == H5T_CSET_UTF8);
  CHECK(H5Tequal(type("a/number").id(), H5T_STD_I64LE) > 0);
}

TEST_CASE("hdf5_value_writer: the same values give the same bytes, without times", "[io]") {
  io::hdf5_value_writer first;
  io::hdf5_value_writer second;  // both open at once
  fill(first);
  fill(second);
  CHECK(first.image() == second.image());

  test::temporary_folder const folder;
  auto const file = written(folder / "values.h5");
  for (char const* place : {"a", "empty", "a/text", "a/flags"}) {
    hdf5::library_lock const lock;
    hdf5::handle const object(H5Oopen(file.id(), place, H5P_DEFAULT));
    H5O_info_t info{};
    H5Oget_info2(object.id(), &info, H5O_INFO_TIME);
    CHECK(info.mtime == 0);
    CHECK(info.ctime == 0);
  }
}

TEST_CASE("hdf5_value_writer: two values at one place are refused", "[io]") {
  io::hdf5_value_writer file;
  file.text("a", "1");
  CHECK_THROWS_AS(file.text("a", "2"), io_error);
  CHECK_THROWS_AS(file.group("a"), io_error);
  CHECK_THROWS_AS(file.flag_attribute("b", "isEmpty", true), io_error);
}

}  // namespace

TEST_CASE("hdf5_value_writer: extents that do not fit the values are refused", "[io]") {
  io::hdf5_value_writer file;
  std::vector<double> const three{1, 2, 3};
  CHECK_THROWS_AS(file.numbers<double>("a", {2, 2}, three), usage_error);
  file.group("g");
  CHECK_THROWS_AS(file.number_attribute<double>("g", "version", {3}, 0.1), usage_error);
}
