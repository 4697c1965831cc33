// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/spool_sink.hpp"

#include "hdf5_fixture.hpp"
#include "support/volume_sink_laws.hpp"
#include "voxstitch/io/packed_chunks.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;
using io::spool_sink;

namespace {

coord<5> const shape{{2, 2, 9, 10, 11}};
coord<5> const chunk{{1, 1, 4, 4, 5}};

volume_description describe(element_type type) {
  volume_description d;
  d.shape = shape;
  d.type = type;
  d.axes = "tzyxc";
  return d;
}

/// Everything the sink was given, as a volume.
io::packed_chunks collected(spool_sink& sink, std::string const& path) {
  io::packed_chunks all(sink.description(), sink.chunk(), 1);
  auto const spool = all.add(std::make_shared<io::chunk_spool const>(path, io::read_only));
  box<5> const volume = box<5>::at_origin(shape);
  auto const places = sink.take(volume);
  box<5> const positions = all.grid().positions_in(volume);
  for (index_t n = 0; n < positions.size(); ++n)
    all.put(all.grid().index_of(nth_position(positions, n)), spool,
            places[static_cast<std::size_t>(n)]);
  all.require_all();
  return all;
}

}  // namespace

TEST_CASE("spool_sink: what was written is read back through the places it tells", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "spool").string();
  auto values = random_volume(element_type::uint16, shape, random);
  spool_sink sink(path, 0, describe(element_type::uint16), chunk);
  auto boxes = aligned_boxes(shape, chunk, 2);
  shuffle(boxes, random);
  write_boxes(sink, values, boxes, 3);
  sink.finish();
  auto const all = collected(sink, path);
  CHECK(all.chunk() == chunk);
  check_volume_source_laws(all, values);
  CHECK_THROWS_WITH(sink.take(box<5>::at_origin(shape)), Contains("never written"));
}

TEST_CASE("spool_sink goes on with a file, whatever packed the zeros in it; zeros are kept once",
          "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "spool").string();
  auto values = random_volume(element_type::uint8, shape, random);
  any_array<5> zeros(element_type::uint8, shape);
  auto const halves = aligned_boxes(shape, chunk, 100);
  std::uint64_t kept = 0;
  std::vector<io::chunk_place> first;
  {
    spool_sink sink(path, 0, describe(element_type::uint8), chunk);
    sink.write(box<5>::at_origin(shape), values.view());
    first = sink.take(box<5>::at_origin(shape));
    kept = sink.spool_bytes();
  }
  spool_sink sink(path, kept, describe(element_type::uint8), chunk, 9);
  auto const begun = sink.spool_bytes();
  sink.write(box<5>::at_origin(shape), zeros.view());
  CHECK(sink.spool_bytes() == begun);
  auto const all = collected(sink, path);
  check_volume_source_laws(all, zeros);
}

TEST_CASE("spool_sink: a box may begin and end within chunks, whose rest is 0", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto const path = (folder / "spool").string();
  spool_sink sink(path, 0, describe(element_type::uint8), chunk);
  box<5> const part{{{0, 0, 1, 0, 6}}, {{1, 2, 5, 3, 11}}};
  auto values = random_volume(element_type::uint8, part.shape(), random);
  sink.write(part, values.view());
  auto const places = sink.take(part);
  io::packed_chunks all(sink.description(), chunk, 1);
  auto const spool = all.add(std::make_shared<io::chunk_spool const>(path, io::read_only));
  box<5> const positions = all.grid().positions_in(part);
  CHECK(static_cast<index_t>(places.size()) == positions.size());
  for (index_t n = 0; n < positions.size(); ++n)
    all.put(all.grid().index_of(nth_position(positions, n)), spool,
            places[static_cast<std::size_t>(n)]);
  any_array<5> found(element_type::uint8, part.shape());
  all.read(part, found.view());
  CHECK(found.bytes() == values.bytes());
  for (box<5> const& b : {box<5>{{{0, 0, 0, 0, 5}}, {{1, 2, 1, 4, 11}}},
                          {{{0, 0, 0, 0, 5}}, {{1, 2, 8, 4, 6}}},
                          {{{0, 0, 5, 0, 5}}, {{1, 2, 8, 4, 11}}},
                          {{{0, 0, 0, 3, 5}}, {{1, 2, 8, 4, 11}}}}) {
    any_array<5> rest(element_type::uint8, b.shape());
    all.read(b, rest.view());
    CHECK(std::all_of(rest.bytes().begin(), rest.bytes().end(),
                      [](std::byte v) { return v == std::byte{0}; }));
  }
}
