// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/chunk_store.hpp"

#include <filesystem>

#include <sys/resource.h>

#include <csignal>

#include "hdf5_fixture.hpp"
#include "support/volume_sink_laws.hpp"

using namespace voxstitch;
using namespace voxstitch::test;
using Catch::Matchers::Contains;
using io::chunk_store;

namespace {

volume_description describe(any_array<5> const& values, std::string const& axes) {
  volume_description description;
  description.shape = values.shape();
  description.type = values.type();
  description.axes = axes;
  return description;
}

/// Files of this process can have at most `bytes` bytes: a full disk without a disk.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    rlimit const limit{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  file_size_limit(file_size_limit const&) = delete;
  file_size_limit& operator=(file_size_limit const&) = delete;
  ~file_size_limit() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit old_{};
  void (*handler_)(int);
};

coord<5> const shape{{1, 2, 9, 10, 11}};
coord<5> const chunk{{1, 1, 4, 4, 5}};

}  // namespace

TEST_CASE("chunk_store is a source of what was written, in any order of axes", "[io]") {
  temporary_folder const folder;
  random_source random;
  std::string const axes = GENERATE("tczyx", "zyxc", "cxyz");
  auto values = random_volume(element_type::float32, shape, random);
  chunk_store store((folder / "spool").string(), describe(values, axes), chunk);
  auto boxes = aligned_boxes(shape, chunk, 2);
  shuffle(boxes, random);
  write_boxes(store, values, boxes, 3);
  CHECK(store.chunk() == chunk);
  check_volume_source_laws(store, values);
}

TEST_CASE("chunk_store: chunks lie in the file's order of axes, padded with zeros", "[io]") {
  temporary_folder const folder;
  any_array<5> values(element_type::uint8, {{1, 1, 1, 2, 3}});
  auto const view = values.view().as<std::uint8_t>();
  for (index_t y = 0; y < 2; ++y)
    for (index_t x = 0; x < 3; ++x) view(0, 0, 0, y, x) = static_cast<std::uint8_t>(10 * y + x + 1);
  chunk_store store((folder / "spool").string(), describe(values, "xy"), {{1, 1, 1, 2, 2}});
  store.write(box<5>::at_origin(values.shape()), values.view());
  std::vector<std::byte> bytes(4);
  CHECK(io::inflate_into(store.encoded(0), bytes) == 4);
  CHECK(bytes == std::vector{std::byte{1}, std::byte{11}, std::byte{2}, std::byte{12}});
  CHECK(io::inflate_into(store.encoded(1), bytes) == 4);
  CHECK(bytes == std::vector{std::byte{3}, std::byte{13}, std::byte{0}, std::byte{0}});
}

TEST_CASE("chunk_store: packed bytes do not depend on boxes, order or threads", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto values = random_volume(element_type::uint16, shape, random);
  auto const write = [&](index_t chunks_per_box, std::size_t workers) {
    auto store = std::make_unique<chunk_store>((folder / std::to_string(random.bits())).string(),
                                               describe(values, "czyx"), chunk);
    auto boxes = aligned_boxes(shape, chunk, chunks_per_box);
    shuffle(boxes, random);
    write_boxes(*store, values, boxes, workers);
    return store;
  };
  auto const first = write(1, 1);
  for (auto const& other : {write(1, 3), write(2, 1), write(100, 1)})
    for (index_t index = 0; index < first->grid().size(); ++index)
      CHECK((other->encoded(index) == first->encoded(index)));
}

TEST_CASE("chunk_store keeps the chunk of zeros once", "[io]") {
  temporary_folder const folder;
  any_array<5> zeros(element_type::float64, {{1, 1, 32, 32, 32}});
  chunk_store store((folder / "spool").string(), describe(zeros, "zyx"), {{1, 1, 8, 8, 8}});
  auto const before = store.spool_bytes();
  store.write(box<5>::at_origin(zeros.shape()), zeros.view());
  store.finish();
  CHECK(store.spool_bytes() == before);
  CHECK(store.encoded_bytes() == 64 * before);
  CHECK(std::filesystem::file_size(folder / "spool") == before);
}

