// SPDX-License-Identifier: BSL-1.0
#include "support/trained_forest.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include <tbb/parallel_for.h>

#include "unit/classify/vigra_oracle.hpp"

namespace voxstitch::benchmarks {

namespace {

constexpr int class_count = 3;
constexpr int trees = 100;
constexpr unsigned parts = 4;  ///< forests that are trained at once and become one

template <class T>
void write_numbers(std::ostream& out, std::vector<T> const& values) {
  std::uint64_t const count = values.size();
  out.write(reinterpret_cast<char const*>(&count), sizeof count);
  out.write(reinterpret_cast<char const*>(values.data()),
            static_cast<std::streamsize>(count * sizeof(T)));
}

template <class T>
void read_numbers(std::istream& in, std::vector<T>& values) {
  std::uint64_t count = 0;
  in.read(reinterpret_cast<char*>(&count), sizeof count);
  if (!in) return;
  values.resize(count);
  in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(T)));
}

void save(classify::forest_description const& forest, std::string const& path) {
  std::ofstream out(path + ".part", std::ios::binary);
  for (auto const& tree : forest.trees) {
    write_numbers(out, tree.nodes);
    write_numbers(out, tree.leaf_probabilities);
    write_numbers(out, tree.leaf_weights);
  }
  out.close();
  if (out) std::filesystem::rename(path + ".part", path);
}

[[nodiscard]] bool load(classify::forest_description& forest, std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  while (in && in.peek() != std::ifstream::traits_type::eof()) {
    auto& tree = forest.trees.emplace_back();
    read_numbers(in, tree.nodes);
    read_numbers(in, tree.leaf_probabilities);
    read_numbers(in, tree.leaf_weights);
  }
  return !forest.trees.empty();
}

}  // namespace

labelled_rows drawn_labels(labels const& chosen, feature_rows const& rows,
                           std::vector<int> const& classes) {
  std::mt19937 dice(7);
  labelled_rows result{rows.features, {}, {}};
  for (std::size_t i = 0; i < chosen.samples; ++i) {
    std::size_t voxel = dice() % rows.voxels();
    while (classes[voxel] != static_cast<int>(i % class_count)) voxel = dice() % rows.voxels();
    bool const wrong = dice() % 1000 < chosen.wrong_in_1000;
    result.x.insert(result.x.end(), rows.row(voxel), rows.row(voxel + 1));
    result.y.push_back(wrong ? static_cast<int>(dice() % class_count) : classes[voxel]);
  }
  return result;
}

classify::forest_description trained_forest(labels const& chosen, feature_rows const& rows,
                                            std::vector<int> const& classes) {
  std::string path = VOXSTITCH_BINARY_DIR "/forest";
  for (std::size_t number : {rows.features, chosen.samples, std::size_t{chosen.wrong_in_1000}})
    path.append("-").append(std::to_string(number));
  path += ".trees";
  classify::forest_description forest{rows.features, class_count, false, {}};
  if (load(forest, path)) return forest;
  std::cerr << "training a forest on " << chosen.samples << " voxels, once\n";
  auto const set = drawn_labels(chosen, rows, classes);
  std::array<classify::forest_description, parts> trained;
  tbb::parallel_for(0u, parts, [&](unsigned part) {
    test::vigra_training how;
    how.features = static_cast<int>(rows.features);
    how.classes = class_count;
    how.trees = trees / static_cast<int>(parts);
    how.seed = part + 1;
    trained[part] = test::vigra_oracle(how, set.x, set.y).description();
  });
  for (auto const& part : trained)
    forest.trees.insert(forest.trees.end(), part.trees.begin(), part.trees.end());
  save(forest, path);
  return forest;
}

std::size_t node_count(classify::ensemble_description const& description) {
  std::size_t count = 0;
  for (auto const& forest : description.forests)
    for (auto const& tree : forest.trees) count += tree.nodes.size();
  return count;
}

}  // namespace voxstitch::benchmarks
