// SPDX-License-Identifier: BSL-1.0
/// @file Does random_forest give the bits of vigra's own RandomForest, which ilastik calls?
#include "voxstitch/classify/random_forest.hpp"

#include <cmath>

#include "support/row_classifier_laws.hpp"
#include "vigra_oracle.hpp"

using namespace voxstitch;
using namespace voxstitch::classify;
using test::float_rows;
using test::random_source;
using test::vigra_oracle;
using test::vigra_training;

namespace {

/// Noisy blobs: class means apart by about the noise, so that trees become deep.
vigra_oracle train(vigra_training const& t, random_source& random) {
  std::vector<float> x;
  std::vector<int> y;
  for (int i = 0; i < t.samples; ++i) {
    y.push_back(i % t.classes);
    for (int f = 0; f < t.features; ++f)
      x.push_back(4 * random.unit() + static_cast<float>((y.back() * (f + 3)) % t.classes));
  }
  return {t, x, y};
}

/// Random voxels; in a third of them most features lie on a threshold of their own, or next to it.
float_rows rows_on_thresholds(forest_description const& forest, index_t voxels,
                              random_source& random) {
  std::vector<std::vector<double>> thresholds(forest.feature_count);
  for (auto const& tree : forest.trees)
    for (auto const& node : tree.nodes)
      if (!node.is_leaf())
        thresholds[static_cast<std::size_t>(node.feature)].push_back(node.threshold);
  float_rows x(forest.feature_count, voxels);
  for (index_t voxel = 0; voxel < voxels; ++voxel)
    for (std::size_t f = 0; f < forest.feature_count; ++f) {
      float value = random.unit() * 8.0f - 1.0f;
      if (voxel % 3 == 0 && !thresholds[f].empty() && random.between(0, 4) != 0) {
        auto const pick = random.bits() % thresholds[f].size();
        value = static_cast<float>(thresholds[f][pick]);
        index_t const step = random.between(-1, 4);
        if (step < 2) value = std::nextafter(value, step == 1 ? value : step < 0 ? -99.0f : 99.0f);
      }
      x.view()(static_cast<index_t>(f), voxel) = value;
    }
  return x;
}

/// vigra's probabilities as one forest's share of an ensemble: times trees, divided by trees.
float_rows vigra_probabilities(vigra_oracle const& oracle, float_rows const& x,
                               vigra_training const& t) {
  std::vector<float> rows;
  for (index_t voxel = 0; voxel < x.shape[1]; ++voxel)
    for (std::size_t f = 0; f < static_cast<std::size_t>(t.features); ++f)
      rows.push_back(x.at(f, voxel));
  auto const p = oracle.probabilities(rows);
  float_rows result(static_cast<std::size_t>(t.classes), x.shape[1]);
  auto const trees = static_cast<float>(t.trees);
  for (index_t voxel = 0; voxel < x.shape[1]; ++voxel)
    for (index_t c = 0; c < t.classes; ++c) {
      float const volatile share = p[static_cast<std::size_t>(voxel * t.classes + c)] * trees;
      result.view()(c, voxel) = share / trees;
    }
  return result;
}

/// Trains, and compares on `voxels` rows with every instruction set.
void check_against_vigra(vigra_training const& t, index_t voxels, random_source& random) {
  CAPTURE(t.features, t.classes, t.trees, t.min_split, t.weighted);
  vigra_oracle const oracle = train(t, random);
  ensemble_description e{static_cast<std::size_t>(t.classes), {}, {oracle.description()}};
  for (std::size_t c = 0; c < e.class_count; ++c) e.classes.push_back(c);
  float_rows x = rows_on_thresholds(e.forests[0], voxels, random);
  x.view()(t.features / 2, voxels / 2) = std::nanf("");
  float_rows const expected = vigra_probabilities(oracle, x, t);
  for (simd::target target : {simd::target::baseline, simd::target::avx2, simd::target::avx512}) {
    if (target > simd::best_supported()) continue;
    CAPTURE(simd::name(target));
    float_rows p(e.class_count, voxels);
    random_forest(e, target).predict(x.view(), p.view());
    CHECK(test::same_rows(p, expected));
  }
}

}  // namespace

TEST_CASE("random_forest: equals vigra on 105 000 rows, thresholds hit exactly", "[classify]") {
  random_source random;
  CAPTURE(random);
  std::vector<vigra_training> const cases{{61, 3, 100, 1, 2000, false}, {10, 2, 50, 1, 600, false},
                                          {5, 8, 30, 4, 900, false},    {17, 4, 25, 20, 800, false},
                                          {1, 2, 255, 1, 200, false},   {30, 5, 40, 2, 700, true},
                                          {3, 7, 13, 60, 500, false}};
  for (vigra_training const& t : cases) check_against_vigra(t, 15000, random);
}
