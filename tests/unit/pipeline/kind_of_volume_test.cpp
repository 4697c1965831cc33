// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/kind_of_volume.hpp"

#include "support/catch.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

volume_description described(index_t channels, element_type type) {
  volume_description d;
  d.shape = {{1, channels, 4, 5, 6}};
  d.type = type;
  return d;
}

}  // namespace

TEST_CASE("kind of volume: channels and type tell it", "[pipeline]") {
  CHECK(kind_of_volume(described(1, element_type::uint8), "r") == output_kind::labels);
  CHECK(kind_of_volume(described(1, element_type::int64), "r") == output_kind::labels);
  CHECK(kind_of_volume(described(1, element_type::float32), "r") == output_kind::uncertainty);
  CHECK(kind_of_volume(described(3, element_type::float64), "r") == output_kind::probabilities);
  CHECK(kind_of_volume(described(2, element_type::uint8), "r") == output_kind::probabilities);
}

TEST_CASE("kind of volume: who knows better is believed, where it can be", "[pipeline]") {
  CHECK(kind_of_volume(described(1, element_type::float32), "r", output_kind::probabilities) ==
        output_kind::probabilities);
  CHECK_THROWS_WITH(
      kind_of_volume(described(3, element_type::float32), "p.h5", output_kind::labels),
      Catch::Contains("result 'p.h5' has 3 channels of float32, which is no labels"));
  CHECK_THROWS_WITH(
      kind_of_volume(described(1, element_type::uint8), "l.h5", output_kind::uncertainty),
      Catch::Contains("1 channel of uint8, which is no uncertainty"));
  CHECK_THROWS_WITH(kind_of_volume(described(4, element_type::int32), "x.h5"),
                    Catch::Contains("4 channels of int32, which is no result"));
}
