// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/hdf5_source.hpp"

#include <chrono>
#include <fstream>

#include <sys/resource.h>

#include "hdf5_fixture.hpp"
#include "support/test_data.hpp"
#include "support/volume_sink_laws.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;
using io::hdf5_source;

namespace {

void deflate(hid_t creation) { H5Pset_deflate(creation, 3); }
void shuffle_deflate(hid_t creation) {
  H5Pset_shuffle(creation);
  H5Pset_deflate(creation, 3);
}
void deflate_shuffle(hid_t creation) {
  H5Pset_deflate(creation, 3);
  H5Pset_shuffle(creation);
}
void fletcher(hid_t creation) {
  H5Pset_deflate(creation, 3);
  H5Pset_fletcher32(creation);
}

/// A filter that only the library undoes.
void nbit(hid_t creation) { H5Pset_nbit(creation); }

coord<5> const small{{1, 1, 11, 13, 17}};

/// A mapping of a virtual dataset: planes [begin, begin + planes) are all of another dataset.
struct mapping {
  std::string file;
  std::string dataset;
  hsize_t begin = 0;
  hsize_t planes = 1;
};

/// A new file `path` with the virtual dataset "/data" of `shape` (file order).
void write_virtual(std::string const& path, std::vector<hsize_t> const& shape,
                   std::vector<mapping> const& mappings) {
  h5::library_lock const lock;
  h5::handle const file = h5::create_file(path);
  h5::handle const creation(H5Pcreate(H5P_DATASET_CREATE));
  h5::handle const space(H5Screate_simple(int(shape.size()), shape.data(), nullptr));
  for (mapping const& m : mappings) {
    std::vector<hsize_t> begin(shape.size(), 0);
    std::vector<hsize_t> extent = shape;
    begin[0] = m.begin;
    extent[0] = m.planes;
    h5::handle const part(H5Screate_simple(int(shape.size()), extent.data(), nullptr));
    REQUIRE(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, begin.data(), nullptr, extent.data(),
                                nullptr) >= 0);
    REQUIRE(H5Pset_virtual(creation.id(), space.id(), m.file.c_str(), m.dataset.c_str(),
                           part.id()) >= 0);
  }
  H5Sselect_all(space.id());
  h5::handle const dataset(H5Dcreate2(file.id(), "/data", H5T_NATIVE_UINT16, space.id(),
                                      H5P_DEFAULT, creation.id(), H5P_DEFAULT));
  REQUIRE(dataset);
}

}  // namespace

TEST_CASE("hdf5_source keeps the laws for every element type, chunked and contiguous", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "v.h5").string();
  auto const type = GENERATE(from_range(all_element_types.begin(), all_element_types.end()));
  auto const how = GENERATE(stored_as{{4, 5, 6}, false, deflate}, stored_as{});
  CAPTURE(to_string(type), how.chunk);
  auto values = random_volume(type, small, random);
  write_file(path, values, "zyx", how);
  check_volume_source_laws(hdf5_source(path, "/data", "zyx"), values);
}

TEST_CASE("hdf5_source keeps the laws whatever the filters and the byte order", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "v.h5").string();
  auto const filters = GENERATE(as<std::function<void(hid_t)>>{}, nullptr, deflate, shuffle_deflate,
                                deflate_shuffle, H5Pset_shuffle, fletcher, H5Pset_fletcher32, nbit);
  bool const big_endian = GENERATE(false, true);
  auto const type = GENERATE(element_type::uint8, element_type::uint16, element_type::float64);
  CAPTURE(big_endian, to_string(type));
  auto values = random_volume(type, small, random);
  write_file(path, values, "zyx", {{4, 5, 6}, big_endian, filters});
  check_volume_source_laws(hdf5_source(path, "", "zyx"), values);
}

TEST_CASE("hdf5_source reads contiguous data of the other byte order", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "v.h5").string();
  auto values = random_volume(element_type::int32, small, random);
  write_file(path, values, "zyx", {{}, true});
  check_volume_source_laws(hdf5_source(path, "", "zyx"), values);
}

