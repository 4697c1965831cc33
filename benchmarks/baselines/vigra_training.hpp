// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does vigra train a forest, which ilastik calls?
///
/// vigra's headers are C++17; this interface to them is, too, and is compiled apart.

#include <cstddef>
#include <memory>
#include <vector>

namespace voxstitch::benchmarks {

/// Rows and labels in vigra's own arrays, whose columns are contiguous: the order it is fastest on.
class vigra_training {
 public:
  /// @param x [row, feature]
  /// @param y [row] classes from 0
  vigra_training(std::size_t features, std::vector<float> const& x, std::vector<int> const& y);
  ~vigra_training();

  /// RandomForest::learn() with its default options.
  /// @return the number of numbers that describe the trees
  [[nodiscard]] std::size_t train(unsigned trees, unsigned seed) const;

 private:
  struct implementation;
  std::unique_ptr<implementation> implementation_;
};

}  // namespace voxstitch::benchmarks
