// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/training_samples.hpp"

#include <limits>

#include "support/catch.hpp"
#include "voxstitch/io/view_source.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using Catch::Matchers::Contains;

namespace {

/// Memory of an image of that many channels, whose values tell its voxels apart.
class image_in_memory {
 public:
  explicit image_in_memory(index_t channels, int first)
      : values_(element_type::uint16, {{1, channels, 1, 12, 14}}) {
    int next = first;
    for_each_voxel(box<5>::at_origin(values_.shape()), [&](coord<5> const& at) {
      values_.view().as<std::uint16_t>()[at] = static_cast<std::uint16_t>(next += 7);
    });
  }
  [[nodiscard]] labelled_image with(std::vector<models::label_block> labels) {
    return {io::any_source(io::view_source(values_.view(), "tczyx")), std::move(labels)};
  }
  [[nodiscard]] float at(coord<3> const& v) {
    return values_.view().as<std::uint16_t>()[{{0, 0, v[0], v[1], v[2]}}];
  }

 private:
  any_array<5> values_;
};

models::label_block labels(coord<3> const& from, std::vector<std::uint8_t> const& row) {
  coord<3> const to = from + coord<3>{{1, 1, static_cast<index_t>(row.size())}};
  models::label_block b{0, {from, to}, dense_array<std::uint8_t, 3>(to - from)};
  std::copy(row.begin(), row.end(), b.values.data());
  return b;
}

std::vector<models::label_block> one(models::label_block b) {
  std::vector<models::label_block> all;
  all.push_back(std::move(b));
  return all;
}

/// A bank whose one feature is the grey value of the first channel.
struct grey_values {
  struct prepared_type {
    explicit prepared_type(features::slabs const& parts) : where(parts[0]) {}
    box<3> where;
    std::vector<float> values;
  };
  struct scratch_type {};

  [[nodiscard]] coord<3> halo() const { return {}; }
  [[nodiscard]] std::size_t feature_count() const { return 1; }
  [[nodiscard]] std::int64_t prepared_bytes(features::slabs const& parts, box<3> const&) const {
    return parts[0].size() * 4;
  }
  void check_domain(coord<3> const&) const {}
  void prepare(strided_view<float const, 4> const& input, box<3> const&, index_t, box<3> const&,
               prepared_type& into) const {
    into.values.resize(static_cast<std::size_t>(into.where.size()));
    copy(input.slice(0, 0), strided_view<float, 3>(into.values.data(), into.where.shape()));
  }
  void compute(prepared_type const& p, box<3> const& tile, coord<3> const& packet, scratch_type&,
               strided_view<float, 2> const& out) const {
    fill(out, 0);
    strided_view<float const, 3> const values(p.values.data(), p.where.shape());
    coord<3> const packets = zip(tile.shape(), packet, divide_up);
    for_each_voxel(tile, [&](coord<3> const& v) {
      coord<3> const at = v - tile.inclusive_min;
      coord<3> const n = zip(at, packet, [](index_t a, index_t s) { return a / s; });
      coord<3> const i = zip(at, packet, [](index_t a, index_t s) { return a % s; });
      index_t const which = (n[0] * packets[1] + n[1]) * packets[2] + n[2];
      index_t const inside = (i[0] * packet[1] + i[1]) * packet[2] + i[2];
      out[{{0, which * product(packet) + inside}}] = values[v - p.where.inclusive_min];
    });
  }
};
static_assert(features::feature_bank<grey_values>);

run_control const control{2, nullptr, {}};
constexpr std::int64_t enough = 1 << 24;

}  // namespace

TEST_CASE("training_samples: images follow each other, and labels become classes in their order",
          "[pipeline]") {
  image_in_memory first(1, 100);
  image_in_memory second(1, 3000);
  std::vector<labelled_image> images;
  std::vector<models::label_block> two;
  two.push_back(labels({{0, 2, 3}}, {7, 0, 200}));
  two.push_back(labels({{0, 0, 1}}, {7}));
  images.push_back(first.with(std::move(two)));
  images.push_back(second.with(one(labels({{0, 11, 10}}, {0, 9, 7, 0}))));
  auto const samples = collect_samples(grey_values{}, images, enough, control);
  CHECK(label_count(images) == 5);
  CHECK(samples.labels == std::vector<std::uint32_t>{7, 9, 200});
  CHECK(samples.classes == std::vector<std::uint32_t>{0, 2, 0, 1, 0});
  auto const x = samples.features.view();
  REQUIRE(x.shape() == coord<2>{{1, 5}});
  std::vector<float> const expected{first.at({{0, 2, 3}}), first.at({{0, 2, 5}}),
                                    first.at({{0, 0, 1}}), second.at({{0, 11, 11}}),
                                    second.at({{0, 11, 12}})};
  for (index_t i = 0; i < 5; ++i) CHECK(x[{{0, i}}] == expected[static_cast<std::size_t>(i)]);
}

TEST_CASE("training_samples: a voxel without numbers is named with its image", "[pipeline]") {
  any_array<5> values(element_type::float32, {{1, 1, 1, 12, 14}});
  values.view().as<float>()[{{0, 0, 0, 3, 6}}] = std::numeric_limits<float>::quiet_NaN();
  io::any_source const image(io::view_source(values.view(), "tczyx"));
  std::vector<labelled_image> images;
  images.push_back({image, one(labels({{0, 2, 3}}, {1, 2}))});
  images.push_back({image, one(labels({{0, 3, 4}}, {1, 0, 2}))});
  CHECK_THROWS_AS(collect_samples(grey_values{}, images, enough, control), format_error);
  CHECK_THROWS_WITH(collect_samples(grey_values{}, images, enough, control),
                    Contains("training image 2 of 2: the labelled voxel 0,3,6 (z,y,x)"));
}

TEST_CASE("training_samples: too few classes are refused", "[pipeline]") {
  image_in_memory image(1, 0);
  std::vector<labelled_image> images;
  images.push_back(image.with({}));
  CHECK_THROWS_WITH(collect_samples(grey_values{}, images, enough, control),
                    Contains("no voxel is labelled"));
  images[0].labels = one(labels({{0, 0, 0}}, {3, 3}));
  CHECK_THROWS_WITH(collect_samples(grey_values{}, images, enough, control),
                    Contains("only class 3 is labelled"));
}

TEST_CASE("training_samples: more labels than memory are refused with what they need",
          "[pipeline]") {
  image_in_memory image(1, 0);
  std::vector<labelled_image> images;
  images.push_back(image.with(one(labels({{0, 0, 0}}, {1, 2}))));
  CHECK_THROWS_WITH(collect_samples(grey_values{}, images, 10, control),
                    Contains("2 labelled voxels with 1 features") && Contains("--ram"));
  CHECK_THROWS_AS(collect_samples(grey_values{}, images, 10, control), budget_error);
}

TEST_CASE("training_samples: images have equally many channels", "[pipeline]") {
  image_in_memory grey(1, 0);
  image_in_memory colour(3, 0);
  std::vector<labelled_image> images;
  images.push_back(grey.with(one(labels({{0, 0, 0}}, {1, 2}))));
  images.push_back(colour.with(one(labels({{0, 0, 0}}, {1, 2}))));
  CHECK_THROWS_WITH(collect_samples(grey_values{}, images, enough, control),
                    Contains("1 and 3 channels"));
}
