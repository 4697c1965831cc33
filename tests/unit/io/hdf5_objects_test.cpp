// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/detail/hdf5_objects.hpp"

#include <algorithm>

#include "hdf5_fixture.hpp"
#include "support/hdf5_editor.hpp"

using namespace voxstitch;
using namespace voxstitch::test;

TEST_CASE("links: kinds, children and all datasets; aliases by name are not followed", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "l.h5").string();
  any_array<5> values(element_type::uint8, {{1, 1, 1, 2, 2}});
  {
    h5::library_lock const lock;
    h5::handle const file = h5::create_file(path);
    add_dataset(file, "/b/c/d", values, "yx", {});
    add_dataset(file, "/a", values, "yx", {});
    REQUIRE(H5Lcreate_soft("/a", file.id(), "alias", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    REQUIRE(H5Lcreate_soft("/nowhere", file.id(), "dangling", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    REQUIRE(H5Lcreate_hard(file.id(), "/b", file.id(), "/b/c/loop", H5P_DEFAULT, H5P_DEFAULT) >= 0);
  }
  auto const file = h5::open_file(path);
  CHECK(h5::children(file) == std::vector<std::string>{"a", "alias", "b", "dangling"});
  CHECK(h5::kind_of(file, "/b/c") == h5::object_kind::group);
  CHECK(h5::kind_of(file, "/alias") == h5::object_kind::dataset);
  CHECK(h5::kind_of(file, "/dangling") == h5::object_kind::missing);
  CHECK(h5::kind_of(file, "/b/x/y") == h5::object_kind::missing);
  auto const datasets = h5::all_datasets(file);
  CHECK(std::count(datasets.begin(), datasets.end(), "/a") == 1);
  CHECK(std::count(datasets.begin(), datasets.end(), "/b/c/d") == 1);
  CHECK(std::count(datasets.begin(), datasets.end(), "/alias") == 0);
  CHECK_THROWS_AS(h5::open_group(file, "/a/b"), format_error);
}

TEST_CASE("links that lead back to their groups are followed once", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "l.h5").string();
  {
    hdf5_editor file(path, hdf5_editor::mode::create);
    file.numbers<int>("/g/d", {1});
    for (int i = 0; i < 12; ++i) {  // 12^16 paths
      file.link("/g", "/g/again" + std::to_string(i));
      file.link("/", "/g/top" + std::to_string(i));
    }
  }
  CHECK(h5::all_datasets(h5::open_file(path)) == std::vector<std::string>{"/g/d"});
}
