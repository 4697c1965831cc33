// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/run.hpp"

#include <atomic>
#include <map>
#include <random>

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include "support/catch.hpp"
#include "voxstitch/io/view_source.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

/// Keeps what is written in memory, and refuses to be written twice.
class memory_sink {
 public:
  memory_sink(element_type type, coord<5> const& shape) : values_(type, shape), written_(shape) {
    description_.shape = shape;
    description_.type = type;
    fill(written_.view(), 0);
  }
  [[nodiscard]] volume_description const& description() const { return description_; }
  [[nodiscard]] coord<5> chunk() const { return coord<5>::filled(1); }
  void write(box<5> const& b, any_view<5> const& v) {
    v.visit([&]<class T>(strided_view<T, 5> const& from) {
      copy(from, values_.view().sub(b).template as<T>());
    });
    for_each_voxel(b, [&](coord<5> const& at) { ++written_.view()[at]; });
  }
  void finish() {}

  [[nodiscard]] bool each_voxel_once() {
    bool once = true;
    for_each_voxel(box<5>::at_origin(written_.shape()),
                   [&](coord<5> const& at) { once = once && written_.view()[at] == 1; });
    return once;
  }
  [[nodiscard]] std::vector<std::byte> const& bytes() const { return values_.bytes(); }

 private:
  any_array<5> values_;
  dense_array<int, 5> written_;
  volume_description description_;
};

/// The mean over a box of radius 2 against two thresholds; reads exactly its halo.
struct box_mean {
  [[nodiscard]] coord<3> halo() const { return {{2, 2, 2}}; }
  [[nodiscard]] std::size_t class_count() const { return 2; }
  [[nodiscard]] std::vector<std::string> class_names() const { return {"low", "high"}; }
  [[nodiscard]] std::int64_t scratch_bytes(block<3> const&) const { return 0; }
  void classify(strided_view<float const, 4> const& input, block<3> const& b, box<3> const&,
                strided_view<float, 4> const& p) const {
    for_each_voxel(b.result, [&](coord<3> const& v) {
      box<3> const around = intersection(grown(box<3>{v, v + coord<3>{{1, 1, 1}}}, halo()), b.read);
      double sum = 0;
      for_each_voxel(relative_to(around, b.read),
                     [&](coord<3> const& w) { sum += double(input(0, w[0], w[1], w[2])); });
      coord<3> const at = v - b.result.inclusive_min;
      float const high = sum > 100.0 * double(around.size()) ? 1.0F : 0.0F;
      p(at[0], at[1], at[2], 0) = 1.0F - high;
      p(at[0], at[1], at[2], 1) = high;
    });
  }
};

dense_array<std::uint16_t, 5> noise(coord<5> const& shape) {
  dense_array<std::uint16_t, 5> values(shape);
  std::mt19937 random(3);
  for_each_voxel(box<5>::at_origin(shape), [&](coord<5> const& at) {
    values.view()[at] = static_cast<std::uint16_t>(random() % 201);
  });
  return values;
}

/// A mask of slices that are decoded whole, and counts these.
class counted_slices {
 public:
  explicit counted_slices(io::view_source values) : values_(std::move(values)) {}
  [[nodiscard]] volume_description const& description() const { return values_.description(); }
  [[nodiscard]] coord<5> decode_unit() const {
    auto const& s = description().shape;
    return {{1, s[1], 1, s[3], s[4]}};
  }
  void read(box<5> const& b, any_view<5> const& v) const {
    *decoded_ += b.extent(0) * b.extent(2);
    values_.read(b, v);
  }
  [[nodiscard]] index_t decoded() const { return *decoded_; }

 private:
  io::view_source values_;
  std::shared_ptr<std::atomic<index_t>> decoded_ = std::make_shared<std::atomic<index_t>>(0);
};

