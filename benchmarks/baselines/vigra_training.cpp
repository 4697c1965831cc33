// SPDX-License-Identifier: BSL-1.0
#include "baselines/vigra_training.hpp"

#include <vigra/multi_array.hxx>
#include <vigra/random_forest.hxx>

namespace voxstitch::benchmarks {

struct vigra_training::implementation {
  vigra::MultiArray<2, float> features;
  vigra::MultiArray<2, unsigned> labels;
};

vigra_training::vigra_training(std::size_t features, std::vector<float> const& x,
                               std::vector<int> const& y)
    : implementation_(std::make_unique<implementation>()) {
  auto& self = *implementation_;
  self.features.reshape(vigra::Shape2(y.size(), features));
  self.labels.reshape(vigra::Shape2(y.size(), 1));
  for (std::size_t row = 0; row < y.size(); ++row) {
    auto const at = static_cast<int>(row);
    self.labels(at, 0) = static_cast<unsigned>(y[row] + 1);
    for (std::size_t f = 0; f < features; ++f)
      self.features(at, static_cast<int>(f)) = x[row * features + f];
  }
}

vigra_training::~vigra_training() = default;

std::size_t vigra_training::train(unsigned trees, unsigned seed) const {
  vigra::RandomForest<unsigned> forest(vigra::RandomForestOptions().tree_count(trees));
  vigra::RandomMT19937 const generator(seed);
  forest.learn(implementation_->features, implementation_->labels, vigra::rf_default(),
               vigra::rf_default(), vigra::rf_default(), generator);
  std::size_t numbers = 0;
  for (unsigned i = 0; i < trees; ++i) numbers += forest.tree(static_cast<int>(i)).topology_.size();
  return numbers;
}

}  // namespace voxstitch::benchmarks
