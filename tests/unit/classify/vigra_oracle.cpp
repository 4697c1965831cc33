// SPDX-License-Identifier: BSL-1.0
#include "vigra_oracle.hpp"

#include <cstddef>

#include <vigra/multi_array.hxx>
#include <vigra/random_forest.hxx>

#include "voxstitch/classify/detail/preorder.hpp"
#include "voxstitch/classify/detail/tree_dice.hpp"

namespace voxstitch::test {

namespace {

using forest_type = vigra::RandomForest<unsigned>;
template <class T>
using matrix = vigra::MultiArray<2, T>;

/// [row, column], row after row.
matrix<float> matrix_of(std::vector<float> const& values, int columns) {
  auto const rows = static_cast<int>(values.size()) / columns;
  matrix<float> result(vigra::Shape2(rows, columns));
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column)
      result(row, column) = values[static_cast<std::size_t>(row * columns + column)];
  return result;
}

/// vigra's arrays as ours: children get their numbers before they are visited.
classify::decision_tree converted(vigra::detail::DecisionTree const& tree, int classes) {
  constexpr int leaf_bit = 0x40000000;
  classify::decision_tree result;
  std::vector<int> addresses{2};
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    auto const* const node = &tree.topology_[static_cast<std::size_t>(addresses[i])];
    auto const* const values = &tree.parameters_[static_cast<std::size_t>(node[1])];
    if ((node[0] & leaf_bit) != 0) {
      result.nodes.push_back({0, -1, static_cast<std::int32_t>(result.leaf_weights.size()), 0});
      result.leaf_weights.push_back(values[0]);
      result.leaf_probabilities.insert(result.leaf_probabilities.end(), values + 1,
                                       values + 1 + classes);
      continue;
    }
    auto const next = static_cast<std::int32_t>(addresses.size());
    result.nodes.push_back({values[1], node[4], next, next + 1});
    addresses.push_back(node[2]);
    addresses.push_back(node[3]);
  }
  return result;
}

matrix<unsigned> labels_of(std::vector<int> const& y) {
  matrix<unsigned> labels(vigra::Shape2(static_cast<int>(y.size()), 1));
  for (std::size_t i = 0; i < y.size(); ++i)
    labels(static_cast<int>(i), 0) = static_cast<unsigned>(y[i] + 1);
  return labels;
}

/// Our random numbers as vigra asks for them.
class our_generator {
 public:
  our_generator(std::uint64_t seed, std::size_t tree) : dice_(seed, tree) {}
  /// What a Sampler makes, and does not use.
  explicit our_generator(vigra::RandomSeedTag) : dice_(0, 0) {}

  vigra::UInt32 uniformInt(vigra::UInt32 count) const { return dice_.below(count); }

 private:
  mutable classify::detail::tree_dice dice_;
};

/// Trains a forest, and has it judged.
template <class Generator>
vigra_assessment assessed(forest_type& forest, matrix<float> const& features,
                          std::vector<int> const& y, Generator const& generator) {
  vigra::rf::visitors::OOB_Error error;
  vigra::rf::visitors::VariableImportanceVisitor importance(1);
  forest.learn(features, labels_of(y), vigra::rf::visitors::create_visitor(error, importance),
               vigra::rf_default(), vigra::rf_default(), generator);
  vigra_assessment result{error.oob_breiman, {}, {}};
  for (int f = 0; f < features.shape(1); ++f) {
    result.permutation.push_back(importance.variable_importance_(f, forest.class_count()));
    result.gain.push_back(importance.variable_importance_(f, forest.class_count() + 1));
  }
  return result;
}

}  // namespace

struct vigra_oracle::implementation {
  vigra_training training;
  forest_type forest;
};

vigra_oracle::vigra_oracle(vigra_training const& training, std::vector<float> const& x,
                           std::vector<int> const& y) {
  auto options = vigra::RandomForestOptions()
                     .tree_count(static_cast<unsigned>(training.trees))
                     .min_split_node_size(static_cast<unsigned>(training.min_split));
  options.predict_weighted_ = training.weighted;
  implementation_ =
      std::make_unique<implementation>(implementation{training, forest_type(options)});
  vigra::RandomMT19937 generator(training.seed);
  implementation_->forest.learn(matrix_of(x, training.features), labels_of(y), vigra::rf_default(),
                                vigra::rf_default(), vigra::rf_default(), generator);
}

vigra_oracle::~vigra_oracle() = default;

classify::forest_description vigra_oracle::description() const {
  auto const& [training, forest] = *implementation_;
  classify::forest_description result{static_cast<std::size_t>(training.features),
                                      static_cast<std::size_t>(training.classes),
                                      training.weighted,
                                      {}};
  for (int i = 0; i < forest.tree_count(); ++i)
    result.trees.push_back(converted(forest.tree(i), training.classes));
  return result;
}

std::vector<float> vigra_oracle::probabilities(std::vector<float> const& rows) const {
  auto const& [training, forest] = *implementation_;
  auto const features = matrix_of(rows, training.features);
  matrix<float> p(vigra::Shape2(features.shape(0), training.classes));
  forest.predictProbabilities(features, p);
  std::vector<float> result;
  for (int row = 0; row < p.shape(0); ++row)
    for (int c = 0; c < training.classes; ++c) result.push_back(p(row, c));
  return result;
}

vigra_assessment vigra_assess(vigra_training const& training, std::vector<float> const& x,
                              std::vector<int> const& y) {
  forest_type forest(
      vigra::RandomForestOptions().tree_count(static_cast<unsigned>(training.trees)));
  return assessed(forest, matrix_of(x, training.features), y, vigra::RandomMT19937(training.seed));
}

vigra_tree vigra_tree_with_our_dice(std::vector<float> const& x, std::vector<int> const& y,
                                    std::uint64_t seed, std::size_t tree, int tried) {
  auto options = vigra::RandomForestOptions().tree_count(1);
  if (tried != 0) options.features_per_node(tried);
  forest_type forest(options);
  auto const features = matrix_of(x, static_cast<int>(x.size() / y.size()));
  vigra_tree result;
  result.assessment = assessed(forest, features, y, our_generator(seed, tree));
  int const classes = forest.class_count();
  result.tree = classify::detail::in_preorder(converted(forest.tree(0), classes),
                                              static_cast<std::size_t>(classes));
  return result;
}

}  // namespace voxstitch::test
