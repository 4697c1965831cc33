// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/stitched_results.hpp"

#include "support/catch.hpp"
#include "support/computed_before_laws.hpp"
#include "support/random.hpp"
#include "support/temporary_folder.hpp"
#include "voxstitch/io/chunk_store.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using namespace voxstitch::test;

namespace {

constexpr index_t classes = 3;
constexpr index_t times = 2;

/// What block `b` says of a voxel: blocks disagree.
float said(index_t time, block<3> const& b, coord<3> const& v, index_t c) {
  auto const mixed = (v[0] * 7 + v[1] * 11 + v[2] * 13 + c * 17 + b.index * 19 + time * 23) % 101;
  return static_cast<float>(mixed) / 101.0F;
}

/// Writes what all blocks say, each into its slot.
io::packed_chunks kept_results(temporary_folder const& folder, blocking<3> const& blocks,
                               coord<3> const& chunk) {
  auto const slots = placement::of_results_in_step(blocks, chunk);
  volume_description d;
  auto const [z, y, x] = slots.shape().values;
  d.shape = {{times, classes, z, y, x}};
  d.type = element_type::float32;
  d.axes = "tczyx";
  io::chunk_store store((folder / "results").string(), d, of_one_channel(chunk));
  auto all = any_array<5>(d.type, d.shape);
  auto const view = all.view().as<float>();
  for (index_t t = 0; t < times; ++t)
    for (auto const& b : blocks)
      for_each_voxel(b.result, [&](coord<3> const& v) {
        coord<3> const at = slots.place(b, {v, v + coord<3>::filled(1)}).inclusive_min;
        for (index_t c = 0; c < classes; ++c) view(t, c, at[0], at[1], at[2]) = said(t, b, v, c);
      });
  store.write(box<5>::at_origin(d.shape), all.view());
  store.finish();
  return store;
}

/// Chunks of one class and time that hold a voxel of a result.
index_t chunks_of_results(blocking<3> const& blocks, coord<3> const& chunk) {
  auto const slots = placement::of_results_in_step(blocks, chunk);
  index_t chunks = 0;
  for (auto const& b : blocks)
    chunks += product(io::units_touched(pipeline::detail::at_time(0, 1, slots.place(b, b.result)),
                                        of_one_channel(chunk)));
  return chunks;
}

/// The blended values of the whole domain and, as one more class, the disagreement.
dense_array<float, 4> combined(stitch::any_policy const& policy, blocking<3> const& blocks,
                               index_t time) {
  coord<3> const s = blocks.domain().shape();
  dense_array<float, 4> p(coord<4>{{s[0], s[1], s[2], classes + 1}});
  auto const values = p.view().sub({{}, {{s[0], s[1], s[2], classes}}});
  auto const fetch = [&](block<3> const& b, box<3> const& piece, strided_view<float, 4> const& to) {
    for_each_voxel(box<4>::at_origin(to.shape()), [&](coord<4> const& at) {
      to[at] = said(time, b, piece.inclusive_min + coord<3>{{at[0], at[1], at[2]}}, at[3]);
    });
  };
  std::visit(
      [&]<class Policy>(Policy const& chosen) {
        if constexpr (stitch::blending_policy<Policy>)
          stitch::combine(chosen, blocks, blocks.domain(), fetch, values,
                          p.view().slice(3, classes));
      },
      policy);
  return p;
}

}  // namespace

TEST_CASE("stitched_results: what was kept block by block is blended bit by bit, each chunk "
          "unpacked once",
          "[pipeline]") {
  random_source random;
  CAPTURE(random);
  for (auto const name : {"mean", "linear", "bump", "max", "vote"}) {
    temporary_folder const folder;
    coord<3> const low = random.shape<3>(5);
    box<3> const domain{low, low + random.shape<3>(14)};
    coord<3> const chunk = random.shape<3>(5);
    coord<3> const overlap = random.shape<3>(4);
    blocking<3> const blocks(domain, rounded_up_to_chunks(random.shape<3>(9), chunk), {}, overlap);
    auto const policy = stitch::parse_policy(name, overlap);
    CAPTURE(name, domain, chunk, overlap);
    stitched_results const results(kept_results(folder, blocks, chunk), blocks, policy, true);
    REQUIRE(results.class_count() == classes + 1);
    for (index_t time = 0; time < times; ++time) {
      auto const before = results.units_decoded();
      auto const found = values_of(results, time, domain, -1);
      CHECK(results.units_decoded() - before == classes * chunks_of_results(blocks, chunk));
      auto const expected = combined(policy, blocks, time);
      bool same = true;
      for_each_voxel(box<4>::at_origin(found.shape()), [&](coord<4> const& at) {
        same = same && found.view()[at] == expected.view()[at];
      });
      CHECK(same);
      check_computed_before_laws(results, time, domain);
    }
  }
}
