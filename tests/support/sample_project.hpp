// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a test get a small project that is yet to be written?

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/random.hpp"
#include "voxstitch/ilastik/write_project.hpp"

namespace voxstitch::test {

/// A tree that grows at random leaves; every threshold, weight and probability is different.
[[nodiscard]] inline classify::decision_tree
random_tree(random_source& random, std::size_t features, std::size_t classes, std::size_t leaves) {
  classify::decision_tree tree;
  tree.nodes.emplace_back();
  std::vector<std::size_t> open{0};
  while (open.size() < leaves) {
    std::size_t const at = std::size_t(random.between(0, index_t(open.size()) - 1));
    auto const next = std::int32_t(tree.nodes.size());
    tree.nodes[open[at]] = {double(random.unit()) * 100,
                            std::int32_t(random.between(0, index_t(features) - 1)), next, next + 1};
    tree.nodes.resize(tree.nodes.size() + 2);
    open[at] = std::size_t(next);
    open.push_back(std::size_t(next) + 1);
  }
  for (std::size_t at : open) {
    tree.nodes[at] = {0, -1, std::int32_t(tree.leaf_weights.size()), 0};
    tree.leaf_weights.push_back(double(random.between(1, 1000)));
    std::vector<double> shares(classes);
    double sum = 0;
    for (double& share : shares) sum += share = 0.001 + double(random.unit());
    for (double share : shares) tree.leaf_probabilities.push_back(share / sum);
  }
  return tree;
}

[[nodiscard]] inline classify::forest_description
random_forest(random_source& random, std::size_t features, std::size_t classes, std::size_t trees) {
  classify::forest_description forest{features, classes, false, {}};
  for (std::size_t i = 0; i < trees; ++i)
    forest.trees.push_back(random_tree(random, features, classes, 1 + i));
  return forest;
}

/// Two classes, 5 features of one channel (one scale in 2D), 5 trees in 2 forests, and two images
/// in `folder`, a volume and a stack of slices, with labels in the first.
[[nodiscard]] inline ilastik::new_project sample_project(std::filesystem::path const& folder) {
  using features::filter;
  random_source random(7);
  ilastik::new_project p;
  p.selection = {{filter::gaussian_smoothing, filter::hessian_of_gaussian_eigenvalues},
                 {{0.7, true}, {1.0, false}},
                 {{true, true}, {false, true}}};
  p.label_names = {"Dark", "Gr\xC3\xBCn"};
  p.label_colors = {{1, 2, 3}, {250, 251, 252}};
  p.known_labels = {1, 2};
  p.classifier = {2, {0, 1}, ilastik::distributed(random_forest(random, 5, 2, 5), 2)};
  p.factory = {5, 2};
  p.sample_count = 12;
  p.time = "Thu Nov 26 05:43:05 2026";
  auto const at = [&](char const* name) { return (folder / name).string(); };
  p.lanes.push_back({{at("data/brain.h5/raw")}, "", "zyx", {20, 30, 40}, {}});
  p.lanes.push_back({{at("a_0.tif"), at("a_1.tif")}, "stack", "zyxc", {2, 30, 40, 1}, {}});
  p.lanes[0].labels = {{{{{0, 0, 3, 4, 5}}, {{1, 1, 5, 5, 8}}}, {1, 0, 2, 0, 0, 1}},
                       {{{{0, 0, 19, 29, 39}}, {{1, 1, 20, 30, 40}}}, {2}}};
  return p;
}

}  // namespace voxstitch::test
