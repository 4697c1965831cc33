// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file How does a tree in vigra's encoding become a decision_tree?
///
/// vigra keeps a tree in two arrays. `topology` (int32) begins with the numbers of feature columns
/// and of classes; the root follows at index 2. A node at index n is its type, the address a of its
/// numbers in `parameters` (float64) and, in a threshold node, the indices of its left and right
/// child and its feature column. parameters[a] is the node's weight; parameters[a + 1] is the
/// threshold, or parameters[a + 1 ...] are the class probabilities of a leaf
/// (vigra/random_forest/rf_nodeproxy.hxx).

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "voxstitch/classify/decision_trees.hpp"
#include "voxstitch/core/error.hpp"

namespace voxstitch::ilastik {

/// One tree as vigra stores it.
struct vigra_tree {
  std::span<std::int32_t const> topology;
  std::span<double const> parameters;
};

/// What every tree of a forest must agree with.
struct vigra_tree_shape {
  std::size_t feature_count = 0;
  std::size_t class_count = 0;
};

namespace detail {

inline constexpr std::int32_t vigra_threshold_node = 0;
inline constexpr std::int32_t vigra_hyperplane_node = 1;
inline constexpr std::int32_t vigra_hypersphere_node = 2;
inline constexpr std::int32_t vigra_leaf = 0x40000000;
inline constexpr std::size_t vigra_root = 2;
inline constexpr std::size_t vigra_threshold_node_size = 5;
inline constexpr std::size_t vigra_leaf_size = 2;

/// Walks one stored tree, parents before children and left before right.
class vigra_tree_reader {
 public:
  vigra_tree_reader(vigra_tree const& stored, vigra_tree_shape const& shape)
      : topology_(stored.topology), parameters_(stored.parameters), shape_(shape),
        claimed_(stored.topology.size(), 0), claimed_parameters_(stored.parameters.size(), 0) {
    check_header();
    reserve();
  }

  [[nodiscard]] classify::decision_tree read() {
    append(vigra_root);
    while (!waiting_.empty()) {
      visit const next = waiting_.back();
      waiting_.pop_back();
      tree_.nodes[next.parent].*next.side = static_cast<std::int32_t>(tree_.nodes.size());
      append(next.at);
    }
    return std::move(tree_);
  }

 private:
  /// A child whose number its parent does not know yet.
  struct visit {
    std::size_t at;
    std::size_t parent;
    std::int32_t classify::tree_node::*side;
  };

  void append(std::size_t at) {
    check(at < topology_.size(), at, "lies outside the topology");
    std::int32_t const type = topology_[at];
    check(type != vigra_hyperplane_node && type != vigra_hypersphere_node, at,
          "is a hyperplane or a hypersphere, which ilastik never trains");
    check(type == vigra_threshold_node || type == vigra_leaf, at, "has an unknown type");
    type == vigra_leaf ? append_leaf(at) : append_threshold_node(at);
  }

  void append_threshold_node(std::size_t at) {
    claim(at, vigra_threshold_node_size);
    auto const numbers = claim_parameters(at, 2);
    std::int32_t const feature = topology_[at + 4];
    check(feature >= 0 && std::size_t(feature) < shape_.feature_count, at,
          "asks for a feature that does not exist");
    check(std::isfinite(numbers[1]), at, "has a threshold that is no number");
    std::size_t const self = tree_.nodes.size();
    tree_.nodes.push_back({numbers[1], feature, 0, 0});
    waiting_.push_back({index(at + 3), self, &classify::tree_node::right});
    waiting_.push_back({index(at + 2), self, &classify::tree_node::left});
  }

  void append_leaf(std::size_t at) {
    claim(at, vigra_leaf_size);
    auto const numbers = claim_parameters(at, 1 + shape_.class_count);
    check_leaf(at, numbers);
    tree_.nodes.push_back({0, -1, static_cast<std::int32_t>(tree_.leaf_weights.size()), 0});
    tree_.leaf_weights.push_back(numbers[0]);
    tree_.leaf_probabilities.insert(tree_.leaf_probabilities.end(), numbers.begin() + 1,
                                    numbers.end());
  }

