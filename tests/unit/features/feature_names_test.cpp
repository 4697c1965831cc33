// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/features/feature_names.hpp"

#include "support/catch.hpp"

using namespace voxstitch::features;

TEST_CASE("feature_name: ilastik's words, Python's numbers", "[features]") {
  CHECK(feature_name(filter::gaussian_smoothing, {0.3, false}, 0, 1) ==
        "Gaussian Smoothing (\xCF\x83=0.3)");
  CHECK(feature_name(filter::difference_of_gaussians, {10, true}, 0, 1) ==
        "Difference of Gaussians (\xCF\x83=10.0) in 2D");
  CHECK(feature_name(filter::structure_tensor_eigenvalues, {1.6, true}, 1, 2) ==
        "Structure Tensor Eigenvalues (\xCF\x83=1.6) in 2D [1]");
}

TEST_CASE("python_number: as short as it can be read back, with a point", "[features]") {
  CHECK(python_number(0.3) == "0.3");
  CHECK(python_number(1) == "1.0");
  CHECK(python_number(10) == "10.0");
  CHECK(python_number(0.1 + 0.2) == "0.30000000000000004");
  CHECK(python_number(100000) == "100000.0");
  CHECK(python_number(0.00012) == "0.00012");
  CHECK(python_number(0.00001) == "1e-05");
  CHECK(python_number(1.5e-05) == "1.5e-05");
}
