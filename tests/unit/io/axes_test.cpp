// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/io/axes.hpp"

#include "support/catch.hpp"

using namespace voxstitch;
using Catch::Matchers::Contains;

namespace {

io::file_layout layout(std::vector<index_t> shape, std::optional<std::string> axes = {}) {
  io::file_layout result;
  result.shape = std::move(shape);
  result.axes = std::move(axes);
  result.axes_origin = result.axes ? "attribute 'axistags'" : "";
  return result;
}

std::string axes_of(io::file_layout const& l, io::axes_request const& request = {}) {
  return io::resolve_axes("f.npy", l, request).axes;
}

}  // namespace

TEST_CASE("axes: the order of trust is option, file, project, rule", "[io]") {
  auto const l = layout({30, 510, 667}, "tyx");
  auto const bare = layout({30, 510, 667});
  CHECK(io::resolve_axes("f", l, {"xyz", "cyx"}).axes == "xyz");
  CHECK(io::resolve_axes("f", l, {"xyz", "cyx"}).origin == "option --axes");
  CHECK(io::resolve_axes("f", l, {"", "cyx"}).axes == "tyx");
  CHECK(io::resolve_axes("f", l, {"", "cyx"}).origin == "attribute 'axistags'");
  CHECK(io::resolve_axes("f", bare, {"", "xyz"}).axes == "xyz");
  CHECK(io::resolve_axes("f", bare, {"", "xyz"}).origin == "the project's training data");
  CHECK(io::resolve_axes("f", bare).axes == "zyx");
  CHECK(io::resolve_axes("f", bare).origin == "the shape (ilastik's rule)");
}

TEST_CASE("axes: whoever decides, people hear of metadata that were passed over", "[io]") {
  auto l = layout({30, 510, 667});
  l.axes_doubt = "attribute 'axistags'";
  std::string const passed_over = ", as attribute 'axistags' does not name every axis; see --axes";
  CHECK(io::resolve_axes("f", l).origin == "the shape (ilastik's rule)" + passed_over);
  CHECK(io::resolve_axes("f", l, {"", "xyz"}).origin ==
        "the project's training data" + passed_over);
  CHECK(io::resolve_axes("f", l, {"xyz", ""}).origin == "option --axes");
}

TEST_CASE("axes: the rule where the shape allows one reading", "[io]") {
  CHECK(axes_of(layout({510, 667})) == "yx");
  CHECK(axes_of(layout({510, 667, 1})) == "yxc");
  CHECK(axes_of(layout({30, 510, 667})) == "zyx");
  CHECK(axes_of(layout({30, 510, 667, 3})) == "zyxc");
  CHECK(axes_of(layout({2, 30, 510, 667, 3})) == "tzyxc");
}

TEST_CASE("axes: two readings are an error that names both and the option", "[io]") {
  CHECK_THROWS_AS(axes_of(layout({510, 667, 3})), usage_error);
  CHECK_THROWS_WITH(axes_of(layout({510, 667, 3})),
                    Contains("'f.npy' is 510 x 667 x 3, which may be yxc or zyx") &&
                        Contains("--axes yxc or --axes zyx"));
  CHECK_THROWS_WITH(axes_of(layout({5, 30, 510, 667})),
                    Contains("zyxc or tzyx") && Contains("--axes"));
  CHECK(axes_of(layout({510, 667, 3}), {"yxc", ""}) == "yxc");
  CHECK(axes_of(layout({510, 667, 3}), {"", "yxc"}) == "yxc");
  CHECK(axes_of(layout({5, 30, 510, 667}), {"", "tzyxc"}) == "tzyx");
}

TEST_CASE("axes: training axes of extent 1 may be missing in the file", "[io]") {
  CHECK(axes_of(layout({30, 510, 667}), {"", "zyxc"}) == "zyx");
  CHECK(axes_of(layout({510, 667}), {"", "yxc"}) == "yx");
  CHECK(axes_of(layout({667, 510, 30}), {"", "xyzc"}) == "xyz");
  CHECK(io::resolve_axes("f", layout({667, 510, 30}), {"", "xyzc"}).origin ==
        "the project's training data");
  CHECK(axes_of(layout({30, 510, 667, 2}), {"", "tzyxc"}) == "zyxc");
}

