// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/find_labels.hpp"

#include <map>

#include "support/random.hpp"
#include "voxstitch/io/view_source.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using Catch::Matchers::Contains;

namespace {

/// Memory that says it is decoded in units.
struct source_in_units {
  io::view_source source;
  coord<5> unit;
  [[nodiscard]] volume_description const& description() const { return source.description(); }
  [[nodiscard]] coord<5> decode_unit() const { return unit; }
  void read(box<5> const& b, any_view<5> const& v) const { source.read(b, v); }
};

using places = std::map<std::array<index_t, 4>, int>;  ///< t, z, y, x

/// Some labels at random places, and where they are.
places put_labels(strided_view<std::uint16_t, 5> const& labels, test::random_source& random) {
  places where;
  for (int i = 0; i < 200; ++i) {
    coord<5> at;
    for (std::size_t axis = 0; axis < 5; ++axis)
      at[axis] = random.between(0, labels.extent(axis) - 1);
    int const label = static_cast<int>(random.between(1, 255));
    labels[at] = static_cast<std::uint16_t>(label);
    where[{at[0], at[2], at[3], at[4]}] = label;
  }
  return where;
}

places labels_of(std::vector<models::label_block> const& blocks) {
  places where;
  for (auto const& b : blocks)
    models::for_each_label(b, [&](coord<3> const& at, std::uint8_t label) {
      REQUIRE(where.insert({{b.time, at[0], at[1], at[2]}, label}).second);
    });
  return where;
}

coord<3> cube_of(coord<3> const& voxel) {
  return zip(voxel, coord<3>::filled(label_cube), [](index_t v, index_t s) { return v / s; });
}

}  // namespace

TEST_CASE("find_labels: all labels are found, cube by cube, however the source is stored",
          "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  any_array<5> values(element_type::uint16, {{2, 1, 70, 130, 65}});
  auto const expected = put_labels(values.view().as<std::uint16_t>(), random);
  std::vector<coord<5>> const units{
      {{1, 1, 1, 1, 1}}, {{1, 1, 1, 130, 65}}, {{2, 1, 7, 13, 11}}, {{1, 1, 64, 64, 64}}};
  std::vector<box<3>> first;
  for (auto const& unit : units) {
    CAPTURE(unit);
    source_in_units const source{io::view_source(values.view(), "tzyxc"), unit};
    auto const blocks = find_labels(source, {2, nullptr, {}});
    CHECK(labels_of(blocks) == expected);
    CHECK(label_count(blocks) == static_cast<index_t>(expected.size()));
    std::vector<box<3>> boxes;
    for (auto const& b : blocks) {
      boxes.push_back(b.where);
      CHECK(cube_of(b.where.inclusive_min) == cube_of(b.where.exclusive_max - coord<3>::filled(1)));
    }
    if (first.empty()) first = boxes;
    CHECK(boxes == first);
  }
}

TEST_CASE("find_labels: a block is as small as its labels allow", "[pipeline]") {
  any_array<5> values(element_type::uint8, {{1, 1, 20, 30, 100}});
  auto const view = values.view().as<std::uint8_t>();
  view[{{0, 0, 3, 4, 5}}] = 1;
  view[{{0, 0, 7, 4, 50}}] = 2;
  view[{{0, 0, 19, 29, 99}}] = 3;
  auto const blocks = find_labels(io::view_source(values.view(), "tzyxc"), {1, nullptr, {}});
  REQUIRE(blocks.size() == 2);
  CHECK(blocks[0].where == box<3>{{{3, 4, 5}}, {{8, 5, 51}}});
  CHECK(blocks[1].where == box<3>{{{19, 29, 99}}, {{20, 30, 100}}});
}

TEST_CASE("find_labels: no labels give no blocks", "[pipeline]") {
  any_array<5> values(element_type::int32, {{1, 1, 5, 5, 5}});
  CHECK(find_labels(io::view_source(values.view(), "tzyxc"), {1, nullptr, {}}).empty());
}

TEST_CASE("find_labels: labels below 0 and above 255 are refused with their place", "[pipeline]") {
  auto const wrong = GENERATE(-1, 256, 70000);
  any_array<5> values(element_type::int32, {{1, 1, 5, 6, 7}});
  values.view().as<std::int32_t>()[{{0, 0, 1, 2, 3}}] = wrong;
  CHECK_THROWS_WITH(find_labels(io::view_source(values.view(), "tzyxc"), {1, nullptr, {}}),
                    Contains("label " + std::to_string(wrong) + " at 0,1,2,3") &&
                        Contains("1 to 255"));
}

TEST_CASE("find_labels: it stops when it is told to", "[pipeline]") {
  any_array<5> values(element_type::uint8, {{1, 1, 5, 6, 7}});
  std::stop_source stop;
  stop.request_stop();
  CHECK_THROWS_AS(find_labels(io::view_source(values.view(), "tzyxc"), {1, nullptr, stop.get_token()}),
                  cancelled);
}

TEST_CASE("find_labels: floats and other extents than the image's are no labels", "[pipeline]") {
  volume_description image;
  image.shape = {{1, 3, 10, 20, 30}};
  volume_description labels = image;
  labels.shape[1] = 1;
  CHECK_NOTHROW(require_labels_of(image, labels));
  labels.type = element_type::float32;
  CHECK_THROWS_WITH(require_labels_of(image, labels),
                    Contains("float32") && Contains("save them as uint8"));
  labels.type = element_type::uint8;
  labels.shape[3] = 21;
  CHECK_THROWS_WITH(require_labels_of(image, labels),
                    Contains("1,1,10,21,30") && Contains("1,3,10,20,30"));
  CHECK_THROWS_AS(require_labels_of(image, image), shape_error);
}
