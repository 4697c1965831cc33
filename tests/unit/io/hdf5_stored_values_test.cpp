// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/detail/hdf5_stored_values.hpp"

#include <fstream>
#include <functional>
#include <iterator>

#include "hdf5_fixture.hpp"
#include "support/hdf5_editor.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

namespace {

std::string content_of(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A new type of that class and size, of which `adjust` may change more.
h5::handle string_type(std::size_t size, H5T_str_t padding) {
  h5::handle type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.id(), size);
  H5Tset_strpad(type.id(), padding);
  return type;
}

void add_list(h5::handle const& file, char const* name, h5::handle const& type, hsize_t count,
              void const* values) {
  h5::handle const space(H5Screate_simple(1, &count, nullptr));
  h5::handle const dataset(
      H5Dcreate2(file.id(), name, type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  REQUIRE(dataset);
  REQUIRE(H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
}

}  // namespace

TEST_CASE("read_strings reads varying, NUL padded, blank padded and opaque strings alike", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "s.h5").string();
  std::vector<std::string> const expected{"ab", "", "\xCF\x83=0"};
  {
    h5::library_lock const lock;
    h5::handle const file = h5::create_file(path);
    std::array<char const*, 3> const pointers{"ab", "", "\xCF\x83=0"};
    add_list(file, "varying", string_type(H5T_VARIABLE, H5T_STR_NULLTERM), 3, pointers.data());
    std::string const nul_padded("ab\0\0\0\0\0\0\xCF\x83=0", 12);
    add_list(file, "padded", string_type(4, H5T_STR_NULLPAD), 3, nul_padded.data());
    add_list(file, "blanks", string_type(4, H5T_STR_SPACEPAD), 3, "ab      \xCF\x83=0");
    h5::handle const opaque(H5Tcreate(H5T_OPAQUE, 4));
    add_list(file, "opaque", opaque, 3, nul_padded.data());
  }
  auto const file = h5::open_file(path);
  for (char const* name : {"varying", "padded", "blanks", "opaque"}) {
    CAPTURE(name);
    CHECK(h5::read_strings(h5::open_dataset(file, name)) == expected);
  }
  CHECK_THROWS_AS(h5::read_numbers<float>(h5::open_dataset(file, "varying")), format_error);
  CHECK_THROWS_WITH(h5::read_numbers<float>(h5::open_dataset(file, "opaque")),
                    Contains("s.h5', '/opaque' holds opaque bytes, but should hold numbers"));
}

TEST_CASE("read_numbers converts between the number types and byte orders", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "n.h5").string();
  any_array<5> values(element_type::int16, {{1, 1, 1, 2, 2}});
  auto const view = values.view().as<std::int16_t>();
  view(0, 0, 0, 0, 0) = -5;
  view(0, 0, 0, 1, 1) = 1000;
  write_file(path, values, "yx", {{}, true});
  auto const file = h5::open_file(path);
  auto const dataset = h5::open_dataset(file, "data");
  CHECK(h5::read_numbers<double>(dataset) == std::vector<double>{-5, 0, 0, 1000});
  CHECK(h5::read_numbers<std::int64_t>(dataset) == std::vector<std::int64_t>{-5, 0, 0, 1000});
  CHECK(h5::number_type(h5::type_of(dataset))->big_endian);
  CHECK_THROWS_WITH(h5::read_strings(dataset), Contains("should hold strings"));
}

TEST_CASE("attributes that are absent or of another kind read as nothing", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "a.h5").string();
  any_array<5> values(element_type::uint8, {{1, 1, 1, 2, 2}});
  write_file(path, values, "yx", {});
  edit_dataset(path, "/data", [](h5::handle const& dataset) {
    h5::write_string_attribute(dataset, "text", "t");
    h5::write_number_list_attribute(dataset, "numbers", element_type::int32, {1, 2});
  });
  auto const file = h5::open_file(path);
  auto const dataset = h5::open_dataset(file, "data");
  CHECK(h5::string_attribute(dataset, "text") == std::vector<std::string>{"t"});
  CHECK(h5::number_attribute<int>(dataset, "numbers") == std::vector<int>{1, 2});
  CHECK(!h5::string_attribute(dataset, "numbers"));
  CHECK(!h5::number_attribute<int>(dataset, "text"));
  CHECK(!h5::string_attribute(dataset, "nothing"));
  CHECK_THROWS_WITH(h5::open_attribute(dataset, "nothing"),
                    Contains("a.h5', '/data': there is no attribute 'nothing'"));
}

