// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/check_blocks.hpp"

#include <cmath>

#include "support/random.hpp"
#include "voxstitch/classify/function_adaptor.hpp"
#include "voxstitch/io/view_source.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;
using Catch::Matchers::Contains;

namespace {

coord<5> const shape{{2, 1, 9, 14, 17}};  // t, c, z, y, x
box<3> const volume{{}, {{9, 14, 17}}};
coord<3> const reach{{1, 2, 3}};

/// Looks as far as it says; at the border at its mirrored values.
auto edge_classifier() {
  return classify::make_classifier(
      {"flat", "edge"}, reach, [](classify::neighbourhood const& at, std::span<float> p) {
        float const step = std::fabs(at(1, 2, 3) - at(-1, -2, -3)) / 256;
        p[0] = 1 - step;
        p[1] = step;
      });
}

/// Says that it looks at no neighbour, and knows what it was given to read.
auto cheating_classifier() {
  return classify::make_classifier(
      {"all"}, {{1, 1, 1}},
      [](strided_view<float const, 4> const&, block<3> const& b, box<3> const&,
         strided_view<float, 4> const& p) { fill(p, 1.0F / static_cast<float>(b.read.size())); });
}

dense_array<std::uint8_t, 5> noise() {
  test::random_source random(7);
  dense_array<std::uint8_t, 5> values(shape);
  for_each_voxel(box<5>::at_origin(shape), [&](coord<5> const& at) {
    values.view()[at] = static_cast<std::uint8_t>(random.bits() % 256);
  });
  return values;
}

/// The whole volume as one block, in one time step.
/// @param out [output, z, y, x]
template <class Classifier>
void classify_whole(dense_array<std::uint8_t, 5>& input, Classifier const& classifier, index_t t,
                    recipe const& what, any_view<4> const& out) {
  auto const classes = static_cast<index_t>(classifier.class_count());
  dense_array<float, 4> values(coord<4>{{1, 9, 14, 17}});
  copy(input.view().slice(0, t), values.view());
  dense_array<float, 4> p(coord<4>{{classes, 9, 14, 17}});
  block<3> const b{0, volume, volume, volume};
  classifier.classify(values.view(), b, volume, p.view().permuted({1, 2, 3, 0}));
  what(p.view(), {}, out);
}

/// A finished result in memory.
class result_in_memory {
 public:
  template <class Classifier>
  result_in_memory(dense_array<std::uint8_t, 5>& input, Classifier const& classifier,
                   recipe const& what) {
    auto const outputs = static_cast<index_t>(what.output_count(classifier.class_count(), 1));
    auto const type = what.value_type(classifier.class_count(), element_type::uint8);
    values_ = any_array<5>(type, {{2, outputs, 9, 14, 17}});
    for (index_t t = 0; t < 2; ++t) {
      auto const bytes = t * outputs * volume.size() * static_cast<index_t>(size_of(type));
      any_view<4> const out(values_.view().data() + bytes, type, {{outputs, 9, 14, 17}});
      classify_whole(input, classifier, t, what, out);
    }
  }
  [[nodiscard]] io::view_source source() { return io::view_source(values_.view(), "tzyxc"); }
  template <class T>
  [[nodiscard]] T& at(coord<5> const& voxel) {
    return values_.view().template as<T>()[voxel];
  }

 private:
  any_array<5> values_;
};

std::vector<box<4>> everywhere(coord<3> const& side = {{4, 5, 6}}) {
  return boxes_to_check({{}, {{2, 9, 14, 17}}}, side, 30, 3);
}

io::view_source const* const no_mask = nullptr;

}  // namespace

TEST_CASE("check blocks: a right result agrees in every bit, whatever it holds", "[pipeline]") {
  auto input = noise();
  io::view_source const source(any_view<5>(input.view()), "tzyx");
  auto const classifier = edge_classifier();
  for (recipe const& what :
       {recipe{output_kind::probabilities, {}, false}, recipe{output_kind::probabilities, {}, true},
        recipe{output_kind::labels, {}, false}}) {
    result_in_memory made(input, classifier, what);
    auto const result = made.source();
    auto const kind = kind_of_result(result.description(), 2);
    block_check const check(source, classifier, no_mask, result, volume, kind);
    for (int threads : {1, 3}) {
      progress done;
      auto const boxes = everywhere();
      auto const report = check(boxes, {threads, &done, {}});
      CHECK(report.differing == 0);
      CHECK_FALSE(report.largest);
      CHECK(report.voxels == static_cast<index_t>(boxes.size()) * 4 * 5 * 6);
      CHECK(done.done() == report.voxels);
    }
  }
}

TEST_CASE("check blocks: one wrong value is found and named", "[pipeline]") {
  auto input = noise();
  io::view_source const source(any_view<5>(input.view()), "tzyx");
  auto const classifier = edge_classifier();
  result_in_memory made(input, classifier, {output_kind::probabilities, {}, false});
  float& wrong = made.at<float>({{1, 1, 8, 13, 16}});  // in a corner: is in one box at least
  float const right = wrong;
  wrong = right + 0.25F;
  auto const result = made.source();
  block_check const check(source, classifier, no_mask, result, volume, result_kind::probabilities);
  auto const report = check(everywhere(), {2, nullptr, {}});
  CHECK(report.differing >= 1);
  REQUIRE(report.first);
  CHECK(report.first->time == 1);
  CHECK(report.first->at == coord<3>{{8, 13, 16}});
  CHECK(report.first->channel == 1);
  CHECK(report.first->expected == double(right));
  CHECK(report.first->found == double(wrong));
  block_check const tolerant(source, classifier, no_mask, result, volume,
                             result_kind::probabilities, 0.3);
  CHECK(tolerant(everywhere(), {2, nullptr, {}}).differing == 0);
}