TEST_CASE("hdf5_source knows axes of any order and number", "[io]") {
  struct layout {
    std::string axes;
    coord<5> shape;
    coord<5> chunk;
  };
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "v.h5").string();
  auto const how = GENERATE(layout{"yx", {{1, 1, 1, 9, 8}}, {{1, 1, 1, 4, 3}}},
                            layout{"xyz", {{1, 1, 5, 6, 7}}, {{1, 1, 2, 4, 3}}},
                            layout{"czyx", {{1, 3, 4, 5, 6}}, {{1, 2, 3, 4, 5}}},
                            layout{"zyxc", {{1, 3, 4, 5, 6}}, {{1, 1, 4, 4, 4}}},
                            layout{"txyzc", {{3, 2, 4, 5, 6}}, {{1, 1, 3, 3, 3}}},
                            layout{"tzcyx", {{2, 2, 4, 5, 6}}, {{2, 2, 4, 5, 6}}});
  CAPTURE(how.axes);
  auto values = random_volume(element_type::uint16, how.shape, random);
  SECTION("chunked") {
    write_file(path, values, how.axes, {file_extents(how.chunk, how.axes), false, deflate});
    hdf5_source const source(path, "", how.axes);
    CHECK(source.decode_unit() == how.chunk);
    check_volume_source_laws(source, values);
  }
  SECTION("contiguous") {
    write_file(path, values, how.axes, {});
    hdf5_source const source(path, "", how.axes);
    CHECK(source.decode_unit() == coord<5>::filled(1));
    check_volume_source_laws(source, values);
  }
  SECTION("through the library's filters") {
    write_file(path, values, how.axes, {file_extents(how.chunk, how.axes), false, nbit});
    check_volume_source_laws(hdf5_source(path, "", how.axes), values);
  }
}

TEST_CASE("hdf5_source: what was never written has the fill value", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "v.h5").string();
  any_array<5> values(element_type::uint16, small);
  fill(values.view().as<std::uint16_t>(), std::uint16_t{4660});
  auto const with_fill = [](hid_t creation) {
    std::uint16_t const value = 4660;
    H5Pset_fill_value(creation, H5T_NATIVE_UINT16, &value);
  };
  bool const big_endian = GENERATE(false, true);
  auto const chunk = GENERATE(std::vector<hsize_t>{}, std::vector<hsize_t>{4, 5, 6});
  CAPTURE(big_endian, chunk);
  write_file(path, values, "zyx", {chunk, big_endian, with_fill, false});
  check_volume_source_laws(hdf5_source(path, "", "zyx"), values);
}

TEST_CASE("hdf5_source: a fill value of impossible size is refused", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "v.h5").string();
  any_array<5> values(element_type::uint16, small);
  auto const with_fill = [](hid_t creation) {
    std::uint16_t const value = 4660;
    H5Pset_fill_value(creation, H5T_STD_U16LE, &value);
  };
  write_file(path, values, "zyx", {{4, 5, 6}, false, with_fill});
  std::string content = bytes_of(path);
  std::string const stored("\x01\x02\x00\x00\x00\x34\x12", 7);  // it is defined, size, value
  auto const at = content.find(stored);
  REQUIRE(at != std::string::npos);
  content[at + 4] = static_cast<char>(GENERATE(0x80, 0xda, 0xff));
  std::ofstream(path, std::ios::binary) << content;
  CHECK_THROWS_AS(hdf5_source(path, "", "zyx"), format_error);
  CHECK_THROWS_WITH(hdf5_source(path, "", "zyx"),
                    Contains("v.h5', '/data': the fill value is damaged; use another copy"));
}

TEST_CASE("hdf5_source: chunks may be larger than a volume that can grow", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "v.h5").string();
  auto values = random_volume(element_type::uint8, {{1, 1, 3, 4, 5}}, random);
  {
    h5::library_lock const lock;
    h5::handle const file = h5::create_file(path);
    std::array<hsize_t, 3> const shape{3, 4, 5};
    std::array<hsize_t, 3> const most{H5S_UNLIMITED, H5S_UNLIMITED, H5S_UNLIMITED};
    std::array<hsize_t, 3> const chunk{8, 8, 8};
    h5::handle const space(H5Screate_simple(3, shape.data(), most.data()));
    h5::handle const creation(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_chunk(creation.id(), 3, chunk.data());
    h5::handle const dataset(H5Dcreate2(file.id(), "d", H5T_NATIVE_UINT8, space.id(), H5P_DEFAULT,
                                        creation.id(), H5P_DEFAULT));
    REQUIRE(H5Dwrite(dataset.id(), H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                     values.bytes().data()) >= 0);
  }
  hdf5_source const source(path, "d", "zyx");
  CHECK(source.decode_unit() == coord<5>{{1, 1, 3, 4, 5}});
  check_volume_source_laws(source, values);
}

