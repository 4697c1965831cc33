// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/classify/function_adaptor.hpp"

#include "support/block_classifier_laws.hpp"

using namespace voxstitch;
using classify::make_classifier;
using classify::neighbourhood;

namespace {

auto const edge = [](neighbourhood const& at, std::span<float> p) {
  float const step = std::abs(at(0, 0, 1) - at(0, -1, 0));
  p[step > 50 ? 1 : 0] = 1;
};

struct no_classifier {
  int operator()(std::string const&) const { return 1; }
};
static_assert(classify::voxel_function<decltype(edge)>);
static_assert(!classify::voxel_function<no_classifier>);
static_assert(!classify::block_function<no_classifier>);
static_assert(!classify::block_function<decltype(edge)>);

/// What a volume of one row along x looks like from the voxel x, two to both sides.
std::vector<float> seen_from(index_t x, std::vector<float> const& row) {
  auto const length = static_cast<index_t>(row.size());
  box<3> const all = box<3>::at_origin({{1, 1, length}});
  neighbourhood at({row.data(), {{1, 1, 1, length}}}, all, all, {{0, 0, 2}});
  at.move_to({{0, 0, x}});
  return {at(0, 0, -2), at(0, 0, -1), at.value(), at(0, 0, 1), at(0, 0, 2)};
}

}  // namespace

TEST_CASE("make_classifier: a lambda per voxel keeps the laws of block classifiers", "[classify]") {
  auto const classifier = make_classifier({"background", "edge"}, {{0, 1, 1}}, edge);
  static_assert(classify::block_classifier<decltype(classifier)>);
  CHECK(classifier.halo() == coord<3>{{0, 1, 1}});
  CHECK(classifier.class_names() == std::vector<std::string>{"background", "edge"});
  test::check_block_classifier_laws(classifier, 1);
  auto const far = make_classifier(
      {"a", "b", "c"}, {{4, 5, 3}}, [](neighbourhood const& at, std::span<float> p) {
        float const share = (at(-4, 5, 3, 1) + at(4, -5, -3, 0) + 40) / 640;
        p[0] = share;
        p[2] = 1 - share;
      });
  test::check_block_classifier_laws(far, 2);
}

TEST_CASE("make_classifier: a lambda per block keeps the laws of block classifiers", "[classify]") {
  auto const classifier = make_classifier(
      {"even", "odd"}, {{0, 0, 0}},
      [](strided_view<float const, 4> const& input, block<3> const& b, box<3> const&,
         strided_view<float, 4> const& p) {
        for_each_voxel(box<3>::at_origin(b.result.shape()), [&](coord<3> const& at) {
          bool const odd = static_cast<int>(input(0, at[0], at[1], at[2])) % 2 != 0;
          p(at[0], at[1], at[2], 0) = odd ? 0.0f : 1.0f;
          p(at[0], at[1], at[2], 1) = odd ? 1.0f : 0.0f;
        });
      });
  test::check_block_classifier_laws(classifier, 1);
}

TEST_CASE("make_classifier: a voxel whose function sets nothing has no class", "[classify]") {
  auto const none = make_classifier({"a"}, {}, [](neighbourhood const&, std::span<float>) {});
  test::random_source random;
  test::test_volume const volume(1, box<3>::at_origin({{2, 3, 4}}), random);
  CHECK(test::classify_blocks(none, volume, {{2, 2, 2}}) == std::vector<float>(24, 0.0f));
}

TEST_CASE("neighbourhood: beyond the border the volume is mirrored", "[classify]") {
  CHECK(seen_from(0, {1, 2, 3, 4}) == std::vector<float>{3, 2, 1, 2, 3});
  CHECK(seen_from(3, {1, 2, 3, 4}) == std::vector<float>{2, 3, 4, 3, 2});
  CHECK(seen_from(1, {1, 2}) == std::vector<float>{2, 1, 2, 1, 2});
  CHECK(seen_from(0, {9}) == std::vector<float>{9, 9, 9, 9, 9});
}

TEST_CASE("neighbourhood: knows its place and its channels", "[classify]") {
  std::vector<float> const values{1, 2, 3, 4, 5, 6};  // [channel, x]
  box<3> const domain{{{10, 20, 30}}, {{11, 21, 33}}};
  neighbourhood at({values.data(), {{2, 1, 1, 3}}}, domain, domain, {{0, 0, 1}});
  at.move_to({{10, 20, 31}});
  CHECK(at.position() == coord<3>{{10, 20, 31}});
  CHECK(at.channel_count() == 2);
  CHECK(at.value(1) == 5);
  CHECK(at(0, 0, 1, 1) == 6);
}

TEST_CASE("make_classifier: no class or a negative halo is refused", "[classify]") {
  CHECK_THROWS_WITH(make_classifier({}, {}, edge),
                    "make_classifier: needs at least one class name");
  CHECK_THROWS_WITH(make_classifier({"a"}, {{0, -1, 0}}, edge),
                    "make_classifier: halo 0,-1,0 (z,y,x) must not be negative");
}
