// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/ilastik/vigra_forest.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/project_builder.hpp"
#include "support/random.hpp"

namespace {

using namespace voxstitch;
using namespace voxstitch::ilastik;
using test::vigra_arrays;
using test::vigra_leaf_type;

constexpr vigra_tree_shape shape{4, 2};

classify::decision_tree converted(vigra_arrays const& stored) {
  return decision_tree_of({stored.topology, stored.parameters}, shape);
}

/// The message of the error, or "no error".
std::string refusal(vigra_arrays const& stored) {
  try {
    static_cast<void>(converted(stored));
  } catch (format_error const& problem) {
    return problem.what();
  }
  return "no error";
}

/// root (feature 2) < 5: leaf a; else (feature 0) < -1: leaf b, else leaf c. The right subtree is
/// stored before the left leaf.
vigra_arrays three_leaves() {
  return {{4, 2, 0, 0, 16, 7, 2, 0, 2, 12, 14, 0, vigra_leaf_type, 4, vigra_leaf_type, 7,
           vigra_leaf_type, 10},
          {1, 5, 1, -1, 20, 0.25, 0.75, 30, 1, 0, 10, 0.5, 0.5}};
}

/// A tree that grows at random leaves; every threshold, weight and probability is different.
class random_tree {
 public:
  random_tree(test::random_source& random, std::size_t leaves) : random_(random) {
    stored.topology = {shape_.feature_count, shape_.class_count};
    std::vector<std::size_t> open{root_link};  // links without a node yet
    for (std::size_t count = 1; count < leaves; ++count) {
      auto const at = std::size_t(random_.between(0, index_t(open.size()) - 1));
      std::size_t const link = open[at];
      open[at] = append_node(link);
      open.push_back(open[at] + 1);
    }
    for (std::size_t link : open) append_leaf(link);
  }
  vigra_arrays stored;

 private:
  struct {
    std::int32_t feature_count = 4;
    std::int32_t class_count = 2;
  } shape_;
  static constexpr std::size_t root_link = 0;