  void check_leaf(std::size_t at, std::span<double const> numbers) const {
    constexpr double tolerance = 1e-6;  // vigra normalises with one division
    check(std::isfinite(numbers[0]) && numbers[0] >= 0, at, "has an impossible weight");
    double sum = 0;
    for (double p : numbers.subspan(1)) {
      check(p >= 0 && p <= 1 + tolerance, at, "has impossible class probabilities");
      sum += p;
    }
    check(std::abs(sum - 1) <= tolerance, at, "has class probabilities that do not sum to 1");
  }

  /// Marks the node's numbers as used: every number belongs to one node, which has one parent.
  void claim(std::size_t at, std::size_t size) {
    check(size <= topology_.size() - at, at, "reaches beyond the end of the topology");
    for (std::size_t i = at; i < at + size; ++i) {
      check(claimed_[i] == 0, at, "is reached twice (a cycle or a shared child)");
      claimed_[i] = 1;
    }
  }

  [[nodiscard]] std::size_t index(std::size_t at) const {
    std::int32_t const value = topology_[at];
    check(value >= 0, at, "is a negative index");
    return std::size_t(value);
  }

  /// The node's parameters, which are its own too: else a small file could make a huge tree.
  [[nodiscard]] std::span<double const> claim_parameters(std::size_t at, std::size_t count) {
    std::int32_t const address = topology_[at + 1];
    bool const fits = address >= 0 && std::size_t(address) <= parameters_.size() &&
                      count <= parameters_.size() - std::size_t(address);
    check(fits, at, "has its parameters outside the array");
    auto const first = std::size_t(address);
    for (std::size_t i = first; i < first + count; ++i) {
      check(claimed_parameters_[i] == 0, at, "shares its parameters with another node");
      claimed_parameters_[i] = 1;
    }
    return parameters_.subspan(first, count);
  }

  void check_header() const {
    if (topology_.size() < vigra_root + vigra_leaf_size)
      throw format_error("the topology has only " + std::to_string(topology_.size()) + " numbers");
    check_count("feature columns", topology_[0], shape_.feature_count);
    check_count("classes", topology_[1], shape_.class_count);
  }

  static void check_count(char const* what, std::int32_t found, std::size_t expected) {
    if (std::cmp_not_equal(found, expected))
      throw format_error("the tree has " + std::to_string(found) + " " + what +
                         ", but its forest has " + std::to_string(expected));
  }

  void check(bool holds, std::size_t at, char const* problem) const {
    if (!holds) throw format_error("the node at index " + std::to_string(at) + " " + problem);
  }

  /// Nodes own disjoint numbers, so the arrays' sizes bound the tree's.
  void reserve() {
    std::size_t const leaves =
        (topology_.size() + 3) / (vigra_threshold_node_size + vigra_leaf_size);
    tree_.nodes.reserve(2 * leaves);
    tree_.leaf_weights.reserve(leaves);
    tree_.leaf_probabilities.reserve(parameters_.size());
  }

  std::span<std::int32_t const> topology_;
  std::span<double const> parameters_;
  vigra_tree_shape shape_;
  std::vector<unsigned char> claimed_;
  std::vector<unsigned char> claimed_parameters_;
  std::vector<visit> waiting_;
  classify::decision_tree tree_;
};

}  // namespace detail

/// The tree in preorder (node, left subtree, right subtree), its leaves numbered from left to
/// right; thresholds and probabilities keep their bits.
/// @throws format_error for anything but a tree of threshold nodes and leaves inside the arrays.
/// @complexity linear in the arrays
[[nodiscard]] inline classify::decision_tree decision_tree_of(vigra_tree const& stored,
                                                              vigra_tree_shape const& shape) {
  return detail::vigra_tree_reader(stored, shape).read();
}

}  // namespace voxstitch::ilastik
