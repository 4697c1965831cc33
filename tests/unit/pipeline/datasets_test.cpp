// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/datasets.hpp"

#include "support/catch.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using Catch::Matchers::Contains;

namespace {

output_context three_classes(std::string const& axes = "zyx", index_t channels = 1) {
  output_context context;
  context.input.axes = axes;
  context.input.shape = {{1, channels, 4, 5, 6}};
  context.class_names = {"a", "b", "c"};
  return context;
}

std::vector<output_plan> planned(std::vector<output_request> const& requests) {
  return plan_outputs(requests, three_classes());
}

}  // namespace

TEST_CASE("plan_outputs: a file has one spelling, whatever it is called", "[pipeline]") {
  auto const outputs = planned({{output_kind::labels, "o.h5"},
                                {output_kind::probabilities, "./o.h5"},
                                {output_kind::uncertainty, std::filesystem::absolute("o.h5")}});
  for (auto const& o : outputs) CHECK(o.datasets.front().file == "o.h5");
  CHECK(outputs[0].datasets.front().name == "/labels");
  CHECK(outputs[1].datasets.front().name == "/probabilities");
}

TEST_CASE("plan_outputs: two outputs at one place are refused, however it is spelled",
          "[pipeline]") {
  auto const refused = [](std::string const& a, std::string const& b) {
    CHECK_THROWS_WITH(planned({{output_kind::labels, a}, {output_kind::uncertainty, b}}),
                      Contains("same place"));
  };
  refused("o.tif", "./o.tif");
  refused("o.h5/a", "o.h5/a/");
  refused("o.h5/a", "./o.h5/a/b");
  refused("o.h5/a/b", "o.h5/a");
  CHECK_NOTHROW(planned({{output_kind::labels, "o.h5/a"}, {output_kind::uncertainty, "o.h5/ab"}}));
}

TEST_CASE("plan_outputs: names that HDF5 would misread are refused", "[pipeline]") {
  for (char const* path : {"o.h5//a", "o.h5/a//b", "o.h5/.", "o.h5/../a", "o.h5/a/."})
    CHECK_THROWS_AS(planned({{output_kind::labels, path}}), usage_error);
}

TEST_CASE("plan_outputs: extensions decide, in any case; the error names all", "[pipeline]") {
  for (char const* path : {"o.H5", "o.Hdf5/a", "o.TIF", "o.Tiff", "o.NPY"})
    CHECK_NOTHROW(planned({{output_kind::labels, path}}));
  CHECK(planned({{output_kind::labels, "o.H5/a"}}).front().datasets.front().file == "o.H5");
  CHECK_THROWS_WITH(planned({{output_kind::labels, "o.jpg"}}),
                    Contains("allowed are .h5, .hdf5, .tif, .tiff and .npy"));
}

TEST_CASE("plan_outputs: a class whose name is too long for a file is refused by name",
          "[pipeline]") {
  auto context = three_classes();
  std::string const name(300, 'n');
  context.class_names[1] = name;
  CHECK_NOTHROW(plan_outputs({{output_kind::classes, "c.h5"}}, context));
  for (char const* path : {"c.tif", "c.npy"}) {
    auto const plan = [&] { return plan_outputs({{output_kind::classes, path}}, context); };
    CHECK_THROWS_AS(plan(), usage_error);
    CHECK_THROWS_WITH(plan(), Contains("the class '" + name + "'") && Contains("HDF5"));
  }
  auto const long_file = [&](std::size_t size) {
    return planned({{output_kind::labels, std::string(size - 3, 'f') + ".h5"}});
  };
  CHECK_NOTHROW(long_file(221));
  CHECK_THROWS_AS(long_file(222), usage_error);
}

TEST_CASE("plan_outputs: class maps have no channel axis", "[pipeline]") {
  auto context = three_classes("yxc", 3);
  context.input.shape[2] = 1;
  auto const outputs = plan_outputs({{output_kind::classes, "c.h5"}}, context);
  REQUIRE(outputs.front().datasets.size() == 3);
  for (auto const& d : outputs.front().datasets) CHECK(d.description.axes == "yx");
}