namespace {

/// Little endian bytes.
template <class T>
std::string bytes_of_number(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

void replace_once(std::string& content, std::string const& from, std::string const& to) {
  auto const at = content.find(from);
  REQUIRE(at != std::string::npos);
  content.replace(at, to.size(), to);
}

/// What reading the two strings "Dark" and "Bright" says after `change` of the file's bytes.
std::string refusal_of_strings(std::function<void(std::string&)> const& change) {
  temporary_folder const folder;
  auto const path = (folder / "s.h5").string();
  hdf5_editor(path, hdf5_editor::mode::create).texts("/names", {"Dark", "Bright"});
  std::string content = content_of(path);
  change(content);
  std::ofstream(path, std::ios::binary) << content;
  try {
    static_cast<void>(h5::read_strings(h5::open_dataset(h5::open_file(path), "/names")));
    return "no error";
  } catch (format_error const& refusal) {
    CHECK_THAT(refusal.what(), Contains(quoted(path)));
    return refusal.what();
  }
}

/// Where the header of the string `text` begins: index, two numbers, length, the text.
std::size_t place_of_string(std::string const& content, std::string const& text) {
  return content.find(bytes_of_number(std::uint64_t(text.size())) + text) - 8;
}

}  // namespace

TEST_CASE("strings that are not where their references say are refused", "[io]") {
  CHECK(refusal_of_strings([](std::string&) {}) == "no error");
  auto const at_bright = [](std::size_t offset, std::string const& bytes) {
    return refusal_of_strings([&](std::string& content) {
      content.replace(place_of_string(content, "Bright") + offset, bytes.size(), bytes);
    });
  };
  SECTION("a length that the library would allocate") {
    CHECK_THAT(refusal_of_strings([](std::string& content) {
                 auto const dark = bytes_of_number(std::uint32_t{4});
                 auto const at = content.find("GCOL");
                 auto const address = bytes_of_number(std::uint64_t(at));
                 replace_once(content, dark + address, bytes_of_number(std::uint32_t{1} << 31));
               }),
               Contains("a string of 2147483648 bytes is not where it should be"));
  }
  SECTION("a string that is longer than its reference, which would be written beyond memory") {
    CHECK_THAT(at_bright(8, bytes_of_number(std::uint64_t{100})), Contains("is damaged"));
  }
  SECTION("a number that no string has") {
    CHECK_THAT(at_bright(0, bytes_of_number(std::uint16_t{9})), Contains("a string of 6 bytes"));
  }
  SECTION("a number twice") {
    CHECK_THAT(refusal_of_strings([](std::string& content) {
                 auto const number = content.substr(place_of_string(content, "Dark"), 2);
                 content.replace(place_of_string(content, "Bright"), 2, number);
               }),
               Contains("one number"));
  }
  SECTION("free space of no length, over which the library would run forever") {
    CHECK_THAT(at_bright(0, std::string(16, '\0')), Contains("reaches beyond its place"));
  }
  SECTION("a string that reaches beyond its collection") {
    for (auto const size : {std::uint64_t{1} << 20, std::uint64_t(-1), std::uint64_t(-20)})
      CHECK_THAT(at_bright(8, bytes_of_number(size)), Contains("reaches beyond its place"));
  }
  SECTION("a collection that is none, or longer than the file") {
    for (auto const& bytes : {std::string("GCOX"), std::string("GCOL\2"),
                              "GCOL\1" + std::string(3, '\0') + bytes_of_number(std::uint64_t(-9))})
      CHECK_THAT(
          refusal_of_strings([&](std::string& content) { replace_once(content, "GCOL", bytes); }),
          Contains("no strings are where they should be"));
  }
}

TEST_CASE("strings that are longer than their file take no memory", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "s.h5").string();
  std::vector<std::string> texts(1000);
  texts[0] = std::string(60000, 'x');
  hdf5_editor(path, hdf5_editor::mode::create).texts("/bomb", texts);
  std::string content = content_of(path);
  std::size_t first = std::string::npos;
  for (auto at = content.find("GCOL"); first == std::string::npos;
       at = content.find("GCOL", at + 1)) {
    REQUIRE(at != std::string::npos);
    first =
        content.find(bytes_of_number(std::uint32_t{60000}) + bytes_of_number(std::uint64_t(at)));
  }
  auto const reference = content.substr(first, 16);
  for (std::size_t i = 1; i < texts.size(); ++i) content.replace(first + 16 * i, 16, reference);
  std::ofstream(path, std::ios::binary) << content;
  auto const dataset = h5::open_dataset(h5::open_file(path), "/bomb");
  CHECK_THROWS_AS(h5::read_strings(dataset), format_error);
  CHECK_THROWS_WITH(h5::read_strings(dataset), Contains("/bomb': the values cannot be read"));
}

TEST_CASE("an attribute of many strings is passed over", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "a.h5").string();
  {
    hdf5_editor file(path, hdf5_editor::mode::create);
    file.numbers<int>("/d", {1});
    file.text_attribute("/d", "few", std::vector<std::string>(64, "x"));
    file.text_attribute("/d", "many", std::vector<std::string>(65, "x"));
  }
  auto const dataset = h5::open_dataset(h5::open_file(path), "/d");
  CHECK(h5::string_attribute(dataset, "few")->size() == 64);
  CHECK(!h5::string_attribute(dataset, "many"));
}
