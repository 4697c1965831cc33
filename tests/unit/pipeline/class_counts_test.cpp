// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/class_counts.hpp"

#include "support/random.hpp"
#include "voxstitch/geometry/blocking.hpp"
#include "voxstitch/view/dense_array.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

dense_array<std::uint16_t, 3> noise(test::random_source& random, coord<3> const& shape,
                                    index_t largest) {
  dense_array<std::uint16_t, 3> labels(shape);
  for_each_voxel(box<3>::at_origin(shape), [&](coord<3> const& at) {
    labels.view()[at] = static_cast<std::uint16_t>(random.between(0, largest));
  });
  return labels;
}

index_t count_if(dense_array<std::uint16_t, 3>& labels, auto const& wanted) {
  index_t count = 0;
  for_each_voxel(box<3>::at_origin(labels.shape()),
                 [&](coord<3> const& at) { count += wanted(at) ? 1 : 0; });
  return count;
}

}  // namespace

TEST_CASE("class counts: every voxel once, whatever the boxes", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  for (int round = 0; round < 10; ++round) {
    auto labels = noise(random, random.shape<3>(20), random.flip() ? 3 : 4000);
    class_counts counts;
    for (auto const& b : blocking<3>(box<3>::at_origin(labels.shape()), random.shape<3>(9), {}))
      counts.add(labels.view().sub(b.core));
    CHECK(counts.total() == product(labels.shape()));
    for (std::size_t label = 0; label <= counts.largest_label() + 1; ++label)
      CHECK(counts.of(label) ==
            count_if(labels, [&](auto const& at) { return labels.view()[at] == label; }));
  }
}

TEST_CASE("class counts: mean probabilities do not depend on boxes and add up", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  coord<4> const shape{{3, 7, 9, 11}};
  dense_array<float, 4> p(shape);
  std::array<double, 3> sums{};
  for_each_voxel(box<4>::at_origin(shape), [&](coord<4> const& at) {
    p.view()[at] = random.unit();
    sums[static_cast<std::size_t>(at[0])] += double(p.view()[at]);
  });
  mean_probabilities whole;
  whole.add(p.view());
  mean_probabilities parts;
  for (index_t z = 0; z < shape[1]; ++z)
    parts.add(p.view().sub({{{0, z, 0, 0}}, {{3, z + 1, 9, 11}}}));
  REQUIRE(whole.class_count() == 3);
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(whole.of(c) == parts.of(c));
    CHECK(whole.of(c) == Approx(sums[c] / (7 * 9 * 11)).margin(1e-6));
  }
  CHECK(whole.of(3) == 0);
  fill(p.view(), std::nanf(""));
  mean_probabilities none;
  none.add(p.view());
  CHECK(none.of(0) == 0);
}

TEST_CASE("label agreement: Dice as defined, where the truth is known", "[pipeline]") {
  test::random_source random;
  CAPTURE(random);
  coord<3> const shape{{5, 12, 13}};
  auto labels = noise(random, shape, 3);
  auto truth = noise(random, shape, 4);
  label_agreement agreement;
  for (auto const& b : blocking<3>(box<3>::at_origin(shape), {{2, 5, 6}}, {}))
    agreement.add(labels.view().sub(b.core), truth.view().sub(b.core));
  auto const l = [&](auto const& at) { return labels.view()[at]; };
  auto const t = [&](auto const& at) { return truth.view()[at]; };
  CHECK(agreement.compared() == count_if(labels, [&](auto const& at) { return t(at) != 0; }));
  CHECK(agreement.equal() ==
        count_if(labels, [&](auto const& at) { return t(at) != 0 && l(at) == t(at); }));
  for (std::size_t k = 1; k <= 4; ++k) {
    auto const a = count_if(labels, [&](auto const& at) { return t(at) != 0 && l(at) == k; });
    auto const b = count_if(labels, [&](auto const& at) { return t(at) == k; });
    auto const both = count_if(labels, [&](auto const& at) { return l(at) == k && t(at) == k; });
    CHECK(agreement.dice(k) == Approx(2.0 * double(both) / double(a + b)));
    CHECK(agreement.truth_voxels(k) == b);
  }
  CHECK(agreement.dice(9) == 1);
}
