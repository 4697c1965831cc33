// SPDX-License-Identifier: BSL-1.0
#include "vigra_forest_reader.hpp"

#include <cstddef>
#include <stdexcept>

#include <vigra/multi_array.hxx>
#include <vigra/random_forest.hxx>
#include <vigra/random_forest_hdf5_impex.hxx>

namespace voxstitch::test {

vigra_prediction predict_stored_forest(std::string const& path, std::string const& group,
                                       std::vector<float> const& rows, int features) {
  vigra::RandomForest<unsigned> forest;
  if (!vigra::rf_import_HDF5(forest, path, group)) throw std::runtime_error("vigra: no forest");
  auto const count = static_cast<int>(rows.size()) / features;
  vigra::MultiArray<2, float> x(vigra::Shape2(count, features));
  for (int row = 0; row < count; ++row)
    for (int f = 0; f < features; ++f)
      x(row, f) = rows[static_cast<std::size_t>(row * features + f)];
  vigra::MultiArray<2, float> p(vigra::Shape2(count, forest.class_count()));
  forest.predictProbabilities(x, p);
  vigra_prediction result;
  result.trees = forest.tree_count();
  result.labels.resize(static_cast<std::size_t>(forest.class_count()));
  for (int c = 0; c < forest.class_count(); ++c)
    forest.ext_param().to_classlabel(c, result.labels[static_cast<std::size_t>(c)]);
  for (int row = 0; row < count; ++row)
    for (int c = 0; c < forest.class_count(); ++c) result.probabilities.push_back(p(row, c));
  return result;
}

}  // namespace voxstitch::test
