// SPDX-License-Identifier: BSL-1.0
// Any two arrays as a tree in vigra's encoding; what can be read can be walked.

#include <cmath>
#include <vector>

#include "fuzz_input.hpp"
#include "fuzz_target.hpp"
#include "voxstitch/classify/random_forest.hpp"
#include "voxstitch/ilastik/vigra_forest.hpp"

using namespace voxstitch;

namespace {

constexpr std::size_t feature_count = 3;

template <class T>
std::vector<T> array(fuzz::fuzz_input& input) {
  std::vector<T> values(input.up_to(255));
  for (T& value : values) value = input.number<T>();
  return values;
}

/// Few of a fuzzer's trees have leaves that sum to 1: this makes them so where asked.
void normalise(std::vector<double>& parameters, std::size_t classes) {
  for (std::size_t i = 0; i < parameters.size(); ++i)
    parameters[i] = i % (classes + 1) == 1 ? 1 : 0;
}

void walk(classify::decision_tree const& tree, std::size_t classes, bool weighted) {
  classify::ensemble_description ensemble{classes, {}, {}};
  for (std::size_t i = 0; i < classes; ++i) ensemble.classes.push_back(i);
  ensemble.forests.push_back({feature_count, classes, weighted, {tree}});
  classify::random_forest const forest(ensemble, simd::target::baseline);
  std::vector<float> const x{0, 1, -1, 1e30F, 0.5F, 7, NAN, 3, 2};
  std::vector<float> p(classes * 3);
  auto const voxels = coord<2>{{index_t(feature_count), 3}};
  forest.predict({x.data(), voxels}, {p.data(), coord<2>{{index_t(classes), 3}}});
  for (float value : p)
    fuzz::promise(value >= 0 && value <= 1.00001F, "probabilities lie between 0 and 1");
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  fuzz::fuzz_input input({data, size});
  std::size_t const classes = 1 + input.up_to(3);
  bool const weighted = input.flag();
  bool const proper = input.flag();
  auto topology = array<std::int32_t>(input);
  auto parameters = array<double>(input);
  if (proper) normalise(parameters, classes);
  if (proper && topology.size() > 1) {
    topology[0] = feature_count;
    topology[1] = std::int32_t(classes);
  }
  classify::decision_tree tree;
  bool const read = fuzz::accepted([&] {
    tree = ilastik::decision_tree_of({topology, parameters}, {feature_count, classes});
  });
  if (!read) return 0;
  fuzz::promise(tree.nodes.size() <= topology.size() / 2, "nodes own their numbers");
  fuzz::promise(tree.leaf_probabilities.size() <= parameters.size(), "leaves own their numbers");
  bool const refused_weight = weighted && [&] {
    for (double weight : tree.leaf_weights)
      if (!(weight > 0)) return true;
    return false;
  }();
  if (!refused_weight) walk(tree, classes, weighted);
  return 0;
}