namespace {

/// A volume (z, y, x) of uint8 that can grow, in chunks of nearly 4 GiB.
void write_large_chunks(std::string const& path, void (*adjust)(hid_t),
                        std::vector<std::byte> const& chunk_bytes) {
  h5::library_lock const lock;
  h5::handle const file = h5::create_file(path);
  std::array<hsize_t, 3> const shape{3, 4, 5};
  std::array<hsize_t, 3> const most{H5S_UNLIMITED, H5S_UNLIMITED, H5S_UNLIMITED};
  std::array<hsize_t, 3> const chunk{1600, 1600, 1600};
  h5::handle const space(H5Screate_simple(3, shape.data(), most.data()));
  h5::handle const creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_chunk(creation.id(), 3, chunk.data());
  adjust(creation.id());
  h5::handle const dataset(H5Dcreate2(file.id(), "d", H5T_NATIVE_UINT8, space.id(), H5P_DEFAULT,
                                      creation.id(), H5P_DEFAULT));
  REQUIRE(dataset);
  if (!chunk_bytes.empty()) h5::write_chunk(dataset, {0, 0, 0}, chunk_bytes);
}

/// Most memory that the process has had, bytes.
index_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return index_t{usage.ru_maxrss} << 10;
}

}  // namespace

TEST_CASE("hdf5_source: chunks that were never written cost no memory", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "v.h5").string();
  write_large_chunks(path, deflate, {});
  hdf5_source const source(path, "d", "zyx");
  any_array<5> voxels(element_type::uint8, {{1, 1, 3, 4, 5}});
  index_t const before = peak_memory();
  source.read(box<5>::at_origin(voxels.shape()), voxels.view());
  CHECK(peak_memory() - before < index_t{1} << 30);
  CHECK(voxels.bytes() == std::vector<std::byte>(60));
}

TEST_CASE("hdf5_source: a chunk that cannot unpack to its size is not tried", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "v.h5").string();
  write_large_chunks(path, deflate, io::deflated(std::vector<std::byte>(1000), 1));
  hdf5_source const source(path, "d", "zyx");
  any_array<5> voxels(element_type::uint8, {{1, 1, 3, 4, 5}});
  auto const everything = box<5>::at_origin(voxels.shape());
  CHECK_THROWS_AS(source.read(everything, voxels.view()), format_error);
  CHECK_THROWS_WITH(source.read(everything, voxels.view()),
                    Contains("v.h5', '/d': the chunk of voxels") &&
                        Contains("packed bytes, which cannot be 4096000000"));
}

TEST_CASE("hdf5_source: chunks that only the library unpacks must be plausible", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "v.h5").string();
  write_large_chunks(path, nbit, {});
  CHECK_THROWS_AS(hdf5_source(path, "d", "zyx"), format_error);
  CHECK_THROWS_WITH(hdf5_source(path, "d", "zyx"),
                    Contains("v.h5', '/d' has chunks of 1,1,1600,1600,1600") &&
                        Contains("repack it with h5repack"));
}

TEST_CASE("hdf5_source: a dataset that lies beyond its file is refused", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "v.h5").string();
  auto values = random_volume(element_type::uint8, small, random);
  write_file(path, values, "zyx", {});
  std::uint64_t const bytes = values.bytes().size();
  std::uint64_t place = 0;
  edit_dataset(path, "/data", [&](h5::handle const& d) { place = H5Dget_offset(d.id()); });
  std::string content = bytes_of(path);
  std::array<std::uint64_t, 2> layout{place, bytes};
  std::string const stored(reinterpret_cast<char const*>(layout.data()), sizeof layout);
  auto const at = content.find(stored);
  REQUIRE(at != std::string::npos);
  layout[0] = GENERATE_COPY(place + 1, std::uint64_t{1} << 62, std::uint64_t(-9));
  std::memcpy(content.data() + at, layout.data(), sizeof layout);
  std::ofstream(path, std::ios::binary) << content;
  CHECK_THROWS_AS(hdf5_source(path, "", "zyx"), format_error);
  CHECK_THROWS_WITH(hdf5_source(path, "", "zyx"), Contains("v.h5', '/data'"));
}

