// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Does a model of row_classifier keep the concept's promises?

#include <cmath>
#include <cstring>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "voxstitch/classify/concepts.hpp"

namespace voxstitch::test {

/// Rows of floats whose voxels lie next to each other, with room between the rows.
struct float_rows {
  float_rows(std::size_t rows, index_t voxels, float value = 0)
      : shape{{static_cast<index_t>(rows), voxels}}, strides{{voxels + 5, 1}},
        values(static_cast<std::size_t>(shape[0] * strides[0]), value) {}

  [[nodiscard]] strided_view<float, 2> view() { return {values.data(), shape, strides}; }
  [[nodiscard]] strided_view<float, 2> part(index_t begin, index_t end) {
    return view().sub({{{0, begin}}, {{shape[0], end}}});
  }
  [[nodiscard]] float at(std::size_t row, index_t voxel) const {
    return values[row * static_cast<std::size_t>(strides[0]) + static_cast<std::size_t>(voxel)];
  }

  coord<2> shape;
  coord<2> strides;
  std::vector<float> values;
};

/// Whether the rows hold the same bits; what lies between the rows is not looked at.
[[nodiscard]] inline bool same_rows(float_rows const& a, float_rows const& b) {
  for (index_t row = 0; row < a.shape[0]; ++row)
    if (std::memcmp(a.values.data() + row * a.strides[0], b.values.data() + row * b.strides[0],
                    static_cast<std::size_t>(a.shape[1]) * sizeof(float)) != 0)
      return false;
  return a.shape == b.shape;
}

/// Whether the floats between the rows are still `value`.
[[nodiscard]] inline bool gaps_hold(float_rows const& rows, float value) {
  for (index_t row = 0; row < rows.shape[0]; ++row)
    for (index_t i = rows.shape[1]; i < rows.strides[0]; ++i)
      if (rows.values[static_cast<std::size_t>(row * rows.strides[0] + i)] != value) return false;
  return true;
}

/// Finite, not negative, and of the sum 1, or all 0.
inline void check_distributions(float_rows const& p) {
  for (index_t voxel = 0; voxel < p.shape[1]; ++voxel) {
    double sum = 0;
    bool proper = true;
    for (std::size_t c = 0; c < static_cast<std::size_t>(p.shape[0]); ++c) {
      proper = proper && std::isfinite(p.at(c, voxel)) && p.at(c, voxel) >= 0;
      sum += double{p.at(c, voxel)};
    }
    if (!proper || (sum != 0 && std::fabs(sum - 1) > 1e-5)) {
      CAPTURE(voxel, sum);
      CHECK(false);
    }
  }
}

/// Checks every law of row_classifier.
/// @param fill (float_rows&) fills a [feature, voxel] array with typical features
template <classify::row_classifier C, class Fill>
void check_row_classifier_laws(C const& classifier, Fill fill) {
  random_source random;
  CAPTURE(random);
  std::size_t const features = classifier.feature_count();
  std::size_t const classes = classifier.class_count();
  REQUIRE(features > 0);
  REQUIRE(classes > 0);
  index_t const voxels = 3 * classify::packet_lanes + random.between(1, 300);
  float_rows x(features, voxels);
  fill(x);
  float_rows whole(classes, voxels, -7.0f);
  classifier.predict(x.view(), whole.view());
  check_distributions(whole);
  CHECK(gaps_hold(whole, -7.0f));
  {  // a voxel's values do not depend on the others of the call
    float_rows pieces(classes, voxels, -7.0f);
    for (index_t begin = 0; begin < voxels;) {
      index_t const end = std::min(voxels, begin + random.between(1, 400));
      classifier.predict(x.part(begin, end), pieces.part(begin, end));
      begin = end;
    }
    CHECK(same_rows(pieces, whole));
  }
  if constexpr (requires { typename C::scratch_type; }) {
    // a scratch changes no value, whatever it was used for before
    auto scratch = classifier.make_scratch();
    CHECK(classifier.scratch_bytes() > 0);
    for (int round = 0; round < 2; ++round) {
      float_rows part(classes, 300, -7.0f);
      classifier.predict(x.part(17, 317), part.view(), scratch);
      float_rows with_scratch(classes, voxels, -7.0f);
      classifier.predict(x.view(), with_scratch.view(), scratch);
      CHECK(same_rows(with_scratch, whole));
      CHECK(gaps_hold(with_scratch, -7.0f));
    }
  }
  {  // concurrent calls, on copies too
    C const copy = classifier;
    std::vector<float_rows> results(4, float_rows(classes, voxels, -7.0f));
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < results.size(); ++i)
        threads.emplace_back(
            [&, i] { (i == 3 ? copy : classifier).predict(x.view(), results[i].view()); });
    }
    for (auto const& result : results) CHECK(same_rows(result, whole));
  }
  CHECK(classifier.feature_count() == features);
  CHECK(classifier.class_count() == classes);
}

}  // namespace voxstitch::test