  /// Lets `link` (an index in the topology; 0 for the root) lead to the end of the topology.
  void link_to_end(std::size_t link) {
    if (link != root_link) stored.topology[link] = std::int32_t(stored.topology.size());
  }
  /// @return the index of the node's left link; the right one follows
  std::size_t append_node(std::size_t link) {
    link_to_end(link);
    std::size_t const at = stored.topology.size();
    auto const feature = std::int32_t(random_.between(0, 3));
    stored.topology.insert(stored.topology.end(),
                           {0, std::int32_t(stored.parameters.size()), 0, 0, feature});
    stored.parameters.insert(stored.parameters.end(), {1, double(random_.unit())});
    return at + 2;
  }
  void append_leaf(std::size_t link) {
    link_to_end(link);
    stored.topology.insert(stored.topology.end(),
                           {vigra_leaf_type, std::int32_t(stored.parameters.size())});
    double const p = double(random_.unit());
    stored.parameters.insert(stored.parameters.end(), {double(random_.unit()), p, 1 - p});
  }
  test::random_source& random_;
};

/// The stored leaf's address in the parameters that `features` reach, walked as vigra walks.
std::size_t leaf_by_vigra(vigra_arrays const& stored, std::vector<float> const& features) {
  std::size_t at = 2;
  while (stored.topology[at] != vigra_leaf_type) {
    double const value = double(features[std::size_t(stored.topology[at + 4])]);
    double const threshold = stored.parameters[std::size_t(stored.topology[at + 1]) + 1];
    at = std::size_t(stored.topology[value < threshold ? at + 2 : at + 3]);
  }
  return std::size_t(stored.topology[at + 1]);
}

/// The number of the leaf that `features` reach in the converted tree.
std::size_t leaf_of(classify::decision_tree const& tree, std::vector<float> const& features) {
  std::int32_t at = 0;
  while (!tree.nodes[std::size_t(at)].is_leaf()) {
    auto const& node = tree.nodes[std::size_t(at)];
    at = double(features[std::size_t(node.feature)]) < node.threshold ? node.left : node.right;
  }
  return std::size_t(tree.nodes[std::size_t(at)].left);
}

TEST_CASE("a tree becomes its preorder, thresholds and leaves unchanged", "[ilastik]") {
  auto const tree = converted(three_leaves());
  REQUIRE(tree.nodes.size() == 5);
  CHECK(tree.nodes[0].feature == 2);
  CHECK(tree.nodes[0].threshold == 5);
  CHECK(tree.nodes[0].left == 1);
  CHECK(tree.nodes[0].right == 2);
  CHECK(tree.nodes[1].is_leaf());
  CHECK(tree.nodes[1].left == 0);
  CHECK(tree.nodes[2].feature == 0);
  CHECK(tree.nodes[2].threshold == -1);
  CHECK(tree.nodes[3].left == 1);
  CHECK(tree.nodes[4].left == 2);
  CHECK(tree.leaf_weights == std::vector<double>{10, 20, 30});
  CHECK(tree.leaf_probabilities == std::vector<double>{0.5, 0.5, 0.25, 0.75, 1, 0});
}

TEST_CASE("a tree may be a single leaf", "[ilastik]") {
  auto const tree = converted({{4, 2, vigra_leaf_type, 0}, {7, 0.25, 0.75}});
  REQUIRE(tree.nodes.size() == 1);
  CHECK(tree.nodes[0].is_leaf());
  CHECK(tree.leaf_weights == std::vector<double>{7});
  CHECK(tree.leaf_probabilities == std::vector<double>{0.25, 0.75});
}

TEST_CASE("random trees send every sample to the leaf vigra would", "[ilastik]") {
  test::random_source random;
  CAPTURE(random);
  for (int round = 0; round < 50; ++round) {
    auto const stored = random_tree(random, std::size_t(random.between(1, 60))).stored;
    auto const tree = converted(stored);
    for (std::size_t n = 0; n < tree.nodes.size(); ++n)
      if (!tree.nodes[n].is_leaf()) {
        REQUIRE(tree.nodes[n].left > std::int32_t(n));
        REQUIRE(tree.nodes[n].right > std::int32_t(n));
      }
    for (int sample = 0; sample < 50; ++sample) {
      std::vector<float> const features{random.unit(), random.unit(), random.unit(), random.unit()};
      auto const address = leaf_by_vigra(stored, features);
      auto const leaf = leaf_of(tree, features);
      REQUIRE(tree.leaf_weights[leaf] == stored.parameters[address]);
      REQUIRE(tree.leaf_probabilities[2 * leaf] == stored.parameters[address + 1]);
      REQUIRE(tree.leaf_probabilities[2 * leaf + 1] == stored.parameters[address + 2]);
    }
  }
}

TEST_CASE("a chain of 200 000 nodes is converted without recursion and in time", "[ilastik]") {
  constexpr std::int32_t inner = 200'000;
  vigra_arrays chain{{4, 2}, {}};
  for (std::int32_t i = 0; i < inner; ++i) {
    std::int32_t const next = 2 + 7 * (i + 1);
    chain.topology.insert(chain.topology.end(),
                          {0, 5 * i, next - 2, next, 1, vigra_leaf_type, 5 * i + 2});
    chain.parameters.insert(chain.parameters.end(), {1, 0.5, 9, 1, 0});
  }
  chain.topology.insert(chain.topology.end(), {vigra_leaf_type, 5 * inner});
  chain.parameters.insert(chain.parameters.end(), {9, 1, 0});
  auto const start = std::chrono::steady_clock::now();
  auto const tree = converted(chain);
  std::chrono::duration<double> const took = std::chrono::steady_clock::now() - start;
  CHECK(tree.nodes.size() == 2 * inner + 1);
  CHECK(took.count() < 5);  // 0.01 s in an optimised build
}

TEST_CASE("cycles and shared children are refused", "[ilastik]") {
  auto cycle = three_leaves();
  cycle.topology[9] = 2;  // back to the root
  CHECK(refusal(cycle) == "the node at index 2 is reached twice (a cycle or a shared child)");
  auto shared = three_leaves();
  shared.topology[4] = 7;  // both children of the root
  CHECK(refusal(shared) == "the node at index 7 is reached twice (a cycle or a shared child)");
  auto overlapping = three_leaves();
  overlapping.topology[10] = 11;  // reads a leaf's type out of another node's numbers
  overlapping.topology[11] = vigra_leaf_type;
  CHECK(refusal(overlapping) != "no error");
}

TEST_CASE("nodes that share their parameters are refused", "[ilastik]") {
  auto tree = three_leaves();
  tree.topology[17] = tree.topology[15];
  CHECK(refusal(tree) == "the node at index 14 shares its parameters with another node");
}

TEST_CASE("nodes outside the arrays are refused", "[ilastik]") {
  auto const broken = [](std::size_t at, std::int32_t value) {
    auto tree = three_leaves();
    tree.topology[at] = value;
    return refusal(tree);
  };
  CHECK(broken(4, 18) == "the node at index 18 lies outside the topology");
  CHECK(broken(4, 2'000'000'000) == "the node at index 2000000000 lies outside the topology");
  CHECK(broken(4, -1) == "the node at index 4 is a negative index");
  CHECK(broken(3, -1) == "the node at index 2 has its parameters outside the array");
  CHECK(broken(3, 12) == "the node at index 2 has its parameters outside the array");
  CHECK(broken(17, 11) == "the node at index 16 has its parameters outside the array");
  CHECK(broken(17, 2'147'483'647) == "the node at index 16 has its parameters outside the array");
  CHECK(broken(6, 4) == "the node at index 2 asks for a feature that does not exist");
  CHECK(broken(6, -1) == "the node at index 2 asks for a feature that does not exist");
}

TEST_CASE("a topology that ends inside a node is refused", "[ilastik]") {
  for (std::size_t length = 0; length < three_leaves().topology.size(); ++length) {
    auto tree = three_leaves();
    tree.topology.resize(length);
    CAPTURE(length);
    CHECK(refusal(tree) != "no error");
  }
}

TEST_CASE("parameters that end early are refused", "[ilastik]") {
  for (std::size_t length = 0; length < three_leaves().parameters.size(); ++length) {
    auto tree = three_leaves();
    tree.parameters.resize(length);
    CAPTURE(length);
    CHECK(refusal(tree) != "no error");
  }
}

TEST_CASE("node types that ilastik never trains are refused", "[ilastik]") {
  auto const with_type = [](std::int32_t type) {
    auto tree = three_leaves();
    tree.topology[7] = type;
    return refusal(tree);
  };
  std::string const other =
      "the node at index 7 is a hyperplane or a hypersphere, which ilastik never trains";
  CHECK(with_type(1) == other);
  CHECK(with_type(2) == other);
  CHECK(with_type(3) == "the node at index 7 has an unknown type");
  CHECK(with_type(0x40000001) == "the node at index 7 has an unknown type");
}

TEST_CASE("values that no training makes are refused", "[ilastik]") {
  auto const broken = [](std::size_t at, double value) {
    auto tree = three_leaves();
    tree.parameters[at] = value;
    return refusal(tree);
  };
  double const nan = std::numeric_limits<double>::quiet_NaN();
  double const infinity = std::numeric_limits<double>::infinity();
  CHECK(broken(1, nan) == "the node at index 2 has a threshold that is no number");
  CHECK(broken(1, infinity) == "the node at index 2 has a threshold that is no number");
  CHECK(broken(10, nan) == "the node at index 16 has an impossible weight");
  CHECK(broken(10, -1) == "the node at index 16 has an impossible weight");
  CHECK(broken(11, nan) == "the node at index 16 has impossible class probabilities");
  CHECK(broken(11, -0.5) == "the node at index 16 has impossible class probabilities");
  CHECK(broken(11, infinity) == "the node at index 16 has impossible class probabilities");
  CHECK(broken(11, 0.25) == "the node at index 16 has class probabilities that do not sum to 1");
}

TEST_CASE("a tree of another forest is refused", "[ilastik]") {
  auto tree = three_leaves();
  tree.topology[0] = 5;
  CHECK(refusal(tree) == "the tree has 5 feature columns, but its forest has 4");
  tree = three_leaves();
  tree.topology[1] = -3;
  CHECK(refusal(tree) == "the tree has -3 classes, but its forest has 2");
}

}  // namespace
