// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/finished_result.hpp"

#include "support/catch.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using Catch::Matchers::Contains;

namespace {

volume_description described(index_t channels, element_type type) {
  volume_description d;
  d.shape = {{1, channels, 4, 5, 6}};
  d.type = type;
  return d;
}

}  // namespace

TEST_CASE("finished result: channels and type say what it holds", "[pipeline]") {
  for (auto type : {element_type::float32, element_type::float64, element_type::uint8})
    CHECK(kind_of_result(described(3, type), 3) == result_kind::probabilities);
  for (auto type : {element_type::uint8, element_type::uint16, element_type::uint32,
                    element_type::uint64, element_type::int32, element_type::int64})
    CHECK(kind_of_result(described(1, type), 3) == result_kind::labels);
  CHECK(kind_of_result(described(1, element_type::float32), 1) == result_kind::probabilities);
  CHECK(kind_of_result(described(1, element_type::uint16), 1) == result_kind::labels);
}

TEST_CASE("finished result: one channel of bytes of one class needs a word", "[pipeline]") {
  auto const d = described(1, element_type::uint8);
  CHECK_THROWS_AS(kind_of_result(d, 1), usage_error);
  CHECK_THROWS_WITH(kind_of_result(d, 1), Contains("--kind"));
  CHECK(kind_of_result(d, 1, result_kind::labels) == result_kind::labels);
  CHECK(kind_of_result(d, 1, result_kind::probabilities) == result_kind::probabilities);
}

TEST_CASE("finished result: what cannot be one is refused", "[pipeline]") {
  CHECK_THROWS_WITH(kind_of_result(described(2, element_type::float32), 3),
                    Contains("2 channels of float32") && Contains("3 classes"));
  CHECK_THROWS_AS(kind_of_result(described(3, element_type::uint16), 3), shape_error);
  CHECK_THROWS_AS(kind_of_result(described(1, element_type::float32), 3), shape_error);
  CHECK_THROWS_WITH(kind_of_result(described(3, element_type::float32), 3, result_kind::labels),
                    Contains("no labels"));
}

TEST_CASE("finished result: it has the extents of what it was made of", "[pipeline]") {
  auto const input = described(1, element_type::uint16);
  auto result = described(3, element_type::float32);
  box<3> const whole{{}, {{4, 5, 6}}};
  CHECK_NOTHROW(require_extents_of_result(result, input, whole));
  CHECK_THROWS_WITH(require_extents_of_result(result, input, {{}, {{4, 5, 5}}}),
                    Contains("4,5,6") && Contains("--roi is 4,5,5"));
  result.shape[4] = 5;
  CHECK_NOTHROW(require_extents_of_result(result, input, {{{0, 0, 1}}, {{4, 5, 6}}}));
  CHECK_THROWS_WITH(require_extents_of_result(result, input, whole),
                    Contains("4,5,5") && Contains("4,5,6") && Contains("--roi"));
  result.shape = {{2, 3, 4, 5, 6}};
  CHECK_THROWS_WITH(require_extents_of_result(result, input, whole), Contains("time steps"));
}

TEST_CASE("finished result: the word for its kind", "[pipeline]") {
  CHECK(parse_result_kind("labels") == result_kind::labels);
  CHECK(parse_result_kind("probabilities") == result_kind::probabilities);
  CHECK_THROWS_WITH(parse_result_kind("Labels"), Contains("probabilities, labels"));
}
