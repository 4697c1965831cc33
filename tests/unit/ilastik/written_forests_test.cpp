// SPDX-License-Identifier: BSL-1.0
// Does vigra, with which ilastik reads its classifiers, predict the same with forests that we
// wrote?

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/row_classifier_laws.hpp"
#include "support/temporary_folder.hpp"
#include "unit/classify/vigra_oracle.hpp"
#include "vigra_forest_reader.hpp"
#include "voxstitch/classify/random_forest.hpp"
#include "voxstitch/ilastik/project.hpp"
#include "voxstitch/ilastik/write_project.hpp"

namespace {

using namespace voxstitch;
using namespace voxstitch::ilastik;
using test::temporary_folder;

/// [row, feature], values around the samples' and on thresholds of the forest.
std::vector<float> random_rows(classify::forest_description const& forest, std::size_t count,
                               test::random_source& random) {
  std::vector<float> thresholds;
  for (auto const& tree : forest.trees)
    for (auto const& node : tree.nodes)
      if (!node.is_leaf()) thresholds.push_back(float(node.threshold));
  std::vector<float> rows;
  for (std::size_t i = 0; i < count * forest.feature_count; ++i)
    rows.push_back(random.between(0, 2) == 0 ? thresholds[random.bits() % thresholds.size()]
                                             : 8 * random.unit() - 1);
  return rows;
}

std::vector<float> our_probabilities(classify::ensemble_description const& e,
                                     std::vector<float> const& rows) {
  auto const features = index_t(e.forests.front().feature_count);
  auto const count = index_t(rows.size()) / features;
  test::float_rows x(std::size_t(features), count);
  for (index_t row = 0; row < count; ++row)
    for (index_t f = 0; f < features; ++f) x.view()(f, row) = rows[std::size_t(row * features + f)];
  test::float_rows p(e.class_count, count);
  classify::random_forest(e).predict(x.view(), p.view());
  std::vector<float> result;
  for (index_t row = 0; row < count; ++row)
    for (std::size_t c = 0; c < e.class_count; ++c) result.push_back(p.at(c, row));
  return result;
}

bool same_bits(std::vector<float> const& a, std::vector<float> const& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](float left, float right) {
           return std::bit_cast<std::uint32_t>(left) == std::bit_cast<std::uint32_t>(right);
         });
}

/// A forest that vigra trained on noisy blobs.
test::vigra_oracle trained_by_vigra(test::vigra_training const& t, test::random_source& random) {
  std::vector<float> x;
  std::vector<int> y;
  for (int i = 0; i < t.samples; ++i) {
    y.push_back(i % t.classes);
    for (int f = 0; f < t.features; ++f)
      x.push_back(4 * random.unit() + float((y.back() * (f + 3)) % t.classes));
  }
  return {t, x, y};
}

/// A selection of that many features: Gaussian smoothing at as many scales.
features::selection selection_of(std::size_t features) {
  features::selection s{{features::filter::gaussian_smoothing}, {}, {{}}};
  for (std::size_t i = 0; i < features; ++i) s.scales.push_back({0.3 + double(i), false});
  s.chosen[0].assign(features, true);
  return s;
}

TEST_CASE("vigra reads our forests and predicts the bits of the forest it trained", "[ilastik]") {
  test::random_source random;
  CAPTURE(random);
  auto const t = GENERATE(test::vigra_training{31, 3, 40, 1, 1500, false},
                          test::vigra_training{10, 2, 101, 1, 600, false},
                          test::vigra_training{5, 6, 12, 20, 900, true},
                          test::vigra_training{1, 2, 1, 1, 200, false});
  auto const oracle = trained_by_vigra(t, random);
  auto const forest = oracle.description();
  new_project p;
  p.selection = selection_of(forest.feature_count);
  for (std::uint32_t label = 1; label <= std::uint32_t(t.classes); ++label) {
    p.label_names.push_back("class " + std::to_string(label));
    p.known_labels.push_back(label);
    p.classifier.classes.push_back(label - 1);
  }
  p.classifier.class_count = forest.class_count;
  p.classifier.forests = {forest};
  p.sample_count = std::size_t(t.samples);
  temporary_folder const folder;
  auto const path = (folder / "p.ilp").string();
  write_project(path, p);

  auto const rows = random_rows(forest, 12'000, random);
  auto const expected = oracle.probabilities(rows);
  auto const stored = test::predict_stored_forest(
      path, "PixelClassification/ClassifierForests/Forest0000", rows, t.features);
  CHECK(stored.trees == t.trees);
  CHECK(stored.labels == std::vector<unsigned>(p.known_labels.begin(), p.known_labels.end()));
  CHECK(same_bits(stored.probabilities, expected));
  CHECK(same_bits(our_probabilities(read_project(path).classifier, rows),
                  our_probabilities(p.classifier, rows)));
}

TEST_CASE("a forest cut into several predicts as vigra's forests together", "[ilastik]") {
  test::random_source random;
  CAPTURE(random);
  test::vigra_training const t{17, 3, 50, 1, 1000, false};
  auto const forest = trained_by_vigra(t, random).description();
  new_project p;
  p.selection = selection_of(forest.feature_count);
  p.label_names = {"a", "b", "c"};
  p.known_labels = {1, 2, 3};
  p.classifier = {3, {0, 1, 2}, distributed(forest, 4)};
  temporary_folder const folder;
  auto const path = (folder / "p.ilp").string();
  write_project(path, p);

  auto const rows = random_rows(forest, 10'000, random);
  std::vector<float> sum(rows.size() / forest.feature_count * 3);
  for (std::string const number : {"0", "1", "2", "3"}) {
    auto const stored = test::predict_stored_forest(
        path, "PixelClassification/ClassifierForests/Forest000" + number, rows, t.features);
    for (std::size_t i = 0; i < sum.size(); ++i) {
      float const volatile share = stored.probabilities[i] * float(stored.trees);
      sum[i] += share;
    }
  }
  for (float& value : sum) value /= 50.0f;
  CHECK(same_bits(our_probabilities(read_project(path).classifier, rows), sum));
}

}  // namespace