TEST_CASE("check blocks: a part of the input is compared at its place", "[pipeline]") {
  auto input = noise();
  io::view_source const source(any_view<5>(input.view()), "tzyx");
  auto const classifier = edge_classifier();
  result_in_memory made(input, classifier, {output_kind::labels, {}, false});
  box<3> const part{{{2, 3, 4}}, {{8, 14, 15}}};
  any_array<5> cut(element_type::uint8, {{2, 1, 6, 11, 11}});
  made.source().read({{{0, 0, 2, 3, 4}}, {{2, 1, 8, 14, 15}}}, cut.view());
  io::view_source const result(cut.view(), "tzyx");
  block_check const check(source, classifier, no_mask, result, part, result_kind::labels);
  auto const boxes = boxes_to_check({{{0, 2, 3, 4}}, {{2, 8, 14, 15}}}, {{3, 4, 5}}, 10, 1);
  CHECK(check(boxes, {1, nullptr, {}}).differing == 0);
  cut.view().as<std::uint8_t>()(1, 0, 5, 10, 10) = 9;
  auto const report = check(boxes, {1, nullptr, {}});
  REQUIRE(report.first);
  CHECK(report.first->at == coord<3>{{5, 10, 10}});  // in the result
  CHECK_THROWS_AS((block_check(source, classifier, no_mask, result, volume, result_kind::labels)),
                  shape_error);
}

TEST_CASE("check blocks: a classifier that reads more than it says is found out", "[pipeline]") {
  auto input = noise();
  io::view_source const source(any_view<5>(input.view()), "tzyx");
  auto const classifier = cheating_classifier();
  dense_array<float, 5> values(shape);
  fill(values.view(), 1.0F / (6 * 7 * 8));  // boxes of 4 x 5 x 6 with a halo of 1
  io::view_source const result(any_view<5>(values.view()), "tzyx");
  block_check const check(source, classifier, no_mask, result, volume, result_kind::probabilities);
  std::vector<box<4>> const middle{{{{0, 2, 4, 5}}, {{1, 6, 9, 11}}}};
  auto const report = check(middle, {1, nullptr, {}});
  CHECK(report.differing == report.voxels);
  CHECK(report.first->expected == double(1.0F / (8 * 9 * 10)));  // with a halo of 2
}

TEST_CASE("check blocks: outside the mask no class is known", "[pipeline]") {
  auto input = noise();
  io::view_source const source(any_view<5>(input.view()), "tzyx");
  auto const classifier = edge_classifier();
  result_in_memory made(input, classifier, {output_kind::labels, {}, false});
  dense_array<std::uint8_t, 5> inside(coord<5>{{1, 1, 9, 14, 17}});
  for_each_voxel(volume, [&](coord<3> const& at) {
    bool const is_inside = (at[0] + at[1] + at[2]) % 3 != 0;
    inside.view()(0, 0, at[0], at[1], at[2]) = is_inside ? 1 : 0;
    for (index_t t = 0; t < 2; ++t)
      if (!is_inside) made.at<std::uint8_t>({{t, 0, at[0], at[1], at[2]}}) = 0;
  });
  io::view_source const mask(any_view<5>(inside.view()), "zyx");
  auto const result = made.source();
  block_check const masked(source, classifier, &mask, result, volume, result_kind::labels);
  CHECK(masked(everywhere(), {2, nullptr, {}}).differing == 0);
  block_check const unmasked(source, classifier, no_mask, result, volume, result_kind::labels);
  CHECK(unmasked(everywhere(), {2, nullptr, {}}).differing > 0);
}

TEST_CASE("check blocks: boxes are as large as memory allows", "[pipeline]") {
  auto input = noise();
  io::view_source const source(any_view<5>(input.view()), "tzyx");
  auto const classifier = edge_classifier();
  result_in_memory made(input, classifier, {output_kind::labels, {}, false});
  auto const result = made.source();
  block_check const check(source, classifier, no_mask, result, volume, result_kind::labels);
  CHECK(check.shape_within(1 << 30, 1) == volume.shape());
  auto const small = check.shape_within(30000, 1);
  CHECK(product(small) < product(volume.shape()));
  CHECK(product(small) >= 1);
  CHECK_THROWS_AS(check.shape_within(100, 1), budget_error);
  CHECK_THROWS_WITH(check.shape_within(100, 1), Contains("--ram"));
}

TEST_CASE("check blocks: a requested stop ends it as cancelled", "[pipeline]") {
  auto input = noise();
  io::view_source const source(any_view<5>(input.view()), "tzyx");
  auto const classifier = edge_classifier();
  result_in_memory made(input, classifier, {output_kind::labels, {}, false});
  auto const result = made.source();
  block_check const check(source, classifier, no_mask, result, volume, result_kind::labels);
  std::stop_source stop;
  stop.request_stop();
  CHECK_THROWS_AS(check(everywhere(), {1, nullptr, stop.get_token()}), cancelled);
}