plan plan_of(block_grid const& g, coord<3> const& block_shape, index_t times, int in_flight) {
  plan p;
  p.block_shape = block_shape;
  p.chunk = {{2, 4, 8}};
  p.blocks = g.blocks(block_shape).size() * times;
  p.blocks_in_flight = in_flight;
  p.block_bytes = 1 << 20;
  return p;
}

}  // namespace

TEST_CASE("block walk: merged blocks equal the whole volume bit by bit", "[pipeline]") {
  coord<5> const shape{{2, 1, 9, 21, 17}};
  auto values = noise(shape);
  io::view_source const source(any_view<5>(values.view()), "tzyx");
  box<3> const volume{{}, {{9, 21, 17}}};
  block_grid const g{volume, volume, box_mean{}.halo(), {}};
  box_mean const classifier;
  std::vector<std::byte> whole;
  for (coord<3> const block : {coord<3>{{100, 100, 100}}, {{3, 5, 4}}, {{1, 1, 1}}, {{2, 21, 3}}})
    for (int threads : {1, 2, 4}) {
      memory_sink labels(element_type::uint8, shape);
      std::vector<output_target<memory_sink>> const outputs{{{output_kind::labels}, {&labels}}};
      progress done;
      block_walk const walk(source, &classifier, static_cast<io::view_source const*>(nullptr),
                            std::span(outputs), g, plan_of(g, block, 2, threads));
      walk({threads, &done, {}});
      CHECK(labels.each_voxel_once());
      CHECK(done.done() == product(shape));
      if (whole.empty()) whole = labels.bytes();
      CHECK(labels.bytes() == whole);
    }
}

TEST_CASE("block walk: goes on where TBB has no threads to give", "[pipeline]") {
  coord<5> const shape{{1, 1, 8, 8, 8}};
  auto values = noise(shape);
  io::view_source const source(any_view<5>(values.view()), "zyx");
  block_grid const g{{{}, {{8, 8, 8}}}, {{}, {{8, 8, 8}}}, {{2, 2, 2}}, {}};
  box_mean const classifier;
  bool const reads_ahead = GENERATE(false, true);
  auto const walk_with = [&](int threads) {
    memory_sink labels(element_type::uint8, shape);
    std::vector<output_target<memory_sink>> const outputs{{{output_kind::labels}, {&labels}}};
    auto p = plan_of(g, {{4, 4, 4}}, 1, threads);
    p.reads_ahead = reads_ahead;
    block_walk const walk(source, &classifier, static_cast<io::view_source const*>(nullptr),
                          std::span(outputs), g, p);
    walk({threads, nullptr, {}});
    return labels.each_voxel_once();
  };
  SECTION("the host limits it") {
    tbb::global_control const limit(tbb::global_control::max_allowed_parallelism, 1);
    CHECK(walk_with(1));
    CHECK(walk_with(2));
  }
  SECTION("its threads are those that wait") {
    std::atomic<int> whole = 0;
    tbb::parallel_for(0, 8, [&](int) { whole += walk_with(1) ? 1 : 0; });
    CHECK(whole == 8);
  }
}

TEST_CASE("block walk: the first failure ends it and is thrown", "[pipeline]") {
  struct failing : box_mean {
    void classify(strided_view<float const, 4> const&, block<3> const& b, box<3> const&,
                  strided_view<float, 4> const&) const {
      if (b.index == 3) throw format_error("block 3 cannot be classified");
    }
  };
  coord<5> const shape{{1, 1, 8, 8, 8}};
  auto values = noise(shape);
  io::view_source const source(any_view<5>(values.view()), "zyx");
  memory_sink labels(element_type::uint8, shape);
  std::vector<output_target<memory_sink>> const outputs{{{output_kind::labels}, {&labels}}};
  block_grid const g{{{}, {{8, 8, 8}}}, {{}, {{8, 8, 8}}}, {{2, 2, 2}}, {}};
  failing const classifier;
  block_walk const walk(source, &classifier, static_cast<io::view_source const*>(nullptr),
                        std::span(outputs), g, plan_of(g, {{2, 2, 2}}, 1, 2));
  CHECK_THROWS_WITH(walk({2, nullptr, {}}), "block 3 cannot be classified");
}