TEST_CASE("hdf5_source reads numpy's bools as 0 and 1", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "v.h5").string();
  any_array<5> values(element_type::int8, {{1, 1, 1, 6, 7}});
  auto const view = values.view().as<std::int8_t>();
  for (index_t x = 0; x < 7; ++x) view(0, 0, 0, 2, x) = x % 2 == 0 ? 1 : 0;
  bool const chunked = GENERATE(false, true);
  bool const checksum = GENERATE(false, true);
  {
    h5::library_lock const lock;
    h5::handle const file = h5::create_file(path);
    h5::handle const type(H5Tenum_create(H5T_NATIVE_INT8));
    std::int8_t const no = 0;
    std::int8_t const yes = 1;
    H5Tenum_insert(type.id(), "FALSE", &no);
    H5Tenum_insert(type.id(), "TRUE", &yes);
    std::array<hsize_t, 2> const shape{6, 7};
    std::array<hsize_t, 2> const chunk{4, 4};
    h5::handle const space(H5Screate_simple(2, shape.data(), nullptr));
    h5::handle const creation(H5Pcreate(H5P_DATASET_CREATE));
    if (chunked) H5Pset_chunk(creation.id(), 2, chunk.data());
    if (chunked && checksum) H5Pset_fletcher32(creation.id());
    h5::handle const dataset(H5Dcreate2(file.id(), "mask", type.id(), space.id(), H5P_DEFAULT,
                                        creation.id(), H5P_DEFAULT));
    REQUIRE(H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                     values.bytes().data()) >= 0);
  }
  check_volume_source_laws(hdf5_source(path, "", "yx"), values);
}

TEST_CASE("hdf5_source uses the library's filters, and names one that is missing", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "v.h5").string();
  auto values = random_volume(element_type::uint16, small, random);
  {
    inverting_filter const filter;
    write_file(path, values, "zyx", {{4, 5, 6}, true, inverting_filter::add_to});
    check_volume_source_laws(hdf5_source(path, "", "zyx"), values);
  }
  CHECK_THROWS_AS(hdf5_source(path, "", "zyx"), format_error);
  CHECK_THROWS_WITH(hdf5_source(path, "", "zyx"),
                    Contains("v.h5', '/data' is packed with HDF5 filter 510 (inverting)") &&
                        Contains("not installed") && Contains("HDF5_PLUGIN_PATH") &&
                        Contains("where that is installed (h5repack"));
}

TEST_CASE("hdf5_source: only h5py helps with lzf", "[io]") {
  temporary_folder const folder;
  any_array<5> values(element_type::uint16, small);
  auto const path = (folder / "v.h5").string();
  // optional: where the filter is not known, the chunks are written without it
  auto const lzf = [](hid_t creation) {
    H5Pset_filter(creation, 32000, H5Z_FLAG_OPTIONAL, 0, nullptr);
  };
  write_file(path, values, "zyx", {{4, 5, 6}, false, lzf});
  CHECK_THROWS_WITH(hdf5_source(path, "", "zyx"),
                    Contains("HDF5 filter 32000 (lzf), which is not installed; copy the dataset "
                             "with h5py") &&
                        Contains("compression='gzip'") && !Contains("h5repack"));
}

TEST_CASE("hdf5_source: a damaged chunk is an error that tells which", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "v.h5").string();
  auto values = random_volume(element_type::uint16, small, random);
  write_file(path, values, "zyx", {{4, 5, 6}, false, deflate});
  std::string const message = GENERATE("damaged", "longer than the 240 bytes", "has 5 bytes");
  std::vector<std::byte> bytes(40, std::byte{7});
  if (message != "damaged")
    bytes = io::deflated(std::vector<std::byte>(message == "has 5 bytes" ? 5 : 500), 1);
  edit_dataset(path, "/data", [&](h5::handle const& dataset) {
    h5::write_chunk(dataset, {4, 5, 0}, bytes);
  });
  hdf5_source const source(path, "", "zyx");
  any_array<5> whole(element_type::uint16, small);
  auto const domain = box<5>::at_origin(small);
  CHECK_THROWS_AS(source.read(domain, whole.view()), format_error);
  CHECK_THROWS_WITH(source.read(domain, whole.view()),
                    Contains("v.h5', '/data': the chunk of voxels [0:1, 0:1, 4:8, 5:10, 0:6]") &&
                        Contains(message));
  box<5> const elsewhere{{}, {{1, 1, 4, 5, 6}}};
  any_array<5> part(element_type::uint16, elsewhere.shape());
  source.read(elsewhere, part.view());
  CHECK(same_bits(part.view(), values.view().sub(elsewhere)));
}

