// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/shard.hpp"

#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/temporary_folder.hpp"
#include "voxstitch/view/rows.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using namespace voxstitch::test;
using Catch::Matchers::Contains;

namespace {

/// Two datasets of different types and channels, two time steps.
stage example(index_t shards) {
  stage s;
  s.name = "blocks";
  s.grid = {{{}, {{12, 20, 30}}}, {{{2, 0, 0}}, {{12, 20, 30}}}, {{1, 1, 1}}, {}};
  s.what.block_shape = {{4, 8, 8}};
  s.what.chunk = {{4, 4, 8}};
  s.what.blocks = 2 * s.grid.blocks(s.what.block_shape).size();
  for (auto const& [type, channels] :
       {std::pair(element_type::uint8, 1), {element_type::float32, 2}}) {
    volume_description d;
    d.shape = {{2, channels, 10, 20, 30}};
    d.type = type;
    d.axes = "tczyx";
    s.datasets.push_back(d);
  }
  s.shards = shards;
  return s;
}

/// Values of a box that say where it lies and in which round it was written.
any_array<5> values_of(volume_description const& d, box<5> const& b, int round) {
  any_array<5> values(d.type, b.shape());
  values.view().visit([&]<class T>(strided_view<T, 5> const& v) {
    for_each_voxel(box<5>::at_origin(b.shape()), [&](coord<5> const& at) {
      coord<5> const w = at + b.inclusive_min;
      v[at] =
          static_cast<T>((w[0] * 5 + w[1] * 7 + w[2] * 11 + w[3] * 13 + w[4] * 17 + round) % 200);
    });
  });
  return values;
}

void write_block(stage const& s, shard& part, index_t step, int round) {
  auto const written = s.written();
  for (std::size_t d = 0; d < s.datasets.size(); ++d) {
    box<5> const b = written(step, d);
    part.sinks()[d].write(b, values_of(s.datasets[d], b, round).view());
  }
  part.commit(step);
}

index_t finished(temporary_folder const& folder, stage const& s) {
  index_t count = 0;
  for (auto const& state : shard_states(folder.path(), s, "f")) count += state.finished;
  return count;
}

}  // namespace

TEST_CASE("stage: shards are runs of blocks that follow each other, none empty", "[pipeline]") {
  for (index_t shards : {1, 2, 3, 7}) {
    auto const s = example(shards);
    CHECK(s.first_step(0) == 0);
    CHECK(s.first_step(shards) == s.what.blocks);
    for (index_t i = 0; i < shards; ++i) CHECK(s.first_step(i) < s.first_step(i + 1));
  }
}

TEST_CASE("stage: what is written stays the same when the stage goes", "[pipeline]") {
  auto const written = [] { return example(1).written(); }();
  auto const s = example(1);
  auto const order = s.order();
  for (std::size_t d = 0; d < s.datasets.size(); ++d)
    for (index_t step = 0; step < s.what.blocks; ++step) {
      box<3> const core = relative_to(order.at(step).core, s.grid.region);
      auto const b = written(step, d);
      CHECK(b.inclusive_min[0] == order.time(step));
      CHECK(b.extent(0) == 1);
      CHECK(b.extent(1) == s.datasets[d].shape[1]);
      for (std::size_t axis = 0; axis < 3; ++axis) {
        CHECK(b.inclusive_min[2 + axis] == core.inclusive_min[axis]);
        CHECK(b.exclusive_max[2 + axis] == core.exclusive_max[axis]);
      }
    }
}

TEST_CASE("stage: the boxes of all shards tile every dataset; a shard has few", "[pipeline]") {
  for (index_t shards : {1, 2, 3, 5, 7}) {
    auto const s = example(shards);
    for (std::size_t d = 0; d < s.datasets.size(); ++d) {
      dense_array<int, 5> owners(s.datasets[d].shape);
      fill(owners.view(), 0);
      for (index_t i = 0; i < shards; ++i) {
        auto const boxes = s.boxes_of(i, d);
        CHECK(boxes.size() <= 10);
        for (auto const& b : boxes)
          for_each_voxel(b, [&](coord<5> const& v) { ++owners.view()[v]; });
      }
      bool once = true;
      for_each_voxel(box<5>::at_origin(s.datasets[d].shape),
                     [&](coord<5> const& v) { once = once && owners.view()[v] == 1; });
      CHECK(once);
    }
  }
}

