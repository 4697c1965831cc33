// SPDX-License-Identifier: BSL-1.0
// HDF5 files that the library itself wrote, of any types, shapes, chunks, filters and attributes.

#include <string>
#include <vector>

#include "fuzz_input.hpp"
#include "read_hdf5.hpp"
#include "support/hdf5_editor.hpp"

using namespace voxstitch;
using test::hdf5_editor;
namespace hdf5 = io::detail::hdf5;

namespace {

/// Many of the kinds of type that a file can hold; most are element types.
hdf5::handle type_from(fuzz::fuzz_input& input) {
  auto const element = input.one_of(all_element_types);
  hdf5::handle type(H5Tcopy(hdf5::native_type(element)));
  switch (input.up_to(15)) {
  case 0: H5Tset_order(type.id(), H5T_ORDER_BE); break;
  case 1: H5Tset_precision(type.id(), 1 + input.up_to(15)); break;
  case 2: H5Tset_size(type.id(), 1 + input.up_to(15)); break;
  case 3: H5Tset_sign(type.id(), H5T_SGN_NONE); break;
  case 4: return hdf5::handle(H5Tenum_create(H5T_STD_I8LE));
  case 5: return hdf5::handle(H5Tcreate(H5T_COMPOUND, 1 + input.up_to(15)));
  case 6: return hdf5::handle(H5Tvlen_create(type.id()));
  case 7: return hdf5::handle(H5Tcreate(H5T_OPAQUE, 1 + input.up_to(15)));
  case 8: return hdf5::handle(H5Tcopy(H5T_STD_B16LE));
  case 9: return hdf5::handle(H5Tcopy(H5T_STD_REF_OBJ));
  default: break;
  }
  return type;
}

std::vector<hsize_t> extents_from(fuzz::fuzz_input& input, std::size_t rank) {
  std::vector<hsize_t> extents(rank);
  for (hsize_t& extent : extents) extent = input.number<hsize_t>();
  return extents;
}

/// (Not nbit and scale-offset: libhdf5 1.10.8 crashes when it packs unusual types with them.)
void add_filters(fuzz::fuzz_input& input, hid_t creation) {
  for (std::size_t count = input.up_to(3); count > 0; --count) {
    switch (input.up_to(7)) {
    case 0: H5Pset_shuffle(creation); break;
    case 1: H5Pset_fletcher32(creation); break;
    case 2: H5Pset_filter(creation, 32015, H5Z_FLAG_OPTIONAL, 0, nullptr); break;
    default: H5Pset_deflate(creation, 1); break;
    }
  }
}

hdf5::handle creation_from(fuzz::fuzz_input& input, std::size_t rank) {
  hdf5::handle creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_fill_time(creation.id(), H5D_FILL_TIME_NEVER);
  switch (input.up_to(4)) {
  case 0: break;
  case 1: H5Pset_layout(creation.id(), H5D_COMPACT); break;
  default: {
    auto const chunk = extents_from(input, rank);
    H5Pset_chunk(creation.id(), int(rank), chunk.data());
    add_filters(input, creation.id());
  }
  }
  if (input.flag()) {
    auto const fill = input.number<std::int32_t>();
    H5Pset_fill_value(creation.id(), H5T_NATIVE_INT32, &fill);
  }
  return creation;
}

hdf5::handle space_from(fuzz::fuzz_input& input, std::size_t rank) {
  if (rank == 0) return hdf5::handle(H5Screate(input.flag() ? H5S_SCALAR : H5S_NULL));
  auto const extents = extents_from(input, rank);
  std::vector<hsize_t> const most(rank, H5S_UNLIMITED);
  return hdf5::handle(
      H5Screate_simple(int(rank), extents.data(), input.flag() ? most.data() : nullptr));
}

bool is_within(std::vector<hsize_t> const& offset, std::vector<index_t> const& shape) {
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (offset[i] >= static_cast<hsize_t>(shape[i])) return false;
  return true;
}

/// Chunks of any bytes, as if they were packed; within the dataset, for libhdf5 1.10.8 crashes when
/// one is written outside.
void write_chunks(fuzz::fuzz_input& input, hdf5::handle const& dataset, std::size_t rank) {
  auto const shape = hdf5::shape_of(dataset);
  for (std::size_t count = input.up_to(3); count > 0; --count) {
    auto const offset = extents_from(input, rank);
    std::string const bytes = input.text(200);
    auto const mask = static_cast<std::uint32_t>(input.up_to(7));
    if (!is_within(offset, shape)) continue;
    auto const written =
        H5Dwrite_chunk(dataset.id(), H5P_DEFAULT, mask, offset.data(), bytes.size(), bytes.data());
    if (written < 0) return;
  }
}

/// Writes a small dataset through the library; nothing where it does not fit.
void write_values(fuzz::fuzz_input& input, hdf5::handle const& dataset, hid_t type, hid_t space) {
  hssize_t const count = H5Sget_simple_extent_npoints(space);
  std::size_t const size = H5Tget_size(type);
  H5T_class_t const kind = H5Tget_class(type);
  if (count < 1 || count > 512 || size > 16 || (kind != H5T_INTEGER && kind != H5T_FLOAT)) return;
  std::vector<char> values(std::size_t(count) * size, char(input.up_to(255)));
  H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
}

void add_dataset(fuzz::fuzz_input& input, hid_t file, std::string const& name) {
  std::size_t const rank = input.up_to(7) % 7;
  auto const type = type_from(input);
  auto const space = space_from(input, rank);
  auto const creation = creation_from(input, rank);
  hdf5::handle const dataset(H5Dcreate2(file, name.c_str(), type.id(), space.id(), H5P_DEFAULT,
                                        creation.id(), H5P_DEFAULT));
  if (!dataset) return;
  if (input.flag()) write_values(input, dataset, type.id(), space.id());
  if (rank > 0) write_chunks(input, dataset, rank);
}

void add_attribute(fuzz::fuzz_input& input, hdf5_editor& file, std::string const& place) {
  static std::vector<std::string> const names{"axistags", "axes", "DIMENSION_LABELS",
                                              "element_size_um", "axis_units"};
  auto const& name = input.one_of(names);
  auto const form = input.one_of(
      std::vector{test::string_form::varying, test::string_form::fixed, test::string_form::opaque});
  switch (input.up_to(3)) {
  case 0: file.text_attribute(place, name, {input.text(80)}, form); break;
  case 1: {
    std::vector<std::string> texts(1 + input.up_to(5));
    for (auto& text : texts) text = input.text(4);
    file.text_attribute(place, name, texts, form);
    break;
  }
  default: {
    std::vector<double> values(1 + input.up_to(3));
    for (double& value : values) value = input.number<double>();
    file.attribute<double>(place, name, values);
  }
  }
}

void write(std::string const& path, fuzz::fuzz_input& input) {
  hdf5_editor file(path, hdf5_editor::mode::create);
  std::vector<std::string> const places{"/a", "/b"};
  for (std::size_t count = 1 + input.up_to(1); auto const& place : places) {
    if (count-- == 0) break;
    add_dataset(input, file.id(), place);
    for (std::size_t attributes = input.up_to(3); attributes > 0; --attributes)
      if (file.has(place)) add_attribute(input, file, place);
  }
  file.group("/g/h");
  for (std::size_t links = input.up_to(3); links > 0; --links)
    file.link(input.flag() ? "/g" : "/", "/g/h/" + std::to_string(links));
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static fuzz::scratch_file const file("input.h5");
  {
    hdf5::library_lock const lock;
    fuzz::fuzz_input input({data, size});
    write(file.path(), input);
  }
  fuzz::read_hdf5_volumes(file.path());
  return 0;
}
