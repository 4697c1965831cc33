// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Does a model of volume_sink keep the concept's promises?

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "support/file_bytes.hpp"
#include "support/volume_source_laws.hpp"

namespace voxstitch::test {

/// Boxes that tile the volume: multiples of the chunk, `chunks_per_box` of them per axis.
[[nodiscard]] inline std::vector<box<5>> aligned_boxes(coord<5> const& shape, coord<5> const& chunk,
                                                       index_t chunks_per_box) {
  auto const step = zip(chunk, shape, [&](index_t c, index_t) { return c * chunks_per_box; });
  coord<5> const counts = zip(shape, step, divide_up);
  std::vector<box<5>> boxes;
  for_each_voxel(box<5>::at_origin(counts), [&](coord<5> const& at) {
    auto const begin = zip(at, step, [](index_t a, index_t s) { return a * s; });
    boxes.push_back({begin, min(begin + step, shape)});
  });
  return boxes;
}

template <class Box>
void shuffle(std::vector<Box>& boxes, random_source& random) {
  for (std::size_t i = boxes.size(); i > 1; --i)
    std::swap(boxes[i - 1], boxes[static_cast<std::size_t>(random.bits() % i)]);
}

/// Writes `values` box by box with `workers` threads and finishes the sink.
template <io::volume_sink K>
void write_boxes(K& sink, any_array<5>& values, std::vector<box<5>> const& boxes,
                 std::size_t workers) {
  {
    std::vector<std::jthread> threads;
    for (std::size_t worker = 0; worker < workers; ++worker)
      threads.emplace_back([&, worker] {
        for (std::size_t i = worker; i < boxes.size(); i += workers)
          sink.write(boxes[i], values.view().sub(boxes[i]));
      });
  }
  sink.finish();
}

/// Checks every law of volume_sink.
/// @param make      path -> a new sink for a volume of the shape and type of `values`
/// @param read_back path -> the any_array<5> that a finished file holds
/// @param folder    empty; the files are written there
/// @param name      file name with the extension the format wants
template <class Make, class ReadBack>
void check_volume_sink_laws(Make make, ReadBack read_back, any_array<5>& values,
                            std::filesystem::path const& folder, std::string const& name) {
  random_source random;
  CAPTURE(random);
  auto write = [&](std::string const& prefix, index_t chunks_per_box, bool shuffled,
                   std::size_t workers) {
    std::string const path = (folder / (prefix + name)).string();
    auto sink = make(path);
    static_assert(io::volume_sink<decltype(sink)>);
    CHECK(sink.description().shape == values.shape());
    CHECK(sink.description().type == values.type());
    for (std::size_t axis = 0; axis < 5; ++axis) CHECK(sink.chunk()[axis] >= 1);
    auto boxes = aligned_boxes(values.shape(), sink.chunk(), chunks_per_box);
    if (shuffled) shuffle(boxes, random);
    write_boxes(sink, values, boxes, workers);
    return path;
  };
  auto const reference = write("in_order_", 1, false, 1);
  {
    auto stored = read_back(reference);
    CHECK(same_bits(stored.view(), values.view()));
  }
  auto const bytes = bytes_of(reference);
  CHECK(!bytes.empty());
  CHECK((bytes_of(write("shuffled_", 1, true, 1)) == bytes));
  CHECK((bytes_of(write("several_chunks_", 2, true, 1)) == bytes));
  CHECK((bytes_of(write("whole_", 1000, false, 1)) == bytes));
  CHECK((bytes_of(write("concurrent_", 1, true, 3)) == bytes));
}

}  // namespace voxstitch::test
