// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/staging.hpp"

#include "support/catch.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

/// Slices of one LZW strip each, and a real classifier.
plan_request slices(coord<3> const& shape, std::int64_t budget) {
  plan_request r;
  r.input.shape = {{1, 1, shape[0], shape[1], shape[2]}};
  r.input.type = element_type::uint8;
  r.decode_unit = {{1, 1, 1, shape[1], shape[2]}};
  r.region = box<3>::at_origin(shape);
  r.halo = {{38, 38, 38}};
  r.class_count = 3;
  r.scratch_bytes = [](block<3> const& b) { return b.read.size() * 28; };
  r.budget_bytes = budget;
  r.process_bytes = 50 << 20;
  r.threads = 2;
  auto labels = r.input;
  r.datasets.push_back({"l.h5", "/exported_data", labels});
  return r;
}

constexpr std::int64_t mebibyte = 1 << 20;

}  // namespace

TEST_CASE("staging: slices that can be kept are not copied", "[pipeline]") {
  auto const p = plan_job(slices({{2000, 300, 300}}, 512 * mebibyte));
  CHECK_FALSE(p.staging.has_value());
  CHECK(p.blocks.decodes.times <= most_decodes);
  CHECK(p.blocks.cache_bytes > 0);
  CHECK(p.blocks.peak_bytes <= 512 * mebibyte);
}

TEST_CASE("staging: slices too large to be kept are copied into chunks, each decoded once",
          "[pipeline]") {
  auto const r = slices({{2000, 3000, 3000}}, 512 * mebibyte);
  auto const p = plan_job(r);
  REQUIRE(p.staging.has_value());
  auto const& copy = p.staging->what;
  CHECK(copy.decodes.times == Approx(1));
  CHECK(copy.disk_bytes == product(r.input.shape));
  CHECK(copy.peak_bytes <= r.budget_bytes);
  CHECK(p.blocks.peak_bytes <= r.budget_bytes);
  CHECK(p.staging->region == r.region);
}

TEST_CASE("staging: a region is copied with its surroundings, in whole pieces", "[pipeline]") {
  auto r = slices({{2000, 3000, 3000}}, 512 * mebibyte);
  r.region = {{{500, 1000, 1000}}, {{800, 2000, 2000}}};
  auto const p = plan_job(r);
  REQUIRE(p.staging.has_value());
  coord<5> const piece = pipeline::detail::staged_piece(r, p.staging->what.chunk);
  box<3> const read = grown_within(r.region, r.halo, box<3>::at_origin({{2000, 3000, 3000}}));
  CHECK(contains(p.staging->region, read));
  for (std::size_t axis = 0; axis < 3; ++axis) {
    CHECK(p.staging->region.inclusive_min[axis] % piece[axis + 2] == 0);
    CHECK(read.inclusive_min[axis] - p.staging->region.inclusive_min[axis] < piece[axis + 2]);
  }
}

TEST_CASE("staging: small chunks are copied in the pieces that they are read in", "[pipeline]") {
  auto r = slices({{60, 1500, 1500}}, 150 * mebibyte);
  r.region = {{{20, 600, 600}}, {{40, 900, 900}}};  // with its surroundings 562 to 938
  coord<3> const chunk{{60, 64, 64}};               // two of them along y are a piece
  REQUIRE(pipeline::detail::staged_piece(r, chunk)[3] == 128);
  CHECK(pipeline::detail::region_to_stage(r, chunk) == box<3>{{{0, 512, 512}}, {{60, 1024, 960}}});
}

TEST_CASE("staging: an input in chunks is never copied into chunks", "[pipeline]") {
  auto r = slices({{2000, 3000, 3000}}, 300 * mebibyte);
  r.decode_unit = {{1, 1, 64, 64, 64}};
  CHECK_FALSE(plan_job(r).staging.has_value());
}

TEST_CASE("staging: what is not packed is read where it lies", "[pipeline]") {
  auto r = slices({{2000, 3000, 3000}}, 300 * mebibyte);
  r.decode_unit = coord<5>::filled(1);
  auto const p = plan_job(r);
  CHECK_FALSE(p.staging.has_value());
  CHECK(p.blocks.cache_bytes == 0);
  CHECK(p.blocks.decodes.times == 1);
}

TEST_CASE("staging: the places of the copy's chunks are part of the plan", "[pipeline]") {
  auto const r = slices({{14500, 14500, 14500}}, 4096 * mebibyte);
  auto const staged = pipeline::detail::request_from_staged(r, {{16, 64, 64}});
  std::int64_t const places = std::int64_t{16} * 907 * 227 * 227;
  CHECK(staged.process_bytes >= r.process_bytes + places);
  CHECK(staged.process_bytes < r.process_bytes + places + mebibyte);
}
