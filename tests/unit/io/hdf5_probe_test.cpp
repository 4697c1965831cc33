// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/hdf5_probe.hpp"

#include <fstream>

#include "hdf5_fixture.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;
using io::probe_hdf5;

namespace {

/// A uint16 volume of 4 x 5 x 6 in "/data".
std::string plain_file(temporary_folder const& folder) {
  auto const path = (folder / "v.h5").string();
  any_array<5> values(element_type::uint16, {{1, 1, 4, 5, 6}});
  write_file(path, values, "zyx", {});
  return path;
}

void add_axistags(std::string const& path, std::string const& text) {
  edit_dataset(path, "/data", [&](h5::handle const& dataset) {
    h5::write_string_attribute(dataset, "axistags", text);
  });
}

}  // namespace

TEST_CASE("probe_hdf5: a dataset without metadata has a shape and a type, and no axes", "[io]") {
  temporary_folder const folder;
  auto const layout = probe_hdf5(plain_file(folder), "/data");
  CHECK(layout.shape == std::vector<index_t>{4, 5, 6});
  CHECK(layout.type == element_type::uint16);
  CHECK(!layout.axes);
  CHECK(layout.voxel_size == std::array<double, 3>{});
  CHECK(layout.voxel_unit.empty());
}

TEST_CASE("probe_hdf5: axistags name the axes and the resolution", "[io]") {
  temporary_folder const folder;
  auto const path = plain_file(folder);
  CHECK(probe_hdf5(path).axes_doubt == "");
  add_axistags(path, io::write_axistags("xyz", {5, 0.5, 0.25}));
  auto const layout = probe_hdf5(path, "data");
  CHECK(layout.axes == "xyz");
  CHECK(layout.axes_origin == "attribute 'axistags'");
  CHECK(layout.axes_doubt == "");
  CHECK(layout.voxel_size == std::array<double, 3>{5, 0.5, 0.25});
}

TEST_CASE("probe_hdf5: axistags that leave an axis open, or fit another rank, are passed over",
          "[io]") {
  temporary_folder const folder;
  auto const path = plain_file(folder);
  std::string unknown = io::write_axistags("zyx");
  unknown.replace(unknown.find("\"y\""), 3, "\"?\"");
  // as<>: without it Catch keeps a reference to `unknown`, beyond the end of this run of the test
  add_axistags(path, GENERATE_COPY(as<std::string>{}, unknown, io::write_axistags("zyxc"),
                                   "no json", "{}", "[3]"));
  CHECK(!probe_hdf5(path).axes);
  CHECK(probe_hdf5(path).axes_doubt == "attribute 'axistags'");
  edit_dataset(path, "/data", [](h5::handle const& dataset) {
    h5::write_dimension_labels(dataset, {"t", "y", "x"});
  });
  CHECK(probe_hdf5(path).axes == "tyx");
  CHECK(probe_hdf5(path).axes_origin == "attribute 'DIMENSION_LABELS'");
}

TEST_CASE("probe_hdf5: N5's axes come fastest first, as strings or as JSON", "[io]") {
  temporary_folder const folder;
  auto const path = plain_file(folder);
  bool const json = GENERATE(false, true);
  edit_dataset(path, "/data", [&](h5::handle const& dataset) {
    h5::write_dimension_labels(dataset, {"t", "y", "x"});
    if (json)
      h5::write_string_attribute(dataset, "axes", "[\"X\", \"Y\", \"C\"]");
    else
      h5::write_string_list_attribute(dataset, "axes", {"x", "y", "c"});
  });
  CHECK(probe_hdf5(path).axes == "cyx");
  CHECK(probe_hdf5(path).axes_origin == "attribute 'axes'");
}

