// SPDX-License-Identifier: BSL-1.0
#include "baselines/vigra_forest.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <vigra/multi_array.hxx>
#include <vigra/random_forest.hxx>

namespace voxstitch::benchmarks {

namespace {

using forest_type = vigra::RandomForest<unsigned>;

/// One tree in vigra's two arrays, in preorder, as its training leaves them.
class tree_writer {
 public:
  tree_writer(classify::decision_tree const& tree, classify::forest_description const& forest)
      : tree_(tree), classes_(static_cast<int>(forest.class_count)) {
    topology.push_back(static_cast<int>(forest.feature_count));
    topology.push_back(classes_);
    append(0);
    while (!waiting_.empty()) {
      auto const [node, place] = waiting_.back();
      waiting_.pop_back();
      topology[place] = static_cast<int>(topology.size());
      append(static_cast<std::size_t>(node));
    }
  }

  vigra::ArrayVector<int> topology;
  vigra::ArrayVector<double> parameters;

 private:
  void append(std::size_t index) {
    classify::tree_node const& node = tree_.nodes[index];
    auto const address = static_cast<int>(parameters.size());
    if (node.is_leaf()) return append_leaf(static_cast<std::size_t>(node.left), address);
    std::size_t const at = topology.size();
    for (int number : {int{vigra::i_ThresholdNode}, address, 0, 0, int{node.feature}})
      topology.push_back(number);
    parameters.push_back(1.0);
    parameters.push_back(node.threshold);
    waiting_.emplace_back(node.right, at + 3);
    waiting_.emplace_back(node.left, at + 2);
  }

  void append_leaf(std::size_t leaf, int address) {
    topology.push_back(vigra::e_ConstProbNode);
    topology.push_back(address);
    parameters.push_back(tree_.leaf_weights[leaf]);
    auto const first = leaf * static_cast<std::size_t>(classes_);
    for (int c = 0; c < classes_; ++c)
      parameters.push_back(tree_.leaf_probabilities[first + static_cast<std::size_t>(c)]);
  }

  classify::decision_tree const& tree_;
  int classes_;
  std::vector<std::pair<std::int32_t, std::size_t>> waiting_;  ///< node, where its place is kept
};

forest_type vigra_forest_of(classify::forest_description const& description) {
  std::vector<unsigned> labels;
  for (unsigned c = 0; c < description.class_count; ++c) labels.push_back(c + 1);
  vigra::ProblemSpec<unsigned> problem;
  problem.classes_(labels.begin(), labels.end())
      .column_count(static_cast<int>(description.feature_count));
  problem.used_ = 1;
  std::vector<vigra::ArrayVector<int>> topologies;
  std::vector<vigra::ArrayVector<double>> parameters;
  for (classify::decision_tree const& tree : description.trees) {
    tree_writer const written(tree, description);
    topologies.push_back(written.topology);
    parameters.push_back(written.parameters);
  }
  auto options =
      vigra::RandomForestOptions().tree_count(static_cast<unsigned>(description.trees.size()));
  options.predict_weighted_ = description.weighted;
  return {static_cast<int>(topologies.size()), topologies.begin(), parameters.begin(), problem,
          options};
}

}  // namespace

struct vigra_forest::implementation {
  std::size_t features = 0;
  std::size_t class_count = 0;
  std::vector<std::size_t> classes;
  std::vector<forest_type> forests;

  /// Adds float(probability * trees) of one forest.
  void add(forest_type const& forest, vigra::MultiArrayView<2, float> const& rows, float* p) const {
    vigra::MultiArray<2, float> one(vigra::Shape2(rows.shape(0), classes.size()));
    forest.predictProbabilities(rows, one);
    auto const trees = static_cast<float>(forest.tree_count());
    for (int row = 0; row < one.shape(0); ++row, p += class_count)
      for (std::size_t c = 0; c < classes.size(); ++c)
        p[classes[c]] += one(row, static_cast<int>(c)) * trees;
  }
};

vigra_forest::vigra_forest(classify::ensemble_description const& description)
    : implementation_(std::make_unique<implementation>()) {
  implementation_->features = description.forests.front().feature_count;
  implementation_->class_count = description.class_count;
  implementation_->classes = description.classes;
  for (auto const& forest : description.forests)
    implementation_->forests.push_back(vigra_forest_of(forest));
}

vigra_forest::~vigra_forest() = default;

void vigra_forest::predict(float const* rows, std::size_t voxels, float* p) const {
  auto const& self = *implementation_;
  vigra::MultiArrayView<2, float> const matrix(vigra::Shape2(voxels, self.features),
                                               vigra::Shape2(self.features, 1),
                                               const_cast<float*>(rows));
  std::fill_n(p, voxels * self.class_count, 0.0f);
  float trees = 0;
  for (forest_type const& forest : self.forests) {
    self.add(forest, matrix, p);
    trees += static_cast<float>(forest.tree_count());
  }
  for (std::size_t i = 0; i < voxels * self.class_count; ++i) p[i] /= trees;
}

}  // namespace voxstitch::benchmarks
