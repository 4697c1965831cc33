// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/labelled_features.hpp"

#include "support/random.hpp"
#include "voxstitch/features/filter_bank.hpp"
#include "voxstitch/io/view_source.hpp"
#include "voxstitch/pipeline/find_labels.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

coord<5> const shape{{2, 2, 13, 70, 60}};  // t, c, z, y, x
box<3> const domain{{}, {{13, 70, 60}}};

features::filter_bank some_features() {
  features::selection s;
  s.filters.assign(features::all_filters.begin(), features::all_filters.end());
  s.scales = {{0.7, false}, {1.6, false}, {3.5, true}};
  s.chosen.assign(s.filters.size(), std::vector<bool>(s.scales.size(), true));
  return {s, 2};
}

/// All features of a time step at once: [feature, voxel].
dense_array<float, 2> whole(features::filter_bank const& bank,
                            strided_view<std::uint16_t, 4> const& image) {
  dense_array<float, 4> values(image.shape());
  copy(image, values.view());
  features::presmoothed prepared{features::slabs(domain)};
  bank.prepare(values.view(), domain, 0, domain, prepared);
  dense_array<float, 2> out(coord<2>{{static_cast<index_t>(bank.feature_count()), domain.size()}});
  features::tile_scratch scratch;
  bank.compute(prepared, domain, {{1, 1, domain.extent(2)}}, scratch, out.view());
  return out;
}

}  // namespace

TEST_CASE("labelled_features: labelled voxels have the features of the whole image, bit by bit",
          "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  auto const threads = GENERATE(1, 2);
  any_array<5> image(element_type::uint16, shape);
  auto const voxels = image.view().as<std::uint16_t>();
  for_each_voxel(box<5>::at_origin(shape), [&](coord<5> const& at) {
    voxels[at] = static_cast<std::uint16_t>(random.bits() % 4096);
  });
  any_array<5> labels(element_type::uint8, {{2, 1, 13, 70, 60}});
  for_each_voxel(box<5>::at_origin(labels.shape()), [&](coord<5> const& at) {
    if (random.bits() % 500 == 0)
      labels.view().as<std::uint8_t>()[at] = static_cast<std::uint8_t>(random.between(1, 5));
  });
  run_control const control{threads, nullptr, {}};
  auto const blocks = find_labels(io::view_source(labels.view(), "tzyxc"), control);
  REQUIRE(blocks.size() == 4);
  auto const bank = some_features();
  auto const features = static_cast<index_t>(bank.feature_count());
  dense_array<float, 2> found(coord<2>{{features, models::label_count(blocks)}});
  io::view_source const source(image.view(), "tczyx");
  labelled_features(bank, source, 1 << 20)(blocks, found.view(), control);

  index_t sample = 0;
  for (index_t t = 0; t < 2; ++t) {
    auto const expected = whole(bank, voxels.slice(0, t));
    for (auto const& b : blocks) {
      if (b.time != t) continue;
      models::for_each_label(b, [&](coord<3> const& at, std::uint8_t) {
        index_t const lane = (at[0] * 70 + at[1]) * 60 + at[2];
        for (index_t f = 0; f < features; ++f)
          if (found.view()[{{f, sample}}] != expected.view()[{{f, lane}}])
            FAIL("feature " << f << " at " << to_string(at) << " of time " << t);
        ++sample;
      });
    }
  }
  CHECK(sample == found.shape()[1]);
}

TEST_CASE("labelled_features: images that are smaller than the filters are refused", "[pipeline]") {
  any_array<5> image(element_type::uint8, {{1, 2, 3, 70, 60}});
  io::view_source const source(image.view(), "tczyx");
  auto const bank = some_features();
  dense_array<float, 2> none(coord<2>{{static_cast<index_t>(bank.feature_count()), 0}});
  labelled_features const collect(bank, source, 0);
  CHECK_THROWS_AS(collect({}, none.view(), {1, nullptr, {}}), shape_error);
}