TEST_CASE("shard: what is finished is left out by the next process, and all is read back",
          "[pipeline]") {
  temporary_folder const folder;
  random_source random;
  CAPTURE(random);
  auto const s = example(3);
  CHECK(finished(folder, s) == 0);
  index_t before = 0;
  for (int round = 0; finished(folder, s) < s.what.blocks; ++round)  // each round some blocks
    for (index_t i = 0; i < s.shards; ++i) {
      shard part(folder.path(), s, i, "f");
      index_t left_out = 0;
      for (index_t step = part.begin(); step < part.end(); ++step) {
        if (part.is_done(step))
          ++left_out;
        else if (random.between(0, 2) == 0)
          write_block(s, part, step, 0);
      }
      part.finish();
      CHECK(left_out <= part.end() - part.begin());
      CHECK(finished(folder, s) >= before);
      before = finished(folder, s);
    }
  for (std::size_t d = 0; d < s.datasets.size(); ++d) {
    auto const all = collected(folder.path(), s, "f", d);
    all.require_all();
    box<5> const volume = box<5>::at_origin(s.datasets[d].shape);
    any_array<5> found(s.datasets[d].type, volume.shape());
    all.read(volume, found.view());
    CHECK(found.bytes() == values_of(s.datasets[d], volume, 0).bytes());
  }
}

TEST_CASE("shard: chunks that no journal knows are written over", "[pipeline]") {
  temporary_folder const folder;
  auto const s = example(1);
  auto const spool = folder / "blocks-000000" / "0.chunks";
  {
    shard part(folder.path(), s, 0, "f");
    write_block(s, part, 0, 0);
    part.finish();
  }
  auto const good = std::filesystem::file_size(spool);
  {
    shard part(folder.path(), s, 0, "f");
    box<5> const b = s.written()(1, 0);
    part.sinks()[0].write(b, values_of(s.datasets[0], b, 3).view());  // and the process dies
  }
  auto const with_unknown = std::filesystem::file_size(spool);
  CHECK(with_unknown > good);
  shard const part(folder.path(), s, 0, "f");
  CHECK(std::filesystem::file_size(spool) < with_unknown);
  CHECK(part.is_done(0));
  CHECK_FALSE(part.is_done(1));
}

TEST_CASE("shard: a block whose chunks are not all there is not finished", "[pipeline]") {
  temporary_folder const folder;
  auto const s = example(1);
  auto const at = folder / "blocks-000000";
  {
    shard part(folder.path(), s, 0, "f");
    write_block(s, part, 0, 0);
    write_block(s, part, 1, 0);
    part.finish();
  }
  CHECK(finished(folder, s) == 2);
  std::filesystem::resize_file(at / "1.chunks", std::filesystem::file_size(at / "1.chunks") - 1);
  CHECK(finished(folder, s) < 2);
  std::filesystem::remove(at / "0.chunks");
  CHECK(finished(folder, s) == 0);
  shard const part(folder.path(), s, 0, "f");
  CHECK_FALSE(part.is_done(0));
}

TEST_CASE("shard: a journal's lines of other blocks, datasets or chunks do not count",
          "[pipeline]") {
  temporary_folder const folder;
  auto const s = example(2);
  std::filesystem::create_directory(folder / "blocks-000000");
  for (char const* name : {"0.chunks", "1.chunks"})
    std::ofstream(folder / "blocks-000000" / name) << std::string(1000, 'x');
  auto const places = [](std::size_t n) { return std::vector<io::chunk_place>(n, {0, 10}); };
  journal j((folder / "blocks-000000" / "journal").string(), "f " + s.grid_text());
  for (journal_entry const& e : {journal_entry{s.first_step(1), {places(2), places(4)}},
                                 {1'000'000, {places(2), places(4)}},
                                 {0, {places(2)}},
                                 {0, {places(2), places(3)}},
                                 {0, {places(1), places(4)}},
                                 {0, {places(2), places(4), places(1)}},
                                 {0, {places(2), std::vector<io::chunk_place>(4, {995, 10})}}}) {
    auto const line = to_line(e);
    j.append(std::span(&line, 1));
  }
  CHECK(finished(folder, s) == 0);
  auto const line = to_line({0, {places(2), places(4)}});
  j.append(std::span(&line, 1));
  j.append(std::span(&line, 1));  // twice is once
  CHECK(finished(folder, s) == 1);
}

TEST_CASE("shard: two processes never work on one", "[pipeline]") {
  temporary_folder const folder;
  auto const s = example(2);
  shard const first(folder.path(), s, 1, "f");
  CHECK_THROWS_AS(shard(folder.path(), s, 1, "f"), io_error);
  CHECK_THROWS_WITH(shard(folder.path(), s, 1, "f"),
                    Contains("shard 2 of 2") && Contains("process " + std::to_string(::getpid())));
  CHECK_NOTHROW(shard(folder.path(), s, 0, "f"));
}

TEST_CASE("shard: a journal of another grid of blocks is refused", "[pipeline]") {
  temporary_folder const folder;
  auto const s = example(1);
  {
    shard part(folder.path(), s, 0, "f");
    write_block(s, part, 0, 0);
    part.finish();
  }
  CHECK(finished(folder, s) == 1);
  auto other = s;
  other.what.block_shape = {{8, 4, 8}};  // as many chunks
  CHECK_THROWS_WITH(shard(folder.path(), other, 0, "f"), Contains("belongs to another job"));
  CHECK_THROWS_AS(finished(folder, other), io_error);
}
