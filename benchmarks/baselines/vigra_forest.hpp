// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does ilastik classify with the same trees, by vigra's own code?
///
/// vigra's headers are C++17; this interface to them is, too, and is compiled apart.

#include <cstddef>
#include <memory>

#include "voxstitch/classify/decision_trees.hpp"

namespace voxstitch::benchmarks {

/// vigra's RandomForests, averaged as ilastik does it.
class vigra_forest {
 public:
  explicit vigra_forest(classify::ensemble_description const& description);
  ~vigra_forest();

  /// @param rows [voxel, feature], as ilastik hands them over
  /// @param p    [voxel, class], overwritten
  void predict(float const* rows, std::size_t voxels, float* p) const;

 private:
  struct implementation;
  std::unique_ptr<implementation> implementation_;
};

}  // namespace voxstitch::benchmarks
