// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What does vigra, with which ilastik reads its classifiers, make of a forest in a file?
///
/// vigra's headers are C++17; this interface to them is, too, and is compiled apart.

#include <string>
#include <vector>

namespace voxstitch::test {

/// A forest as vigra's own rf_import_HDF5() reads it.
struct vigra_prediction {
  int trees = 0;
  std::vector<unsigned> labels;      ///< of the classes
  std::vector<float> probabilities;  ///< [row, class], predictProbabilities()
};

/// @param group path of the forest in the file
/// @param rows [row, feature]
/// @throws std::exception of vigra's when it cannot read the forest
[[nodiscard]] vigra_prediction predict_stored_forest(std::string const& path,
                                                     std::string const& group,
                                                     std::vector<float> const& rows, int features);

}  // namespace voxstitch::test
