// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Does a model of block_classifier keep the concept's promises?

#include <cmath>
#include <cstring>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "voxstitch/classify/concepts.hpp"
#include "voxstitch/geometry/blocking.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::test {

/// Box (z, y, x) of a [channel, z, y, x] view, all channels.
[[nodiscard]] inline box<4> with_channels(index_t channels, box<3> const& b) {
  auto const& lo = b.inclusive_min;
  auto const& hi = b.exclusive_max;
  return {{{0, lo[0], lo[1], lo[2]}}, {{channels, hi[0], hi[1], hi[2]}}};
}

/// Box (z, y, x) of a [z, y, x, class] view, all classes.
[[nodiscard]] inline box<4> with_classes(box<3> const& b, index_t classes) {
  auto const& lo = b.inclusive_min;
  auto const& hi = b.exclusive_max;
  return {{{lo[0], lo[1], lo[2], 0}}, {{hi[0], hi[1], hi[2], classes}}};
}

/// A volume to classify: [channel, z, y, x], whose domain may start anywhere.
struct test_volume {
  test_volume(index_t channels, box<3> const& where, random_source& random)
      : channel_count(channels), domain(where),
        values(static_cast<std::size_t>(channels * where.size())) {
    for (float& value : values) value = random.unit() * 300.0f - 20.0f;
  }
  [[nodiscard]] strided_view<float const, 4> read(box<3> const& b) const {
    coord<4> const shape = with_channels(channel_count, domain).shape();
    return strided_view<float const, 4>(values.data(), shape)
        .sub(with_channels(channel_count, relative_to(b, domain)));
  }
  index_t channel_count;
  box<3> domain;
  std::vector<float> values;
};

/// The probabilities of a whole volume, [z, y, x, class], put together from blocks.
template <classify::block_classifier C>
[[nodiscard]] std::vector<float> classify_blocks(C const& classifier, test_volume const& volume,
                                                 coord<3> const& block_shape) {
  auto const classes = static_cast<index_t>(classifier.class_count());
  std::vector<float> merged(static_cast<std::size_t>(volume.domain.size() * classes), -7.0f);
  strided_view<float, 4> const p(
      merged.data(), with_classes(box<3>::at_origin(volume.domain.shape()), classes).shape());
  for (auto const& b : blocking<3>(volume.domain, block_shape, classifier.halo())) {
    CHECK(classifier.scratch_bytes(b) >= 0);
    classifier.classify(volume.read(b.read), b, volume.domain,
                        p.sub(with_classes(relative_to(b.result, volume.domain), classes)));
  }
  return merged;
}

[[nodiscard]] inline bool same_floats(std::vector<float> const& a, std::vector<float> const& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Finite, not negative, and of the sum 1, or all 0: `classes` values per voxel.
inline void check_voxel_distributions(std::vector<float> const& p, std::size_t classes) {
  for (std::size_t first = 0; first < p.size(); first += classes) {
    double sum = 0;
    bool proper = true;
    for (std::size_t c = 0; c < classes; ++c) {
      proper = proper && std::isfinite(p[first + c]) && p[first + c] >= 0;
      sum += double{p[first + c]};
    }
    if (!proper || (sum != 0 && std::fabs(sum - 1) > 1e-5)) {
      CAPTURE(first / classes, sum);
      CHECK(false);
    }
  }
}

/// Checks every law of block_classifier on volumes of at least `smallest` (z, y, x) voxels, whose
/// sides are at most `largest` where that is more.
template <classify::block_classifier C>
void check_block_classifier_laws(C const& classifier, index_t channels,
                                 coord<3> const& smallest = {{1, 1, 1}}, index_t largest = 17) {
  random_source random;
  CAPTURE(random);
  std::size_t const classes = classifier.class_count();
  REQUIRE(classes > 0);
  CHECK(std::vector<std::string>(classifier.class_names()).size() == classes);
  coord<3> const halo = classifier.halo();
  for (std::size_t axis = 0; axis < 3; ++axis) CHECK(halo[axis] >= 0);
  for (int round = 0; round < 3; ++round) {
    coord<3> const shape = max(smallest, random.shape<3>(largest));
    coord<3> const origin{{random.between(-5, 5), random.between(-5, 5), random.between(-5, 5)}};
    test_volume const volume(channels, {origin, origin + shape}, random);
    CAPTURE(shape, origin);
    auto const whole = classify_blocks(classifier, volume, shape);
    check_voxel_distributions(whole, classes);
    for (coord<3> const& block_shape :
         {random.shape<3>(6), random.shape<3>(largest), coord<3>{{1, 1, 1}}}) {
      CAPTURE(block_shape);
      CHECK(same_floats(classify_blocks(classifier, volume, block_shape), whole));
    }
    std::vector<std::vector<float>> results(3);
    {
      C const copy = classifier;
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < results.size(); ++i)
        threads.emplace_back([&, i] {
          box<3> const& all = volume.domain;
          results[i].resize(whole.size(), -7.0f);
          strided_view<float, 4> const p(
              results[i].data(),
              with_classes(box<3>::at_origin(shape), static_cast<index_t>(classes)).shape());
          (i == 0 ? copy : classifier).classify(volume.read(all), {0, all, all, all}, all, p);
        });
    }
    for (auto const& result : results) CHECK(same_floats(result, whole));
  }
  CHECK(classifier.class_count() == classes);
  CHECK(classifier.halo() == halo);
}

}  // namespace voxstitch::test
