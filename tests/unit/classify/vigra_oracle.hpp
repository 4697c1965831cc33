// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does vigra's own RandomForest, which ilastik calls, say?
///
/// vigra's headers are C++17; this interface to them is, too, and is compiled apart.

#include <memory>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"

namespace voxstitch::test {

/// What a forest is trained on, and how.
struct vigra_training {
  int features = 10;
  int classes = 3;
  int trees = 20;
  int min_split = 1;  ///< larger makes leaves of several classes
  int samples = 600;
  bool weighted = false;
  unsigned seed = 1;
};

/// A forest trained by vigra.
class vigra_oracle {
 public:
  /// @param x [sample, feature]
  /// @param y [sample] classes from 0
  vigra_oracle(vigra_training const& training, std::vector<float> const& x,
               std::vector<int> const& y);
  ~vigra_oracle();

  [[nodiscard]] classify::forest_description description() const;

  /// predictProbabilities() of rows [voxel, feature]: [voxel, class].
  [[nodiscard]] std::vector<float> probabilities(std::vector<float> const& rows) const;

 private:
  struct implementation;
  std::unique_ptr<implementation> implementation_;
};

}  // namespace voxstitch::test