TEST_CASE("block walk: a requested stop ends it as cancelled", "[pipeline]") {
  coord<5> const shape{{1, 1, 8, 8, 8}};
  auto values = noise(shape);
  io::view_source const source(any_view<5>(values.view()), "zyx");
  memory_sink labels(element_type::uint8, shape);
  std::vector<output_target<memory_sink>> const outputs{{{output_kind::labels}, {&labels}}};
  block_grid const g{{{}, {{8, 8, 8}}}, {{}, {{8, 8, 8}}}, {{2, 2, 2}}, {}};
  box_mean const classifier;
  std::stop_source stop;
  stop.request_stop();
  block_walk const walk(source, &classifier, static_cast<io::view_source const*>(nullptr),
                        std::span(outputs), g, plan_of(g, {{2, 2, 2}}, 1, 2));
  CHECK_THROWS_AS(walk({2, nullptr, stop.get_token()}), cancelled);
}

TEST_CASE("block walk: every slice of the mask is decoded once", "[pipeline]") {
  coord<5> const shape{{1, 1, 9, 21, 17}};
  auto values = noise(shape);
  dense_array<std::uint8_t, 5> inside(shape);
  fill(inside.view(), 0);
  box<5> const part{{{0, 0, 3, 4, 5}}, {{1, 1, 8, 15, 12}}};
  fill(inside.view().sub(part), 1);
  counted_slices const source(io::view_source(any_view<5>(values.view()), "zyx"));
  counted_slices const mask(io::view_source(any_view<5>(inside.view()), "zyx"));
  box<3> const volume{{}, {{9, 21, 17}}};
  block_grid const g{volume, volume, box_mean{}.halo(), {}};
  box_mean const classifier;
  std::vector<std::byte> all;
  for (std::int64_t kept : {std::int64_t{1} << 20, std::int64_t{0}}) {
    auto const before = mask.decoded();
    memory_sink labels(element_type::uint8, shape);
    std::vector<output_target<memory_sink>> const outputs{{{output_kind::labels}, {&labels}}};
    auto p = plan_of(g, {{2, 5, 4}}, 1, 2);
    p.mask_cache_bytes = kept;
    block_walk const walk(source, &classifier, &mask, std::span(outputs), g, p);
    walk({2, nullptr, {}});
    CHECK(labels.each_voxel_once());
    CHECK((mask.decoded() - before == 9) == (kept > 0));
    if (all.empty()) all = labels.bytes();
    CHECK(labels.bytes() == all);
  }
}

TEST_CASE("block walk: a mask of one time step is kept for all blocks of each", "[pipeline]") {
  coord<5> const shape{{3, 1, 4, 8, 8}};
  auto values = noise(shape);
  dense_array<std::uint8_t, 5> inside(coord<5>{{1, 1, 4, 8, 8}});
  fill(inside.view(), 1);
  counted_slices const source(io::view_source(any_view<5>(values.view()), "tzyx"));
  counted_slices const mask(io::view_source(any_view<5>(inside.view()), "zyx"));
  box<3> const volume{{}, {{4, 8, 8}}};
  block_grid const g{volume, volume, box_mean{}.halo(), {}};
  box_mean const classifier;
  memory_sink labels(element_type::uint8, shape);
  std::vector<output_target<memory_sink>> const outputs{{{output_kind::labels}, {&labels}}};
  auto p = plan_of(g, {{4, 2, 2}}, 3, 1);
  p.mask_cache_bytes = 1 << 20;
  block_walk const walk(source, &classifier, &mask, std::span(outputs), g, p);
  walk({1, nullptr, {}});
  CHECK(mask.decoded() == 4);
}