TEST_CASE("probe_hdf5: labels that are no axes are passed over", "[io]") {
  temporary_folder const folder;
  auto const path = plain_file(folder);
  auto const labels = GENERATE(as<std::vector<std::string>>{}, std::vector<std::string>{"", "", ""},
                               std::vector<std::string>{"depth", "row", "column"},
                               std::vector<std::string>{"z", "y", "y"});
  edit_dataset(path, "/data",
               [&](h5::handle const& dataset) { h5::write_dimension_labels(dataset, labels); });
  CHECK(!probe_hdf5(path).axes);
}

TEST_CASE("probe_hdf5: the voxel size comes from element_size_um, else axistags and axis_units",
          "[io]") {
  temporary_folder const folder;
  auto const path = plain_file(folder);
  add_axistags(path, io::write_axistags("zyx", {5, 0.5, 0.25}));
  SECTION("one unit for all axes") {
    edit_dataset(path, "/data", [](h5::handle const& dataset) {
      h5::write_string_attribute(dataset, "axis_units",
                                 R"({"z": "µm", "y": "µm", "x": "um", "c": ""})");
    });
    CHECK(probe_hdf5(path).voxel_unit == "um");
    CHECK(probe_hdf5(path).voxel_size[0] == 5);
  }
  SECTION("units that differ tell nothing") {
    edit_dataset(path, "/data", [](h5::handle const& dataset) {
      h5::write_string_attribute(dataset, "axis_units", R"({"z": "mm", "y": "um", "x": "um"})");
    });
    CHECK(probe_hdf5(path).voxel_unit.empty());
  }
  SECTION("element_size_um") {
    edit_dataset(path, "/data", [](h5::handle const& dataset) {
      h5::write_number_list_attribute(dataset, "element_size_um", element_type::float32, {3, 2, 1});
    });
    CHECK(probe_hdf5(path).voxel_unit == "um");
    CHECK(probe_hdf5(path).voxel_size == std::array<double, 3>{3, 2, 1});
  }
}

TEST_CASE("probe_hdf5: without an internal path the file must hold one volume", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "v.h5").string();
  any_array<5> volume(element_type::uint16, {{1, 1, 4, 5, 6}});
  any_array<5> image(element_type::float32, {{1, 1, 1, 5, 6}});
  {
    h5::library_lock const lock;
    h5::handle const file = h5::create_file(path);
    any_array<5> list(element_type::int64, {{1, 1, 1, 1, 6}});
    add_dataset(file, "/table", list, "x", {});
  }
  CHECK_THROWS_AS(probe_hdf5(path), format_error);
  CHECK_THROWS_WITH(probe_hdf5(path),
                    Contains("v.h5' holds no dataset of numbers with 2 to 5 axes, but '/table'"));
  {
    h5::library_lock const lock;
    h5::handle const file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
    add_dataset(file, "/raw/volume", volume, "zyx", {});
  }
  CHECK(probe_hdf5(path).shape == std::vector<index_t>{4, 5, 6});
  {
    h5::library_lock const lock;
    h5::handle const file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
    add_dataset(file, "/raw/image", image, "yx", {});
  }
  CHECK_THROWS_AS(probe_hdf5(path), format_error);
  CHECK_THROWS_WITH(probe_hdf5(path),
                    Contains("holds 2 volumes: '/raw/image' (5 x 6 float32), '/raw/volume' "
                             "(4 x 5 x 6 uint16); name one of them") &&
                        Contains("v.h5/raw/image'"));
  CHECK(probe_hdf5(path, "/raw/image").shape == std::vector<index_t>{5, 6});
  CHECK_THROWS_AS(probe_hdf5(path, "/raw"), format_error);
  CHECK_THROWS_WITH(probe_hdf5(path, "/raw"),
                    Contains("'/raw' is a group, not a dataset; it holds '/raw/image'"));
  CHECK_THROWS_WITH(probe_hdf5(path, "/raw/nothing"),
                    Contains("has no dataset '/raw/nothing'; it holds '/raw/image'"));
  CHECK_THROWS_WITH(probe_hdf5(path, "/table"),
                    Contains("'/table' has 1 axes, but a volume has 2 to 5"));
}

