// SPDX-License-Identifier: BSL-1.0
#include "baselines/vigra_forest.hpp"

#include <algorithm>
#include <vector>

#include <vigra/multi_array.hxx>
#include <vigra/random_forest.hxx>

#include "support/vigra_tree.hpp"

namespace voxstitch::benchmarks {

namespace {

using forest_type = vigra::RandomForest<unsigned>;

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
    vigra_tree const written(tree, description);
    topologies.emplace_back(written.topology.begin(), written.topology.end());
    parameters.emplace_back(written.parameters.begin(), written.parameters.end());
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
