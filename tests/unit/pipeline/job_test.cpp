// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/job.hpp"

#include <tbb/global_control.h>

#include "numbered_volume.hpp"
#include "support/catch.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

job copy_job(test::numbered_volume& volume) {
  job j(volume.source());
  j.outputs = {{output_kind::raw, "copy.h5"}};
  j.budget_bytes = std::int64_t{1} << 30;
  return j;
}

/// Takes a mebibyte on each thread.
struct thread_counter {
  [[nodiscard]] coord<3> halo() const { return {{1, 1, 1}}; }
  [[nodiscard]] std::size_t class_count() const { return 1; }
  [[nodiscard]] std::vector<std::string> class_names() const { return {"all"}; }
  [[nodiscard]] std::int64_t scratch_bytes(block<3> const&) const {
    return std::int64_t{tbb::this_task_arena::max_concurrency()} << 20;
  }
  void classify(strided_view<float const, 4> const&, block<3> const&, box<3> const&,
                strided_view<float, 4> const& p) const {
    fill(p, 1.0F);
  }
};

/// As large as it says, and never read.
struct huge_source {
  volume_description what;
  explicit huge_source(coord<3> const& shape) {
    what.shape = of_one_channel(shape);
    what.type = element_type::uint8;
  }
  [[nodiscard]] volume_description const& description() const { return what; }
  [[nodiscard]] coord<5> decode_unit() const { return coord<5>::filled(1); }
  void read(box<5> const&, any_view<5> const&) const { FAIL("read"); }
};

/// Blocks of a huge volume, blended.
job blended_job(index_t side, std::int64_t budget) {
  job j(io::any_source(huge_source(coord<3>::filled(side))));
  j.outputs = {{output_kind::labels, "labels.h5"}};
  j.classifier = models::any_block_classifier(thread_counter{});
  j.policy = stitch::linear{{{32, 32, 32}}};
  j.budget_bytes = budget;
  return j;
}

/// A job that would copy a volume of that shape (z, y, x) to a file.
prepared_job large_copy(job& j, coord<3> const& shape, char const* file) {
  prepared_job p;
  volume_description d;
  d.shape = of_one_channel(shape);
  d.type = element_type::uint8;
  j.outputs = {{output_kind::raw, file}};
  p.outputs = plan_outputs(j.outputs, {d, {}, class_content::mask, false});
  p.what.blocks.chunk = {{64, 64, 64}};
  return p;
}

}  // namespace

TEST_CASE("prepare: numbers that no job can have are refused, not divided by", "[pipeline]") {
  test::numbered_volume volume;
  CHECK_NOTHROW(prepare(copy_job(volume)));
  auto const refused = [&](auto const& change) {
    auto j = copy_job(volume);
    change(j);
    CHECK_THROWS_AS(prepare(j), usage_error);
  };
  refused([](job& j) { j.shards = 0; });
  refused([](job& j) { j.threads = 0; });
  refused([](job& j) { j.chunk = {{0, 8, 8}}; });
  refused([](job& j) { j.block = {{8, 8, -1}}; });
  refused([](job& j) { j.outputs.clear(); });
  refused([](job& j) { j.region = box<3>{}; });
  refused([](job& j) { j.region = box<3>::at_origin({{13, 22, 32}}); });
}

TEST_CASE("prepare: the plan counts the job's threads, wherever it is made", "[pipeline]") {
  test::numbered_volume volume;
  auto const planned = [&](int threads) {
    auto j = copy_job(volume);
    j.outputs = {{output_kind::labels, "labels.h5"}};
    j.classifier = models::any_block_classifier(thread_counter{});
    j.threads = threads;
    return prepare(j).what.blocks;
  };
  for (int threads : {1, 2, 8}) {
    auto const here = planned(threads);
    CHECK(here.block_bytes > std::int64_t{threads} << 20);
    CHECK(here.block_bytes < std::int64_t{threads + 1} << 20);
    for (int others : {1, 3}) {
      tbb::task_arena elsewhere(others);
      CHECK(elsewhere.execute([&] { return planned(threads); }).peak_bytes == here.peak_bytes);
      tbb::global_control const limit(tbb::global_control::max_allowed_parallelism,
                                      static_cast<std::size_t>(others));
      CHECK(planned(threads).peak_bytes == here.peak_bytes);
    }
  }
}

TEST_CASE("prepare: the places of all chunks that are stitched are part of the plan",
          "[pipeline]") {
  constexpr std::int64_t mebibyte = 1 << 20;
  auto const j = blended_job(14500, 1000 * mebibyte);
  std::int64_t needed = 0;
  try {
    static_cast<void>(prepare(j));
  } catch (budget_error const& e) {
    std::string const text = e.what();
    CHECK_THAT(text, Catch::Contains("stitching the results of 1442897 blocks"));
    needed = std::stoll(text.substr(text.find("at least --ram ") + 15)) * mebibyte;
  }
  constexpr std::int64_t chunks_of_a_slot = 4 * 4 * 4;
  std::int64_t const places = 16 * 1442897 * chunks_of_a_slot;
  CHECK(needed > places);
  CHECK(needed < places + 100 * mebibyte);

  auto enough = j;
  enough.budget_bytes = needed;
  auto const p = prepare(enough);
  CHECK(p.stitching->peak_bytes <= needed);
  CHECK(peak_of(p) > needed - 2 * mebibyte);

  auto others_merge = j;
  others_merge.merges = false;
  CHECK(peak_of(prepare(others_merge).what) <= j.budget_bytes);
}

TEST_CASE("merge_peak: TIFF and npy files take no more than the walks, and no more than they need",
          "[pipeline]") {
  constexpr std::int64_t mebi = std::int64_t{1} << 20;
  test::numbered_volume volume;
  auto j = copy_job(volume);
  for (char const* file : {"copy.tif", "copy.npy"})
    for (coord<3> const& shape :
         {coord<3>{{100, 200, 300}}, {{200, 2048, 2048}}, {{200, 14500, 14500}}, {{900, 901, 902}}})
      for (std::int64_t peak : {100 * mebi, 300 * mebi, 1000 * mebi, 30000 * mebi}) {
        auto p = large_copy(j, shape, file);
        p.what.blocks.peak_bytes = peak;
        CAPTURE(file, shape, peak / mebi, merge_peak(j, p) / mebi);
        CHECK(merge_peak(j, p) <= peak);
        CHECK(merge_peak(j, p) <= 600 * mebi);
        CHECK(merge_peak(j, p) >= std::min({peak / 2, product(shape), 450 * mebi}));
      }
  auto const p = large_copy(j, {{200, 14500, 14500}}, "copy.h5");
  CHECK(merge_peak(j, p) < 20 * mebi);
}

TEST_CASE("waiting_strip_bytes: a layer of chunks, where not all of it is held at a time",
          "[pipeline]") {
  test::numbered_volume volume;
  auto j = copy_job(volume);
  auto p = large_copy(j, {{200, 14500, 14500}}, "copy.tif");
  p.what.blocks.peak_bytes = std::int64_t{1} << 30;
  CHECK(waiting_strip_bytes(j, p) == index_t{64} * 14500 * 14500);
  p = large_copy(j, {{200, 1000, 1000}}, "copy.tif");
  p.what.blocks.peak_bytes = std::int64_t{1} << 30;
  CHECK(waiting_strip_bytes(j, p) == 0);
  p = large_copy(j, {{200, 14500, 14500}}, "copy.npy");
  CHECK(waiting_strip_bytes(j, p) == 0);
}
