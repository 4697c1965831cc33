// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What are forests trained on in the tests?

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "support/random.hpp"
#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/classify/training_set.hpp"

namespace voxstitch::test {

/// Samples that were made up.
struct training_data {
  std::size_t features = 0;
  std::size_t class_count = 0;
  std::vector<float> x;  ///< [feature, sample]
  std::vector<std::uint32_t> y;

  [[nodiscard]] std::size_t samples() const { return y.size(); }
  [[nodiscard]] classify::training_set set() const {
    return {{x.data(), {{index_t(features), index_t(samples())}}}, y, class_count};
  }
  [[nodiscard]] float& at(std::size_t feature, std::size_t sample) {
    return x[feature * samples() + sample];
  }

  /// The same for vigra: [sample, feature].
  [[nodiscard]] std::vector<float> rows() const {
    std::vector<float> result;
    for (std::size_t i = 0; i < samples(); ++i)
      for (std::size_t f = 0; f < features; ++f) result.push_back(x[f * samples() + i]);
    return result;
  }
  [[nodiscard]] std::vector<int> labels() const { return {y.begin(), y.end()}; }
};

/// What the samples look like.
struct data_shape {
  std::size_t samples = 100;
  std::size_t features = 5;
  std::size_t classes = 3;
  unsigned levels = 0;        ///< values per feature, for ties; 0: as many as there are floats
  std::size_t constants = 0;  ///< features of one value
  bool duplicates = false;    ///< half of the samples are copies, whose classes may differ
};

/// Noisy blobs: class means apart by about the noise, so that trees become deep. Feature f tells
/// the less the larger f is.
[[nodiscard]] inline training_data made_data(data_shape const& shape, random_source& random) {
  training_data data{shape.features, shape.classes, {}, {}};
  for (std::size_t i = 0; i < shape.samples; ++i)
    data.y.push_back(std::uint32_t(i % shape.classes));
  data.x.resize(shape.samples * shape.features);
  for (std::size_t f = 0; f < shape.features; ++f)
    for (std::size_t i = 0; i < shape.samples; ++i) {
      float const mean = float((data.y[i] * (f + 3)) % shape.classes) / float(1 + f);
      float const value = 3 * random.unit() + 2 * mean - 2;
      data.at(f, i) = f < shape.constants ? 0.25f
                      : shape.levels == 0 ? value
                                          : float(int(value * float(shape.levels) / 6));
    }
  if (shape.duplicates)
    for (std::size_t i = shape.samples / 2; i < shape.samples; ++i)
      for (std::size_t f = 0; f < shape.features; ++f)
        data.at(f, i) = data.at(f, i - shape.samples / 2);
  return data;
}

/// Shapes of all kinds, also tiny ones.
[[nodiscard]] inline data_shape any_shape(random_source& random, index_t most_samples) {
  data_shape shape;
  shape.classes = std::size_t(random.between(2, 5));
  shape.samples = std::size_t(random.between(index_t(shape.classes), most_samples));
  shape.features = std::size_t(random.between(1, 12));
  shape.levels = random.flip() ? 0 : unsigned(random.between(2, 12));
  shape.constants = random.flip() ? 0 : std::size_t(random.between(0, index_t(shape.features)));
  shape.duplicates = random.between(0, 3) == 0;
  return shape;
}

/// Whether trees are the same, bit by bit.
[[nodiscard]] inline bool same_trees(classify::decision_tree const& a,
                                     classify::decision_tree const& b) {
  auto const same_nodes = [](classify::tree_node const& m, classify::tree_node const& n) {
    return m.threshold == n.threshold && m.feature == n.feature && m.left == n.left &&
           m.right == n.right;
  };
  return std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(), same_nodes) &&
         a.leaf_probabilities == b.leaf_probabilities && a.leaf_weights == b.leaf_weights;
}

[[nodiscard]] inline bool same_forests(classify::forest_description const& a,
                                       classify::forest_description const& b) {
  return std::equal(a.trees.begin(), a.trees.end(), b.trees.begin(), b.trees.end(), same_trees);
}

}  // namespace voxstitch::test

template <>
struct Catch::StringMaker<voxstitch::test::data_shape> {
  static std::string convert(voxstitch::test::data_shape const& s) {
    return std::to_string(s.samples) + " samples, " + std::to_string(s.features) + " features (" +
           std::to_string(s.constants) + " constant), " + std::to_string(s.classes) + " classes, " +
           std::to_string(s.levels) + " levels" + (s.duplicates ? ", duplicates" : "");
  }
};