TEST_CASE("hdf5_source: a chunk is found though the index of others is damaged", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "v.h5").string();
  coord<5> const shape{{1, 1, 1, 20, 30}};
  auto values = random_volume(element_type::uint16, shape, random);
  bool const packed = GENERATE(false, true);
  write_file(path, values, "yx", {{1, 2}, false, packed ? deflate : nullptr});
  std::string content = bytes_of(path);
  std::string const leaf("TREE\x01\x00", 6);  // of chunks, lowest level; then 2 bytes, neighbours
  std::string const none(8, '\xff');
  auto first = content.find(leaf);
  while (first != std::string::npos && content.substr(first + 8, 8) != none)
    first = content.find(leaf, first + 1);
  REQUIRE(first != std::string::npos);
  content[first] = '?';
  std::ofstream(path, std::ios::binary) << content;
  hdf5_source const source(path, "", "yx");
  box<5> const last{{{0, 0, 0, 19, 0}}, shape};
  any_array<5> part(element_type::uint16, last.shape());
  source.read(last, part.view());
  CHECK(same_bits(part.view(), values.view().sub(last)));
  box<5> const begin{{}, {{1, 1, 1, 1, 2}}};
  any_array<5> lost(element_type::uint16, begin.shape());
  CHECK_THROWS_AS(source.read(begin, lost.view()), io_error);
  CHECK_THROWS_WITH(source.read(begin, lost.view()),
                    Contains("v.h5', '/data': a chunk cannot be found: HDF5: "));
}

TEST_CASE("hdf5_source: chunks that were never written stand between others", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "v.h5").string();
  any_array<5> values(element_type::uint8, small);
  box<5> const written{{{0, 0, 4, 5, 6}}, {{1, 1, 8, 10, 12}}};
  bool const packed = GENERATE(false, true);
  write_file(path, values, "zyx", {{4, 5, 6}, false, packed ? deflate : nullptr, false});
  fill(values.view().sub(written).as<std::uint8_t>(), std::uint8_t{7});
  edit_dataset(path, "/data", [&](h5::handle const& dataset) {
    std::vector<std::byte> const chunk(120, std::byte{7});
    h5::write_chunk(dataset, {4, 5, 6}, packed ? io::deflated(chunk, 1) : chunk);
  });
  hdf5_source const source(path, "", "zyx");
  check_volume_source_laws(source, values);
}

TEST_CASE("hdf5_source: what the index says of the size of plain chunks is not believed", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "v.h5").string();
  auto values = random_volume(element_type::uint8, small, random);
  write_file(path, values, "zyx", {{4, 5, 6}});
  std::string content = bytes_of(path);
  auto const key = [](std::uint32_t bytes) {  // of a chunk: its size, no filter skipped, its place
    std::array<std::uint64_t, 5> const words{bytes, 4, 5, 6, 0};
    return std::string(reinterpret_cast<char const*>(words.data()), sizeof words);
  };
  auto const at = content.find(key(120));
  REQUIRE(at != std::string::npos);
  content.replace(at, key(0).size(), key(GENERATE(5U, 119U, 121U, 0x7fffffffU, 0xffffffffU)));
  std::ofstream(path, std::ios::binary) << content;
  check_volume_source_laws(hdf5_source(path, "", "zyx"), values);
}

TEST_CASE("hdf5_source: a failing checksum is an error", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "v.h5").string();
  auto values = random_volume(element_type::uint8, small, random);
  write_file(path, values, "zyx", {{11, 13, 17}, false, H5Pset_fletcher32});
  check_volume_source_laws(hdf5_source(path, "", "zyx"), values);
  std::string content = bytes_of(path);
  auto const stored = in_file_order(values, "zyx");
  auto const at =
      content.find(std::string(reinterpret_cast<char const*>(stored.data()), stored.size()));
  REQUIRE(at != std::string::npos);
  content[at + 100] = static_cast<char>(content[at + 100] ^ 1);
  std::ofstream(path, std::ios::binary) << content;
  any_array<5> whole(element_type::uint8, small);
  hdf5_source const source(path, "", "zyx");
  CHECK_THROWS_AS(source.read(box<5>::at_origin(small), whole.view()), format_error);
  CHECK_THROWS_WITH(source.read(box<5>::at_origin(small), whole.view()),
                    Contains("v.h5") && Contains("checksum is wrong"));
}

