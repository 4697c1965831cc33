// SPDX-License-Identifier: BSL-1.0
/// @file Does vigra, through which ilastik reads files, read ours?
#include "vigra_reader.hpp"

#include "hdf5_fixture.hpp"
#include "voxstitch/io/detail/hdf5_stored_values.hpp"
#include "voxstitch/io/hdf5_sink.hpp"
#include "voxstitch/io/tiff_writer.hpp"
#include "voxstitch/io/view_source.hpp"

using namespace voxstitch;
using namespace voxstitch::test;

namespace {

struct type_name {
  element_type type;
  std::string vigra_says;
};

/// All types that vigra's images have.
type_name any_image_type() {
  return GENERATE(
      type_name{element_type::uint8, "UINT8"}, type_name{element_type::int16, "INT16"},
      type_name{element_type::uint16, "UINT16"}, type_name{element_type::int32, "INT32"},
      type_name{element_type::uint32, "UINT32"}, type_name{element_type::float32, "FLOAT"},
      type_name{element_type::float64, "DOUBLE"});
}

/// A file as the program writes it; several chunks along z, y and x.
void write_hdf5(std::string const& path, io::dataset_spec const& spec, any_array<5>& values,
                std::string const& axes, std::array<double, 3> const& voxel_size = {}) {
  volume_description description;
  description.shape = values.shape();
  description.type = values.type();
  description.axes = axes;
  description.voxel_size = voxel_size;
  io::hdf5_sink sink(path, spec, description, {{1, 1, 4, 4, 5}});
  sink.write(box<5>::at_origin(values.shape()), values.view());
  sink.finish();
}

}  // namespace

TEST_CASE("vigra reads labels from hdf5_sink's file: the same shape, type and values", "[io]") {
  temporary_folder const folder;
  random_source random;
  CAPTURE(random);
  auto const [type, vigra_says] = any_image_type();
  std::string const axes = GENERATE("zyx", "zyxc");
  auto labels = random_volume(type, {{1, 1, 9, 10, 11}}, random);
  auto const path = (folder / "labels.h5").string();
  write_hdf5(path, {"/exported_data"}, labels, axes);
  auto const read = vigra_read_hdf5(path, "/exported_data");
  CHECK(read.type == vigra_says);
  CHECK(read.shape == (axes == "zyx" ? std::vector<std::ptrdiff_t>{9, 10, 11}
                                     : std::vector<std::ptrdiff_t>{9, 10, 11, 1}));
  CHECK((read.bytes == in_file_order(labels, axes)));
}

TEST_CASE("vigra reads probabilities from a group of hdf5_sink's file, channels last", "[io]") {
  temporary_folder const folder;
  random_source random;
  CAPTURE(random);
  auto probabilities = random_volume(element_type::float32, {{1, 3, 9, 10, 11}}, random);
  auto const path = (folder / "probabilities.h5").string();
  write_hdf5(path, {"/volume/probabilities", {{0, 1}}, "grayscale", {"a", "b", "c"}}, probabilities,
             "zyxc");
  auto const read = vigra_read_hdf5(path, "/volume/probabilities");
  CHECK(read.type == "FLOAT");
  CHECK(read.shape == std::vector<std::ptrdiff_t>{9, 10, 11, 3});
  CHECK((read.bytes == in_file_order(probabilities, "zyxc")));
}

// Compared as JSON: vigra parses its tags in Python only, and reads no UTF-8 attributes in C++,
// which is how h5py, and so ilastik, writes them.
TEST_CASE("vigra would write the axistags that hdf5_sink writes", "[io]") {
  temporary_folder const folder;
  std::string const axes = GENERATE("zyxc", "zyx", "xyz", "tzyxc", "yxc", "tczyx");
  std::array<double, 3> const voxel_size =
      GENERATE(std::array<double, 3>{}, std::array<double, 3>{2, 0.65, 0.325});
  CAPTURE(axes, voxel_size[0]);
  any_array<5> values(element_type::uint8, {{1, 1, 1, 3, 4}});
  auto const path = (folder / "v.h5").string();
  write_hdf5(path, {"/exported_data"}, values, axes, voxel_size);
  auto const dataset = h5::open_dataset(h5::open_file(path), "/exported_data");
  auto const written = h5::string_attribute(dataset, "axistags").value().at(0);
  CHECK(nlohmann::json::parse(written) == nlohmann::json::parse(vigra_axistags(axes, voxel_size)));
}

TEST_CASE("vigra reads all pages of tiff_writer's file: the same size, type and values",
          "[io][tiff]") {
  temporary_folder const folder;
  random_source random;
  CAPTURE(random);
  auto const [type, vigra_says] = any_image_type();
  auto volume = random_volume(type, {{1, 2, 3, 40, 30}}, random);
  auto const path = (folder / "v.tif").string();
  io::write_tiff(path, io::view_source(volume.view(), "czyx"), 3000);
  auto const read = vigra_read_pages(path);
  CHECK(read.type == vigra_says);
  CHECK(read.shape == std::vector<std::ptrdiff_t>{6, 40, 30});
  CHECK((read.bytes == in_file_order(volume, "zcyx")));  // channels fastest among the pages
}

TEST_CASE("vigra reads pages of several strips, the last one thinner", "[io][tiff]") {
  temporary_folder const folder;
  random_source random;
  CAPTURE(random);
  auto volume = random_volume(element_type::uint16, {{1, 1, 2, 700, 500}}, random);
  auto const path = (folder / "v.tif").string();
  io::write_tiff(path, io::view_source(volume.view()), 1 << 20);
  auto const read = vigra_read_pages(path);
  CHECK(read.shape == std::vector<std::ptrdiff_t>{2, 700, 500});
  CHECK((read.bytes == in_file_order(volume, "zyx")));
}
