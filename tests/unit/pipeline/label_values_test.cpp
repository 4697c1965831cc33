// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/label_values.hpp"

#include "support/random.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

constexpr coord<4> shape{{1, 3, 4, 5}};

template <class T>
dense_array<T, 4> filled(T value) {
  dense_array<T, 4> values(shape);
  fill(values.view(), value);
  return values;
}

dense_array<std::uint16_t, 3> labels_of(any_view<4> const& view) {
  dense_array<std::uint16_t, 3> labels(coord<3>{{3, 4, 5}});
  copy_labels(view, labels.view());
  return labels;
}

}  // namespace

TEST_CASE("label values: labels of every integer type are copied", "[pipeline]") {
  for (auto const type : all_element_types)
    visit_type(type, [&]<class T>() {
      auto values = filled(T{7});
      values.view()(0, 2, 3, 4) = T{0};
      if constexpr (std::is_floating_point_v<T>) {
        CHECK_THROWS_WITH(labels_of(values.view()), Catch::Contains("not " + to_string(type)));
      } else {
        auto const labels = labels_of(values.view());
        CHECK(labels.view()(0, 0, 0) == 7);
        CHECK(labels.view()(2, 3, 4) == 0);
      }
    });
}

TEST_CASE("label values: numbers of objects are no classes", "[pipeline]") {
  auto large = filled<std::uint32_t>(1);
  large.view()(0, 1, 1, 1) = 4096;
  CHECK_THROWS_WITH(labels_of(large.view()),
                    Catch::Contains("label 4096") && Catch::Contains("objects"));
  auto negative = filled<std::int8_t>(1);
  negative.view()(0, 0, 0, 1) = -1;
  CHECK_THROWS_WITH(labels_of(negative.view()), Catch::Contains("label -1"));
}

TEST_CASE("label values: stored probabilities become floats from 0 to 1", "[pipeline]") {
  dense_array<float, 4> p(shape);
  auto bytes = filled<std::uint8_t>(51);
  copy_probabilities(bytes.view(), p.view());
  CHECK(p.view()(0, 2, 3, 4) == 0.2F);
  auto words = filled<std::uint16_t>(65535);
  copy_probabilities(words.view(), p.view());
  CHECK(p.view()(0, 0, 0, 0) == 1.0F);
  auto doubles = filled<double>(0.25);
  copy_probabilities(doubles.view(), p.view());
  CHECK(p.view()(0, 1, 2, 3) == 0.25F);
}

TEST_CASE("label values: the most probable class wins, the first of equals, none of none",
          "[pipeline]") {
  dense_array<float, 4> p(coord<4>{{3, 1, 1, 4}});
  fill(p.view(), 0);
  p.view()(2, 0, 0, 0) = 0.6F;
  p.view()(1, 0, 0, 0) = 0.4F;
  p.view()(0, 0, 0, 1) = 1;
  p.view()(1, 0, 0, 2) = 0.5F;
  p.view()(2, 0, 0, 2) = 0.5F;
  dense_array<std::uint16_t, 3> labels(coord<3>{{1, 1, 4}});
  most_probable_labels(p.view(), labels.view());
  CHECK(labels.view()(0, 0, 0) == 3);
  CHECK(labels.view()(0, 0, 1) == 1);
  CHECK(labels.view()(0, 0, 2) == 2);
  CHECK(labels.view()(0, 0, 3) == 0);
}