TEST_CASE("hdf5_source: a file cut in the middle is an error", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "v.h5").string();
  auto values = random_volume(element_type::uint8, small, random);
  write_file(path, values, "zyx", {{4, 5, 6}, false, deflate});
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  CHECK_THROWS_AS(hdf5_source(path, "", "zyx"), format_error);
  CHECK_THROWS_WITH(hdf5_source(path, "", "zyx"),
                    Contains("v.h5' cannot be opened; it is damaged"));
}

TEST_CASE("hdf5_source: axes that do not fit the dataset are an error", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "v.h5").string();
  any_array<5> values(element_type::uint8, small);
  write_file(path, values, "zyx", {});
  std::string const axes = GENERATE("yx", "zyxc", "zyy", "abc", "");
  CHECK_THROWS_AS(hdf5_source(path, "/data", axes), shape_error);
  CHECK_THROWS_WITH(hdf5_source(path, "/data", axes),
                    Contains("'/data' has 3 axes") && Contains("'" + axes + "'"));
}

TEST_CASE("hdf5_source: a box outside the volume or a view that does not fit is an error", "[io]") {
  temporary_folder const folder;
  auto const path = (folder / "v.h5").string();
  any_array<5> values(element_type::uint8, small);
  write_file(path, values, "zyx", {});
  hdf5_source const source(path, "/data", "zyx");
  box<5> const outside{{}, {{1, 1, 12, 13, 17}}};
  any_array<5> larger(element_type::uint8, outside.shape());
  CHECK_THROWS_AS(source.read(outside, larger.view()), shape_error);
  CHECK_THROWS_WITH(source.read(outside, larger.view()), Contains("leaves the volume"));
  any_array<5> other_type(element_type::uint16, small);
  CHECK_THROWS_WITH(source.read(box<5>::at_origin(small), other_type.view()),
                    Contains("of uint8 does not fit") && Contains("of uint16"));
  CHECK_THROWS_AS(source.read(box<5>::at_origin(small), larger.view()), shape_error);
}

TEST_CASE("hdf5_source reads what ilastik wrote", "[io][data]") {
  auto const folder = test_data("brain-lightsheet");
  if (!folder) return;
  hdf5_source const source((*folder / "ilastik-segmentation.h5").string(), "", "zyxc",
                           "attribute 'axistags'");
  CHECK(source.description().shape == coord<5>{{1, 1, 30, 510, 667}});
  any_array<5> labels(element_type::uint8, source.description().shape);
  source.read(box<5>::at_origin(labels.shape()), labels.view());
  std::array<index_t, 4> histogram{};
  for (std::byte const label : labels.bytes()) ++histogram.at(static_cast<std::size_t>(label));
  CHECK(histogram[0] == 0);
  CHECK(histogram[1] + histogram[2] + histogram[3] == 30 * 510 * 667);
  CHECK(histogram[1] + 2 * histogram[2] + 3 * histogram[3] == 19575467);
}