TEST_CASE("chunk_store: finish names the first chunk that is missing", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto values = random_volume(element_type::uint8, shape, random);
  chunk_store store((folder / "spool").string(), describe(values, "czyx"), chunk);
  auto const boxes = aligned_boxes(shape, chunk, 1);
  for (std::size_t i = 0; i < boxes.size(); ++i)
    if (i != 5 && i != 7) store.write(boxes[i], values.view().sub(boxes[i]));
  std::string const which = "chunk 5 of 54, voxels [0:1, 0:1, 0:4, 4:8, 10:11] (t, c, z, y, x), "
                            "was never written";
  CHECK_THROWS_AS(store.finish(), io_error);
  CHECK_THROWS_WITH(store.finish(), Contains("spool'") && Contains(which));
  CHECK_THROWS_WITH(store.encoded(5), Contains(which));
  any_array<5> part(element_type::uint8, boxes[5].shape());
  CHECK_THROWS_WITH(store.read(boxes[5], part.view()), Contains("was never written"));
  store.read(boxes[6], any_array<5>(element_type::uint8, boxes[6].shape()).view());
  for (std::size_t const i : {5U, 7U}) store.write(boxes[i], values.view().sub(boxes[i]));
  CHECK_NOTHROW(store.finish());
}

TEST_CASE("chunk_store: boxes that cut chunks, and views that do not fit, are errors", "[io]") {
  temporary_folder const folder;
  any_array<5> values(element_type::uint8, shape);
  chunk_store store((folder / "spool").string(), describe(values, "czyx"), chunk);
  auto const write = [&](box<5> const& b) { store.write(b, values.view().sub(b)); };
  CHECK_THROWS_AS(write({{{0, 0, 1, 0, 0}}, {{1, 2, 9, 10, 11}}}), shape_error);
  CHECK_THROWS_WITH(write({{{0, 0, 0, 0, 0}}, {{1, 2, 9, 9, 11}}}),
                    Contains("[0:1, 0:2, 0:9, 0:9, 0:11] cuts chunks of 1,1,4,4,5"));
  any_array<5> other(element_type::int8, shape);
  CHECK_THROWS_WITH(store.write(box<5>::at_origin(shape), other.view()), Contains("of int8"));
  CHECK_THROWS_WITH(store.write({{}, {{1, 2, 9, 10, 12}}},
                                any_array<5>(element_type::uint8, {{1, 2, 9, 10, 12}}).view()),
                    Contains("leaves the volume"));
  CHECK_THROWS_AS(chunk_store((folder / "s").string(), describe(values, "czyx"), chunk, 10),
                  usage_error);
}

TEST_CASE("chunk_store: a chunk larger than the volume is clipped", "[io]") {
  temporary_folder const folder;
  any_array<5> const values(element_type::uint8, {{1, 1, 3, 4, 100}});
  chunk_store const store((folder / "spool").string(), describe(values, "zyx"),
                          {{1, 1, 64, 64, 64}});
  CHECK(store.chunk() == coord<5>{{1, 1, 3, 4, 64}});
}

TEST_CASE("chunk_store: the spool goes with the store, or before", "[io]") {
  temporary_folder const folder;
  any_array<5> const values(element_type::uint8, shape);
  auto const path = folder / "spool";
  {
    chunk_store store(path.string(), describe(values, "czyx"), chunk);
    CHECK(std::filesystem::exists(path));
    chunk_store const moved(std::move(store));
    CHECK(std::filesystem::exists(path));
  }
  CHECK(!std::filesystem::exists(path));
  chunk_store store(path.string(), describe(values, "czyx"), chunk);
  store.abandon();
  CHECK(!std::filesystem::exists(path));
}

TEST_CASE("chunk_store: a folder that is not there, or a disk that refuses, is an error", "[io]") {
  temporary_folder const folder;
  random_source random;
  auto values = random_volume(element_type::uint64, {{1, 1, 32, 32, 32}}, random);
  auto const description = describe(values, "zyx");
  CHECK_THROWS_AS(chunk_store((folder / "no" / "spool").string(), description, chunk), io_error);
  CHECK_THROWS_WITH(chunk_store((folder / "no" / "spool").string(), description, chunk),
                    Contains("no/spool' cannot be created: No such file or directory"));
  chunk_store store((folder / "spool").string(), description, chunk);
  file_size_limit const limit(20000);
  CHECK_THROWS_AS(store.write(box<5>::at_origin(values.shape()), values.view()), io_error);
  CHECK_THROWS_WITH(store.write(box<5>::at_origin(values.shape()), values.view()),
                    Contains("spool' cannot be written: File too large; free space there"));
}
