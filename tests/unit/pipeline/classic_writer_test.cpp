// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/classic_writer.hpp"

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "voxstitch/io/chunk_store.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using Catch::Matchers::Contains;

namespace {

namespace hdf5 = io::detail::hdf5;

/// Chunks of zeros.
io::chunk_store zeros(std::string const& spool, coord<3> const& shape) {
  volume_description d;
  d.shape = {{1, 1, shape[0], shape[1], shape[2]}};
  d.type = element_type::int16;
  d.voxel_size = {2, 0.5, 0.5};
  d.voxel_unit = "um";
  io::chunk_store store(spool, d, io::default_chunk(d.shape));
  any_array<5> values(d.type, d.shape);
  store.write(box<5>::at_origin(d.shape), values.view());
  store.finish();
  return store;
}

std::string text_in(std::string const& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("write_classic_file: what was written is read again", "[pipeline]") {
  test::temporary_folder const folder;
  auto const path = (folder / "s.h5").string();
  classic_place const place{{{{300, 0, 7}}, {{301, 2, 10}}}, {{300, 0, 1}}, {{0, 255, 0}}};
  auto const chunks = zeros((folder / "chunks").string(), place.whole().shape());
  io::dataset_spec spec;
  spec.name = "/Cell";
  write_classic_file(path, place, {{spec, &chunks}});
  CHECK_FALSE(std::filesystem::exists(path));
  put_in_place_synced(path);
  auto const files = read_classic_files({path});
  REQUIRE(files.size() == 1);
  CHECK(files[0].place == place);
  REQUIRE(files[0].datasets.size() == 1);
  auto const& d = files[0].datasets[0];
  CHECK(d.name == "Cell");
  CHECK(d.description.type == element_type::int16);
  CHECK(d.description.voxel_size == std::array<double, 3>{2, 0.5, 0.5});
}

TEST_CASE("write_classic_file: overlaps are uint8 unless they are above 255", "[pipeline]") {
  test::temporary_folder const folder;
  auto const path = (folder / "s.h5").string();
  classic_place const place{{{{256, 0, 0}}, {{257, 1, 1}}}, {{256, 0, 0}}, {{255, 0, 0}}};
  auto const chunks = zeros((folder / "chunks").string(), place.whole().shape());
  write_classic_file(path, place, {{{}, &chunks}});
  put_in_place_synced(path);
  auto const file = hdf5::open_file(path);
  auto const type = [&](char const* name) {
    return hdf5::number_type(hdf5::type_of(hdf5::open_dataset(file, name)))->type;
  };
  CHECK(type("left_overlap") == element_type::uint16);
  CHECK(type("right_overlap") == element_type::uint8);
  CHECK(type("orig_indices") == element_type::uint64);
  CHECK(pipeline::detail::type_for({{1, 65536, 0}}) == element_type::uint32);
  CHECK(pipeline::detail::type_for({{1, index_t{1} << 32, 0}}) == element_type::uint64);
}

TEST_CASE("put_in_place: the record is that of the file it stands beside", "[pipeline]") {
  test::temporary_folder const folder;
  auto const path = (folder / "out").string();
  for (std::string const text : {"first", "second"}) {
    io::write_synced_file(io::partial_name(path), text);
    put_in_place_synced(path, text + " record");
    CHECK(text_in(path) == text);
    CHECK(text_in(provenance_name(path)) == text + " record");
  }
  CHECK_THROWS_AS(put_in_place_synced((folder / "nothing").string()), io_error);
}

TEST_CASE("scratch_folder: it goes with its object, and what a dead process left goes too",
          "[pipeline]") {
  test::temporary_folder const folder;
  {
    scratch_folder const scratch(folder / "x.parts");
    io::write_synced_file(scratch.file("chunks"), "left");
    CHECK_THROWS_WITH(scratch_folder(folder / "x.parts"), Contains("in use"));
  }
  CHECK_FALSE(std::filesystem::exists(folder / "x.parts"));
}
