// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/job.hpp"

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