TEST_CASE("axes: the file may have axes of extent 1 that the training had not", "[io]") {
  CHECK(axes_of(layout({30, 510, 667, 1}), {"", "zyx"}) == "zyxc");
  CHECK(axes_of(layout({1, 30, 510, 667}), {"", "zyx"}) == "tzyx");
  CHECK(axes_of(layout({510, 667, 1}), {"", "yx"}) == "yxc");
  CHECK(axes_of(layout({667, 1, 510, 30}), {"", "xyz"}).find_first_of("ct") == 1);
  CHECK(axes_of(layout({1, 1, 30, 510, 667}), {"", "zyx"}) == "tczyx");
}

TEST_CASE("axes: training axes that do not fit leave the choice to the rule", "[io]") {
  CHECK(axes_of(layout({30, 510, 667, 3}), {"", "yx"}) == "zyxc");
  CHECK(axes_of(layout({30, 510, 667}), {"", "nonsense"}) == "zyx");
  CHECK_THROWS_AS(axes_of(layout({510, 667, 3}), {"", "yx"}), usage_error);
}

TEST_CASE("axes: letters that the file does not know are filled in", "[io]") {
  CHECK(axes_of(layout({5, 6, 7}, "?yx")) == "zyx");
  CHECK(axes_of(layout({5, 6, 3}, "?yx")) == "zyx");
  CHECK(axes_of(layout({5, 6, 7}, "?yx"), {"", "tyx"}) == "tyx");
  CHECK(axes_of(layout({5, 6, 7}, "?yx"), {"", "zyxc"}) == "zyx");
  CHECK(axes_of(layout({5, 3, 6, 7}, "?cyx"), {"", "zyxc"}) == "zcyx");
}

TEST_CASE("axes: an option that cannot be is a usage error that names it", "[io]") {
  auto const l = layout({30, 510, 667});
  auto const complain = [&](std::string const& option, std::string const& text) {
    CHECK_THROWS_AS(axes_of(l, {option, ""}), usage_error);
    CHECK_THROWS_WITH(axes_of(l, {option, ""}),
                      Contains("option --axes '" + option + "'") && Contains(text));
  };
  complain("yx", "2 letters, but 'f.npy' has 3 axes (30 x 510 x 667)");
  complain("zyy", "'y' is there twice");
  complain("zyq", "'q' is not one of t, c, z, y, x");
  complain("tzy", "'x' is missing");
  complain("Zyx", "'Z' is not one of");
}

TEST_CASE("axes: files of a stack need not have the axis that they follow", "[io]") {
  CHECK(axes_of(layout({5, 6}), {"zy", "", 'x'}) == "zy");
  CHECK(axes_of(layout({5, 6}, "zx"), {"", "", 'y'}) == "zx");
  CHECK_THROWS_WITH(axes_of(layout({5, 6}), {"zy", "", 'z'}), Contains("'x' is missing"));
  CHECK_THROWS_WITH(axes_of(layout({5, 6}, "zx"), {"", "", 'z'}), Contains("'y' is missing"));
}

TEST_CASE("axes: metadata that cannot be are refused, with the way out", "[io]") {
  CHECK_THROWS_AS(axes_of(layout({5, 6}, "zx")), format_error);
  CHECK_THROWS_WITH(axes_of(layout({5, 6}, "zx")), Contains("names its axes 'zx'") &&
                                                       Contains("'y' is missing") &&
                                                       Contains("--axes"));
  CHECK_THROWS_AS(axes_of(layout({5, 6}, "zyx")), format_error);
  CHECK(axes_of(layout({5, 6}, "zx"), {"yx", ""}) == "yx");
}

TEST_CASE("axes: fewer than two or more than five axes are no volume", "[io]") {
  CHECK_THROWS_AS(axes_of(layout({7})), shape_error);
  CHECK_THROWS_AS(axes_of(layout({})), shape_error);
  CHECK_THROWS_WITH(axes_of(layout({1, 1, 1, 1, 5, 6})), Contains("6 axes"));
}
