// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/axistags.hpp"

#include "support/catch.hpp"
#include "support/test_data.hpp"
#include "voxstitch/io/detail/hdf5_stored_values.hpp"

using namespace voxstitch;
using io::parse_axistags;
using io::write_axistags;

TEST_CASE("write_axistags writes what vigra writes", "[io]") {
  CHECK(write_axistags("yc", {0, 0.65, 0}) == R"({
  "axes": [
    {
      "key": "y",
      "typeFlags": 2,
      "resolution": 0.65,
      "description": ""
    },
    {
      "key": "c",
      "typeFlags": 1,
      "resolution": 0,
      "description": ""
    }
  ]
})");
  CHECK(write_axistags("t").find("\"typeFlags\": 8,") != std::string::npos);
}

TEST_CASE("write_axistags equals ilastik's own text", "[io][data]") {
  auto const folder = test::test_data("brain-lightsheet");
  if (!folder) return;
  auto const file = io::detail::hdf5::open_file((*folder / "ilastik-segmentation.h5").string());
  auto const dataset = io::detail::hdf5::open_dataset(file, "/exported_data");
  auto const text = io::detail::hdf5::string_attribute(dataset, "axistags");
  REQUIRE(text);
  CHECK(text->front() == write_axistags("zyxc"));
}

TEST_CASE("parse_axistags reads back what was written", "[io]") {
  for (std::string const axes : {"yx", "zyx", "xyz", "czyx", "tzyxc", "c"}) {
    auto const tags = parse_axistags(write_axistags(axes, {3, 0.1, 1e-7}));
    REQUIRE(tags);
    CHECK(tags->axes == axes);
    CHECK(tags->voxel_size[0] == (axes.find('z') == std::string::npos ? 0 : 3));
    CHECK(tags->voxel_size[2] == (axes.find('x') == std::string::npos ? 0 : 1e-7));
  }
}

TEST_CASE("parse_axistags: keys alone suffice; senseless resolutions count as unknown", "[io]") {
  auto const tags = parse_axistags(
      R"({"axes": [{"key": "z", "resolution": -1}, {"key": "y"}, {"key": "x", "resolution": "2"}]})");
  REQUIRE(tags);
  CHECK(tags->axes == "zyx");
  CHECK(tags->voxel_size == std::array<double, 3>{});
}

TEST_CASE("parse_axistags: nothing when an axis is unknown, foreign or there twice", "[io]") {
  CHECK(!parse_axistags(R"({"axes": [{"key": "?"}, {"key": "x"}]})"));
  CHECK(!parse_axistags(R"({"axes": [{"key": "fx"}, {"key": "x"}]})"));
  CHECK(!parse_axistags(R"({"axes": [{"key": "x"}, {"key": "x"}]})"));
  CHECK(!parse_axistags(R"({"axes": [{"key": 1}]})"));
  CHECK(!parse_axistags(R"({"axes": []})"));
  CHECK(!parse_axistags(R"({"axes": 3})"));
  CHECK(!parse_axistags(R"([])"));
  CHECK(!parse_axistags(""));
  CHECK(!parse_axistags("null"));
}
