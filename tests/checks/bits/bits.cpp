// SPDX-License-Identifier: BSL-1.0
/// @file Prints a checksum of every feature and of a forest's probabilities of a synthetic brain,
/// and of what the blending policies make of blocks that disagree.
/// The build compiles it with several compilers and flags; all of them must print the same.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <random>
#include <type_traits>
#include <vector>

#include "voxstitch/voxstitch.hpp"

namespace {

using namespace voxstitch;

coord<3> const shape{{14, 37, 45}};  // z, y, x

/// Says what the features are: [feature, voxel] in, the same out.
struct features_themselves {
  std::size_t count;
  [[nodiscard]] std::size_t feature_count() const { return count; }
  [[nodiscard]] std::size_t class_count() const { return count; }
  void predict(strided_view<float const, 2> const& x, strided_view<float, 2> const& p) const {
    copy(x, p);
  }
};

/// All filters at scales in 2D and in 3D.
features::selection all_features() {
  features::selection all;
  all.filters.assign(features::all_filters.begin(), features::all_filters.end());
  all.scales = {{0.7, false}, {1.0, true}, {1.6, false}, {3.5, true}};
  all.chosen.assign(all.filters.size(), std::vector<bool>(all.scales.size(), true));
  return all;
}

std::vector<float> image() {
  std::vector<std::uint16_t> raw(static_cast<std::size_t>(product(shape)));
  synthetic::phantom(shape).raw(box<3>::at_origin(shape), {raw.data(), shape});
  return {raw.begin(), raw.end()};
}

/// [z, y, x, class], computed as one block.
template <class Classifier>
std::vector<float> classified(Classifier const& classifier, std::vector<float> const& voxels) {
  box<3> const all = box<3>::at_origin(shape);
  auto const classes = static_cast<index_t>(classifier.class_count());
  std::vector<float> p(voxels.size() * classifier.class_count());
  strided_view<float const, 4> const input(voxels.data(), {{1, shape[0], shape[1], shape[2]}});
  strided_view<float, 4> const output(p.data(), {{shape[0], shape[1], shape[2], classes}});
  classifier.classify(input, {0, all, all, all}, all, output);
  return p;
}

/// A full tree that splits at values which the features take exactly: a changed bit takes another
/// way.
class random_tree {
 public:
  random_tree(std::vector<float> const& features, std::size_t feature_count, std::uint32_t seed)
      : features_(features), feature_count_(feature_count), random_(seed) {
    grow(6);
  }
  [[nodiscard]] classify::decision_tree const& tree() const { return tree_; }

 private:
  std::int32_t grow(int depth) {
    std::size_t const at = tree_.nodes.size();
    tree_.nodes.emplace_back();
    if (depth == 0) {
      tree_.nodes[at].left = add_leaf();
    } else {
      split(tree_.nodes[at]);
      std::int32_t const left = grow(depth - 1);
      tree_.nodes[at].left = left;
      std::int32_t const right = grow(depth - 1);
      tree_.nodes[at].right = right;
    }
    return static_cast<std::int32_t>(at);
  }
  void split(classify::tree_node& node) {
    std::size_t const feature = random_() % feature_count_;
    std::size_t const voxel = random_() % (features_.size() / feature_count_);
    node.feature = static_cast<std::int32_t>(feature);
    node.threshold = double(features_[voxel * feature_count_ + feature]);
  }
  std::int32_t add_leaf() {
    double const first = double(random_() % 1000) / 1000;
    tree_.leaf_probabilities.insert(tree_.leaf_probabilities.end(), {first, 1 - first});
    tree_.leaf_weights.push_back(1);
    return static_cast<std::int32_t>(tree_.leaf_weights.size()) - 1;
  }

