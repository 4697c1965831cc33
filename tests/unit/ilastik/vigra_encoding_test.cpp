// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/vigra_encoding.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "refusals.hpp"
#include "support/catch.hpp"
#include "support/sample_project.hpp"
#include "support/test_data.hpp"
#include "voxstitch/ilastik/project.hpp"
#include "voxstitch/io/detail/hdf5_stored_values.hpp"

namespace {

using namespace voxstitch;
using namespace voxstitch::ilastik;
using test::says;

constexpr vigra_tree_shape shape{4, 2};

/// root (feature 2) < 5: leaf 1; else (feature 0) < -1: leaf 0, else leaf 2. The right child comes
/// first.
classify::decision_tree three_leaves() {
  return {{{5, 2, 2, 1}, {-1, 0, 3, 4}, {0, -1, 1, 0}, {0, -1, 0, 0}, {0, -1, 2, 0}},
          {0.25, 0.75, 0.5, 0.5, 1, 0},
          {20, 10, 30}};
}

std::string refusal(std::function<void(classify::decision_tree&)> const& change) {
  auto tree = three_leaves();
  change(tree);
  try {
    static_cast<void>(vigra_arrays_of(tree, shape));
  } catch (usage_error const& problem) {
    return problem.what();
  }
  return "no error";
}

/// Whether two trees are the same in preorder, all numbers bit by bit.
bool same(classify::decision_tree const& a, classify::decision_tree const& b, std::size_t classes,
          std::int32_t i = 0, std::int32_t j = 0) {
  auto const& m = a.nodes[std::size_t(i)];
  auto const& n = b.nodes[std::size_t(j)];
  if (m.is_leaf() != n.is_leaf()) return false;
  if (!m.is_leaf())
    return m.feature == n.feature &&
           std::bit_cast<std::uint64_t>(m.threshold) == std::bit_cast<std::uint64_t>(n.threshold) &&
           same(a, b, classes, m.left, n.left) && same(a, b, classes, m.right, n.right);
  bool equal = a.leaf_weights[std::size_t(m.left)] == b.leaf_weights[std::size_t(n.left)];
  for (std::size_t c = 0; c < classes; ++c)
    equal = equal && a.leaf_probabilities[std::size_t(m.left) * classes + c] ==
                         b.leaf_probabilities[std::size_t(n.left) * classes + c];
  return equal;
}

TEST_CASE("a tree is laid out as vigra does: node, right subtree, left subtree", "[ilastik]") {
  auto const arrays = vigra_arrays_of(three_leaves(), shape);
  constexpr std::int32_t leaf = 0x40000000;
  CHECK(arrays.topology == std::vector<std::int32_t>{4, 2, 0, 0, 16, 7, 2, 0, 2, 14, 12, 0, leaf, 4,
                                                     leaf, 7, leaf, 10});
  CHECK(arrays.parameters ==
        std::vector<double>{1, 5, 1, -1, 30, 1, 0, 20, 0.25, 0.75, 10, 0.5, 0.5});
}

TEST_CASE("a single leaf is encoded", "[ilastik]") {
  auto const arrays = vigra_arrays_of({{{0, -1, 0, 0}}, {0.25, 0.75}, {7}}, shape);
  CHECK(arrays.topology == std::vector<std::int32_t>{4, 2, 0x40000000, 0});
  CHECK(arrays.parameters == std::vector<double>{7, 0.25, 0.75});
}

TEST_CASE("random trees come back bit by bit", "[ilastik]") {
  test::random_source random;
  CAPTURE(random);
  for (int i = 0; i < 100; ++i) {
    auto const classes = std::size_t(random.between(1, 5));
    auto const features = std::size_t(random.between(1, 60));
    auto tree = test::random_tree(random, features, classes, std::size_t(random.between(1, 200)));
    tree.nodes[0].threshold = -0.0;
    auto const arrays = vigra_arrays_of(tree, {features, classes});
    auto const back = decision_tree_of(arrays.tree(), {features, classes});
    REQUIRE(same(tree, back, classes));
    auto const again = vigra_arrays_of(back, {features, classes});
    REQUIRE(again.topology == arrays.topology);
    REQUIRE(again.parameters == arrays.parameters);
  }
}

TEST_CASE("a tree as deep as a list is encoded", "[ilastik]") {
  constexpr std::int32_t depth = 100'000;
  classify::decision_tree tree;
  for (std::int32_t i = 0; i < depth; ++i) {
    tree.nodes.push_back({double(i), 0, 2 * i + 1, 2 * i + 2});
    tree.nodes.push_back({0, -1, i, 0});
    tree.leaf_weights.push_back(1);
    tree.leaf_probabilities.insert(tree.leaf_probabilities.end(), {0, 1});
  }
  tree.nodes.push_back({0, -1, 0, 0});
  auto const back = decision_tree_of(vigra_arrays_of(tree, shape).tree(), shape);
  CHECK(back.nodes.size() == tree.nodes.size());
}

TEST_CASE("what is no tree is not encoded", "[ilastik]") {
  CHECK(says(refusal([](auto& t) { t.nodes[0].feature = 4; }),
             "node 0 asks for a feature that does not exist"));
  CHECK(says(refusal([](auto& t) { t.nodes[1].right = 9; }), "node 9 does not exist"));
  CHECK(says(refusal([](auto& t) { t.nodes[1].left = -1; }), "node -1 does not exist"));
  CHECK(says(refusal([](auto& t) { t.nodes[1].right = 0; }), "is reached twice"));
  CHECK(says(refusal([](auto& t) { t.nodes[2].left = 3; }),
             "node 2 is a leaf without weight and probabilities"));
  CHECK(says(refusal([](auto& t) { t.leaf_probabilities.pop_back(); }),
             "do not have one probability per class"));
  CHECK(says(refusal([](auto& t) { t.nodes.clear(); }), "node 0 does not exist"));
  auto const no_class = [] { return vigra_arrays_of(three_leaves(), {4, 0}); };
  CHECK_THROWS_AS(no_class(), usage_error);
}

TEST_CASE("trees are spread over forests in order, the first ones get one more", "[ilastik]") {
  test::random_source random(3);
  auto const forest = test::random_forest(random, 4, 2, 11);
  auto const parts = distributed(forest, 4);
  REQUIRE(parts.size() == 4);
  std::vector<std::size_t> sizes;
  std::size_t next = 0;
  for (auto const& part : parts) {
    sizes.push_back(part.trees.size());
    CHECK(part.feature_count == 4);
    CHECK(part.class_count == 2);
    for (auto const& tree : part.trees) CHECK(same(tree, forest.trees[next++], 2));
  }
  CHECK(sizes == std::vector<std::size_t>{3, 3, 3, 2});
  CHECK(distributed(forest, 40).size() == 11);
  CHECK(distributed(forest, 0).size() == 1);
}

/// Reads every tree of a project's forests and encodes it again.
void check_same_arrays(std::string const& path) {
  namespace hdf5 = io::detail::hdf5;
  auto const file = hdf5::open_file(path);
  for (auto const& place : hdf5::all_datasets(file)) {
    if (!place.ends_with("/topology")) continue;
    std::string const tree = place.substr(0, place.rfind('/'));
    auto const topology = hdf5::read_numbers<std::int32_t>(hdf5::open_dataset(file, place));
    auto const parameters =
        hdf5::read_numbers<double>(hdf5::open_dataset(file, tree + "/parameters"));
    vigra_tree_shape const found{std::size_t(topology[0]), std::size_t(topology[1])};
    auto const arrays = vigra_arrays_of(decision_tree_of({topology, parameters}, found), found);
    REQUIRE(arrays.topology == topology);
    REQUIRE(arrays.parameters == parameters);
  }
}

TEST_CASE("ilastik's own trees become the arrays they were read from", "[ilastik]") {
  auto const golden = test::test_data("ilastik-golden");
  if (!golden) return;
  for (char const* name : {"PixelClass.ilp", "PixelClass3Channel.ilp", "PixelClass3D.ilp"})
    check_same_arrays((*golden / name).string());
  if (auto const brain = test::test_data("brain-lightsheet"))
    check_same_arrays((*brain / "brain-cells.ilp").string());
}

}  // namespace
