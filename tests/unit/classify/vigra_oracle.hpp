// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does vigra's own RandomForest, which ilastik calls, say?
///
/// vigra's headers are C++17; this interface to them is, too, and is compiled apart.

#include <cstddef>
#include <cstdint>
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

/// What vigra's visitors say of a forest that it trains.
struct vigra_assessment {
  double out_of_bag_error = 0;
  std::vector<double> permutation;  ///< [feature] loss of accuracy
  std::vector<double> gain;         ///< [feature] decrease of impurity, mean over the trees
};
[[nodiscard]] vigra_assessment vigra_assess(vigra_training const& training,
                                            std::vector<float> const& x, std::vector<int> const& y);

/// A tree that vigra grows with our random numbers, and what its visitors say of it.
struct vigra_tree {
  classify::decision_tree tree;  ///< in preorder, leaves numbered from left to right
  vigra_assessment assessment;
};

/// The random numbers are those of tree `tree` of a forest with that seed.
/// @param x [sample, feature]
/// @param y [sample] classes from 0, all of which occur
/// @param tried features drawn per node; 0: vigra's own rule
[[nodiscard]] vigra_tree vigra_tree_with_our_dice(std::vector<float> const& x,
                                                  std::vector<int> const& y, std::uint64_t seed,
                                                  std::size_t tree, int tried);

}  // namespace voxstitch::test