  std::vector<float> const& features_;
  std::size_t feature_count_;
  std::mt19937 random_;
  classify::decision_tree tree_;
};

classify::random_forest forest_of(std::vector<float> const& features, std::size_t count) {
  classify::forest_description forest{count, 2, false, {}};
  for (std::uint32_t seed = 1; seed <= 20; ++seed)
    forest.trees.push_back(random_tree(features, count, seed).tree());
  return classify::random_forest({2, {0, 1}, {forest}});
}

/// Blocks that disagree, blended: block i says of a voxel what the forest says i rows further.
template <class Policy>
std::vector<float> blended(Policy const& policy, std::vector<float> const& p) {
  blocking<3> const blocks(box<3>::at_origin(shape), {{5, 12, 16}}, {}, policy.overlap());
  auto const classes = static_cast<index_t>(p.size()) / product(shape);
  coord<4> const with_classes{{shape[0], shape[1], shape[2], classes}};
  strided_view<float const, 4> const said(p.data(), with_classes);
  std::vector<float> whole(p.size());
  auto const fetch = [&](block<3> const& b, box<3> const& piece, strided_view<float, 4> const& to) {
    for_each_voxel(piece, [&](coord<3> const& v) {
      coord<3> const i = v - piece.inclusive_min;
      for (index_t c = 0; c < classes; ++c)
        to(i[0], i[1], i[2], c) = said(v[0], (v[1] + b.index) % shape[1], v[2], c);
    });
  };
  stitch::combine(policy, blocks, blocks.domain(), fetch, {whole.data(), with_classes});
  return whole;
}

/// The factors of a bump, before a rounding to float could hide a difference.
std::vector<double> bump_factors() {
  std::vector<double> factors;
  for (int i = 1; i <= 1000; ++i) factors.push_back(stitch::bump().factor(double(i) / 1000));
  return factors;
}

/// The running sums of three blocks with these weights, before they are rounded to float.
std::vector<double> running_sums(std::vector<double> const& weights, std::vector<float> const& p) {
  auto const length = static_cast<index_t>(weights.size());
  std::vector<double> sums(weights.size());
  std::vector<double> totals(weights.size());
  strided_view<double, 2> const values(sums.data(), {{length, 1}});
  for (std::size_t block = 0; block < 3; ++block) {
    strided_view<float const, 2> const row(p.data() + block * weights.size(), {{length, 1}});
    stitch::bump().add(row, weights, {values, totals});
  }
  return sums;
}

/// FNV-1a over the bits.
template <class Bits, class T>
std::uint64_t checksum(std::vector<T> const& values) {
  std::uint64_t sum = 14695981039346656037U;
  for (T value : values) sum = (sum ^ std::bit_cast<Bits>(value)) * 1099511628211U;
  return sum;
}

template <class T>
void print(char const* what, std::vector<T> const& values) {
  using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  std::printf("%s: %zu values, checksum %016llx\n", what, values.size(),
              static_cast<unsigned long long>(checksum<bits>(values)));
}

}  // namespace

int main() {
  auto const voxels = image();
  print("image", voxels);
  features::filter_bank const bank(all_features(), 1);
  std::size_t const count = bank.feature_count();
  std::vector<std::string> const names(count, "feature");
  auto const features =
      classified(models::pixel_classifier(bank, features_themselves{count}, names), voxels);
  print("features", features);
  auto const p = classified(
      models::pixel_classifier(bank, forest_of(features, count), {"one", "other"}), voxels);
  print("probabilities", p);
  coord<3> const overlap{{3, 5, 7}};
  print("mean", blended(stitch::mean(overlap), p));
  print("linear", blended(stitch::linear(overlap), p));
  print("bump", blended(stitch::bump(overlap), p));
  print("max", blended(stitch::max(overlap), p));
  print("vote", blended(stitch::vote(overlap), p));
  print("factors of bump", bump_factors());
  print("running sums", running_sums(bump_factors(), p));
  bool const varied = std::adjacent_find(p.begin(), p.end(), std::not_equal_to<>{}) != p.end();
  return varied ? 0 : 1;
}