TEST_CASE("hdf5_source: an external link is followed to the file that it leads to", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto values = random_volume(element_type::uint16, {{1, 1, 4, 5, 6}}, random);
  write_file((folder / "values.h5").string(), values, "zyx",
             {GENERATE(as<std::vector<hsize_t>>{}, std::vector<hsize_t>{},
                       std::vector<hsize_t>{2, 5, 6})});
  auto const links = (folder / "links.h5").string();
  any_array<5> padding(element_type::uint8, {{1, 1, 40, 100, 100}});
  write_file(links, padding, "zyx", {});
  {
    h5::library_lock const lock;
    h5::handle const file(H5Fopen(links.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
    REQUIRE(H5Lcreate_external("values.h5", "/data", file.id(), "there", H5P_DEFAULT,
                               H5P_DEFAULT) >= 0);
  }
  check_volume_source_laws(io::hdf5_source(links, "there", "zyx"), values);
}

TEST_CASE("hdf5_source: a virtual dataset is read where all its files are there", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto values = random_volume(element_type::uint16, {{1, 1, 6, 5, 7}}, random);
  std::filesystem::create_directories(folder / "parts");
  auto const half = [&](std::string const& name, index_t begin) {
    box<5> part = box<5>::at_origin(values.shape());
    part.inclusive_min[2] = begin;
    part.exclusive_max[2] = begin + 3;
    any_array<5> copied(values.type(), part.shape());
    copy_elements(values.view().sub(part), copied.view());
    write_file((folder / name).string(), copied, "zyx", {});
  };
  half("parts/100%.h5", 0);
  half("beside.h5", 3);
  auto const path = (folder / "v.h5").string();
  write_virtual(path, {6, 5, 7},
                {{"parts/100%%.h5", "/data", 0, 3}, {"/nowhere/beside.h5", "data", 3, 3}});
  check_volume_source_laws(hdf5_source(path, "", "zyx"), values);
  auto const outer = (folder / "outer.h5").string();
  write_virtual(outer, {6, 5, 7}, {{path, "/data", 0, 6}});
  check_volume_source_laws(hdf5_source(outer, "", "zyx"), values);

  std::filesystem::remove(folder / "parts" / "100%.h5");
  CHECK_THROWS_AS(hdf5_source(path, "", "zyx"), io_error);
  CHECK_THROWS_WITH(hdf5_source(path, "", "zyx"),
                    Contains("'" + path + "', '/data' is a virtual dataset") &&
                        Contains("'parts/100%.h5', which is missing") && Contains("put it back"));
  CHECK_THROWS_WITH(hdf5_source(outer, "", "zyx"), Contains("'parts/100%.h5', which is missing"));
  std::ofstream(folder / "parts" / "100%.h5") << "no HDF5";
  CHECK_THROWS_WITH(hdf5_source(path, "", "zyx"), Contains("100%.h5' is not an HDF5 file"));
}

TEST_CASE("hdf5_source: a virtual dataset's datasets must be there", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto values = random_volume(element_type::uint16, {{1, 1, 1, 5, 7}}, random);
  auto const part = (folder / "part.h5").string();
  write_file(part, values, "zyx", {});
  auto const path = (folder / "v.h5").string();
  write_virtual(path, {2, 5, 7}, {{"part.h5", "/data", 0, 1}, {"part.h5", "/none", 1, 1}});
  CHECK_THROWS_AS(hdf5_source(path, "", "zyx"), io_error);
  CHECK_THROWS_WITH(hdf5_source(path, "", "zyx"),
                    Contains("the dataset '/none' of '" + part + "', which is missing there"));
  write_virtual(path, {2, 5, 7}, {{"part.h5", "/data", 0, 1}, {".", "/none", 1, 1}});
  CHECK_THROWS_WITH(hdf5_source(path, "", "zyx"),
                    Contains("the dataset '/none' of '" + path + "', which is missing there"));
  write_virtual(path, {2, 5, 7}, {{"part.h5", "/data", 0, 1}, {".", "/data", 1, 1}});
  CHECK_NOTHROW(hdf5_source(path, "", "zyx"));  // a circle
}

TEST_CASE("hdf5_source: numbered files of a virtual dataset may be any number", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto values = random_volume(element_type::uint16, {{1, 1, 2, 5, 7}}, random);
  for (index_t z : {0, 1}) {
    box<5> plane = box<5>::at_origin(values.shape());
    plane.inclusive_min[2] = z;
    plane.exclusive_max[2] = z + 1;
    any_array<5> copied(values.type(), plane.shape());
    copy_elements(values.view().sub(plane), copied.view());
    write_file((folder / ("part_" + std::to_string(z) + ".h5")).string(), copied, "zyx", {});
  }
  auto const path = (folder / "v.h5").string();
  {
    h5::library_lock const lock;
    h5::handle const file = h5::create_file(path);
    h5::handle const creation(H5Pcreate(H5P_DATASET_CREATE));
    std::array<hsize_t, 3> const shape{1, 5, 7};
    std::array<hsize_t, 3> const most{H5S_UNLIMITED, 5, 7};
    std::array<hsize_t, 3> const begin{0, 0, 0};
    std::array<hsize_t, 3> const count{H5S_UNLIMITED, 1, 1};
    h5::handle const space(H5Screate_simple(3, shape.data(), most.data()));
    h5::handle const part(H5Screate_simple(3, shape.data(), nullptr));
    REQUIRE(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, begin.data(), shape.data(),
                                count.data(), shape.data()) >= 0);
    REQUIRE(H5Pset_virtual(creation.id(), space.id(), "part_%b.h5", "/data", part.id()) >= 0);
    H5Sselect_all(space.id());
    REQUIRE(h5::handle(H5Dcreate2(file.id(), "/data", H5T_NATIVE_UINT16, space.id(), H5P_DEFAULT,
                                  creation.id(), H5P_DEFAULT)));
  }
  check_volume_source_laws(hdf5_source(path, "", "zyx"), values);
}

TEST_CASE("hdf5_source: many mappings to few files are looked at in little time", "[io]") {
  temporary_folder const folder;
  constexpr hsize_t planes = 20'000;
  any_array<5> part(element_type::uint16, {{1, 1, 1, 1, 2}});
  std::vector<mapping> mappings;
  for (hsize_t i = 0; i < planes; ++i)
    mappings.push_back({"part_" + std::to_string(i % 100) + ".h5", "/data", i, 1});
  for (hsize_t i = 0; i < 100; ++i)
    write_file((folder / mappings[i].file).string(), part, "zyx", {});
  auto const path = (folder / "v.h5").string();
  write_virtual(path, {planes, 1, 2}, mappings);
  h5::library_lock const lock;
  auto const file = h5::open_file(path);
  auto const dataset = h5::open_dataset(file, "/data");
  auto const begin = std::chrono::steady_clock::now();
  h5::check_virtual_sources(dataset);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
}

TEST_CASE("hdf5_source: links that lead nowhere say where they lead", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto values = random_volume(element_type::uint16, {{1, 1, 4, 5, 6}}, random);
  auto const path = (folder / "v.h5").string();
  auto const other = (folder / "other.h5").string();
  write_file(path, values, "zyx", {});
  write_file(other, values, "zyx", {});
  {
    h5::library_lock const lock;
    h5::handle const file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT));
    auto const external = [&](char const* target, char const* object, char const* name) {
      REQUIRE(H5Lcreate_external(target, object, file.id(), name, H5P_DEFAULT, H5P_DEFAULT) >= 0);
    };
    external("gone.h5", "/data", "lost");
    external("other.h5", "/none", "wrong");
    REQUIRE(H5Lcreate_soft("/nowhere", file.id(), "soft", H5P_DEFAULT, H5P_DEFAULT) >= 0);
  }
  auto const refused = [&](char const* internal, std::string const& why) {
    CHECK_THROWS_AS(hdf5_source(path, internal, "zyx"), io_error);
    CHECK_THROWS_WITH(hdf5_source(path, internal, "zyx"), Contains(path) && Contains(why));
  };
  refused("/lost", "'/lost' is a link to '/data' of the file 'gone.h5', which is missing");
  refused("lost/below", "'/lost' is a link to '/data' of the file 'gone.h5', which is missing");
  refused("/wrong", "'/none' of the file '" + other + "', which has no such dataset");
  refused("/soft", "'/soft' is a link to '/nowhere', which is missing");
  CHECK_THROWS_WITH(hdf5_source(path, "/none", "zyx"),
                    Contains("has no dataset '/none'; it holds"));
}

TEST_CASE("hdf5_source: a scale-offset filter that says more than a chunk holds is refused",
          "[io]") {
  auto const damaged = GENERATE(3U, 11U);  // 2^24 times as many values, or as large
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "v.h5").string();
  auto values = random_volume(element_type::uint16, {{1, 1, 4, 6, 8}}, random);
  write_file(path, values, "zyx", {{2, 3, 8}, false, [](hid_t creation) {
                                     H5Pset_scaleoffset(creation, H5Z_SO_INT, 0);
                                   }});
  check_volume_source_laws(io::hdf5_source(path, "/data", "zyx"), values);
  auto bytes = bytes_of(path);
  std::uint32_t const settings[] = {48, 0, 2};  // values of a chunk, integers, bytes of each
  std::string const stored(reinterpret_cast<char const*>(settings), sizeof settings);
  auto const at = bytes.find(stored);
  REQUIRE(at != bytes.npos);
  bytes[at + damaged] = '\x01';
  write_bytes(path, bytes);
  CHECK_THROWS_AS(io::hdf5_source(path, "/data", "zyx"), format_error);
}
