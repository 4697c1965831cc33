// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/summary.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/project_builder.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace voxstitch;
using strings = std::vector<std::string>;

ilastik::project small_project() {
  test::temporary_folder const folder;
  test::write_project(folder / "small.ilp");
  return ilastik::read_project((folder / "small.ilp").string());
}

TEST_CASE("the summary tells classes, input, classifier and features", "[ilastik]") {
  CHECK(ilastik::summary(small_project()) ==
        strings{"ilastik project: Pixel Classification, saved by ilastik 1.4.1",
                "classes:    1 Dark (#010203), 2 Bright (#fafbfc)",
                "input:      1 channel, trained on axes zyx, 20 x 30 x 40",
                "classifier: 3 trees in 2 forests, 9 nodes (ParallelVigraRfLazyflowClassifier)",
                "features:   5 channels of 3 chosen filters",
                "  sigma (voxels)                     0.7   1.0",
                "  Gaussian Smoothing                  3D    3D",
                "  Hessian of Gaussian Eigenvalues      .    3D"});
}

TEST_CASE("the summary marks what only the image decides, and passes warnings on", "[ilastik]") {
  auto p = small_project();
  p.has_compute_in_2d = false;
  p.training_axes = "";
  p.warnings = {"something odd"};
  auto const lines = ilastik::summary(p);
  CHECK(lines[2] == "input:      1 channel, axes of the training image unknown");
  CHECK(lines[4] == "features:   5 channels of 3 chosen filters; *: 2D for flat images, else 3D");
  CHECK(lines[6] == "  Gaussian Smoothing                   *     *");
  CHECK(lines.back() == "warning: something odd");
}

}  // namespace