TEST_CASE("probe_hdf5: files that cannot be read have their own errors", "[io]") {
  temporary_folder const folder;
  auto const missing = (folder / "missing.h5").string();
  CHECK_THROWS_AS(probe_hdf5(missing), io_error);
  CHECK_THROWS_WITH(probe_hdf5(missing), Contains("missing.h5' cannot be read: No such file"));
  auto const text = (folder / "text.h5").string();
  std::ofstream(text) << "no HDF5 at all";
  CHECK_THROWS_AS(probe_hdf5(text), format_error);
  CHECK_THROWS_WITH(probe_hdf5(text), Contains("text.h5' is not an HDF5 file"));
  CHECK_THROWS_WITH(probe_hdf5(folder.path().string()), Contains("is not an HDF5 file"));
}

TEST_CASE("probe_hdf5: elements that are no numbers are named", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "v.h5").string();
  {
    h5::library_lock const lock;
    h5::handle const file = h5::create_file(path);
    std::array<hsize_t, 2> const shape{2, 3};
    h5::handle const space(H5Screate_simple(2, shape.data(), nullptr));
    h5::handle const record(H5Tcreate(H5T_COMPOUND, 8));
    H5Tinsert(record.id(), "a", 0, H5T_NATIVE_INT32);
    h5::handle const half(H5Tcopy(H5T_IEEE_F32LE));
    H5Tset_fields(half.id(), 15, 10, 5, 0, 10);
    H5Tset_size(half.id(), 2);
    h5::handle const text(H5Tcopy(H5T_C_S1));
    for (auto const& [name, type] : {std::pair{"record", record.id()}, std::pair{"half", half.id()},
                                     std::pair{"text", text.id()}})
      CHECK(h5::handle(
          H5Dcreate2(file.id(), name, type, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
  }
  CHECK_THROWS_AS(probe_hdf5(path, "/record"), format_error);
  CHECK_THROWS_WITH(probe_hdf5(path, "/record"), Contains("'/record' holds compounds"));
  CHECK_THROWS_WITH(probe_hdf5(path, "/half"),
                    Contains("'/half': 16 bit floats are not supported; convert to float32"));
  CHECK_THROWS_WITH(probe_hdf5(path, "/text"), Contains("'/text' holds strings"));
}

TEST_CASE("probe_hdf5: voxel sizes that are none are unknown", "[io]") {
  temporary_folder const folder;
  auto const path = plain_file(folder);
  double const nan = std::numeric_limits<double>::quiet_NaN();
  double const infinity = std::numeric_limits<double>::infinity();
  edit_dataset(path, "/data", [&](h5::handle const& dataset) {
    h5::write_number_list_attribute(dataset, "element_size_um", element_type::float64,
                                    {nan, infinity, -1});
  });
  CHECK(probe_hdf5(path).voxel_size == std::array<double, 3>{});
}

TEST_CASE("probe_hdf5: a shape that no file can hold is refused", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "v.h5").string();
  {
    h5::library_lock const lock;
    h5::handle const file = h5::create_file(path);
    std::array<hsize_t, 2> const shape{hsize_t{1} << 31, hsize_t{1} << 31};
    std::array<hsize_t, 2> const chunk{8, 8};
    h5::handle const space(H5Screate_simple(2, shape.data(), nullptr));
    h5::handle const creation(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_chunk(creation.id(), 2, chunk.data());
    h5::handle const made(H5Dcreate2(file.id(), "d", H5T_NATIVE_UINT16, space.id(), H5P_DEFAULT,
                                     creation.id(), H5P_DEFAULT));
    REQUIRE(made);
  }
  CHECK_THROWS_AS(probe_hdf5(path), format_error);
  CHECK_THROWS_WITH(probe_hdf5(path), Contains("v.h5', '/d' claims a shape that no file can hold"));
}
