// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/classify/random_forest.hpp"

#include <cmath>
#include <limits>

#include "naive_forest.hpp"
#include "support/row_classifier_laws.hpp"

using namespace voxstitch;
using namespace voxstitch::classify;
using test::float_rows;
using test::random_source;

namespace {

static_assert(row_classifier<random_forest>);

std::vector<simd::target> targets() {
  std::vector<simd::target> all{simd::target::baseline, simd::target::avx2, simd::target::avx512};
  std::erase_if(all, [](simd::target t) { return t > simd::best_supported(); });
  return all;
}

/// How random trees are made.
struct tree_style {
  std::size_t features = 5;
  std::size_t classes = 3;
  std::size_t nodes = 60;  ///< at most
  double mixed = 0.1;      ///< share of leaves that are not pure
  bool weighted = false;
};

/// Leaf probabilities of thirds, sevenths...: sums of them are rounded.
void add_leaf(decision_tree& tree, tree_style const& style, random_source& random) {
  std::vector<double> counts(style.classes);
  bool const mixed = double{random.unit()} < style.mixed;
  for (int draw = 0; draw < (mixed ? 7 : 1); ++draw)
    counts[static_cast<std::size_t>(random.between(0, static_cast<index_t>(style.classes) - 1))] +=
        1;
  for (double count : counts) tree.leaf_probabilities.push_back(count / (mixed ? 7 : 1));
  tree.leaf_weights.push_back(static_cast<double>(random.between(1, 40)));
}

/// A tree that grows at random leaves; thresholds are multiples of 1/8, or doubles between floats.
decision_tree random_tree(tree_style const& style, random_source& random) {
  decision_tree tree;
  tree.nodes.emplace_back();
  std::vector<std::int32_t> leaves{0};
  while (tree.nodes.size() + 2 <= style.nodes && random.between(0, 200) != 0) {
    std::size_t const pick =
        static_cast<std::size_t>(random.between(0, static_cast<index_t>(leaves.size()) - 1));
    auto const at = static_cast<std::size_t>(leaves[pick]);
    auto const next = static_cast<std::int32_t>(tree.nodes.size());
    double const threshold = static_cast<double>(random.between(-40, 40)) / 8;
    tree.nodes[at] = {
        random.flip() ? threshold : threshold + 1e-9,
        static_cast<std::int32_t>(random.between(0, static_cast<index_t>(style.features) - 1)),
        next, next + 1};
    leaves[pick] = next;
    leaves.push_back(next + 1);
    tree.nodes.resize(tree.nodes.size() + 2);
  }
  std::int32_t number = 0;
  for (tree_node& node : tree.nodes) {
    if (!node.is_leaf()) continue;
    node.left = number++;
    add_leaf(tree, style, random);
  }
  return tree;
}

forest_description random_trees(std::size_t trees, tree_style const& style, random_source& random) {
  forest_description forest{style.features, style.classes, style.weighted, {}};
  for (std::size_t i = 0; i < trees; ++i) forest.trees.push_back(random_tree(style, random));
  return forest;
}

ensemble_description ensemble_of(std::vector<forest_description> forests) {
  ensemble_description e;
  e.class_count = forests.front().class_count;
  for (std::size_t c = 0; c < e.class_count; ++c) e.classes.push_back(c);
  e.forests = std::move(forests);
  return e;
}

/// Neighbours are similar; many values lie exactly on thresholds.
void fill_features(float_rows& x, random_source& random) {
  for (index_t f = 0; f < x.shape[0]; ++f) {
    float value = 0;
    for (index_t voxel = 0; voxel < x.shape[1]; ++voxel) {
      if (random.between(0, 30) == 0) value = random.unit() * 12.0f - 6.0f;
      value += (random.unit() - 0.5f) * 0.1f;
      x.view()(f, voxel) = random.between(0, 2) == 0 ? std::round(value * 8.0f) / 8.0f : value;
    }
  }
}

float_rows predicted(random_forest const& forest, float_rows& x) {
  float_rows p(forest.class_count(), x.shape[1], -7.0f);
  forest.predict(x.view(), p.view());
  return p;
}

/// All instruction sets against the plain computation.
void check_against_naive(ensemble_description const& e, float_rows& x) {
  float_rows const expected = test::naive_ensemble(e, x);
  for (simd::target target : targets()) {
    CAPTURE(simd::name(target));
    CHECK(test::same_rows(predicted(random_forest(e, target), x), expected));
  }
}

}  // namespace

TEST_CASE("random_forest: pure, mixed and weighted leaves give the plain sums' bits",
          "[classify]") {
  random_source random;
  CAPTURE(random);
  for (int round = 0; round < 30; ++round) {
    tree_style style;
    style.features = static_cast<std::size_t>(random.between(1, 70));
    style.classes = static_cast<std::size_t>(random.between(1, 9));
    style.nodes = static_cast<std::size_t>(random.between(1, 400));
    style.mixed = round % 3 == 0 ? 0.0 : double{random.unit()} * double{random.unit()};
    style.weighted = round % 5 == 4;
    auto const trees = static_cast<std::size_t>(random.between(1, 40));
    CAPTURE(style.features, style.classes, style.nodes, style.mixed, style.weighted, trees);
    float_rows x(style.features, 700);
    fill_features(x, random);
    check_against_naive(ensemble_of({random_trees(trees, style, random)}), x);
  }
}

TEST_CASE("random_forest: forests are averaged by their trees, in order", "[classify]") {
  random_source random;
  CAPTURE(random);
  for (int round = 0; round < 10; ++round) {
    tree_style style;
    std::vector<forest_description> forests;
    for (index_t i = random.between(2, 8); i > 0; --i) {
      style.weighted = random.between(0, 3) == 0;
      forests.push_back(
          random_trees(static_cast<std::size_t>(random.between(1, 17)), style, random));
    }
    float_rows x(style.features, 513);
    fill_features(x, random);
    check_against_naive(ensemble_of(std::move(forests)), x);
  }
}

TEST_CASE("random_forest: more than 255 trees overflow no counter", "[classify]") {
  random_source random;
  CAPTURE(random);
  for (double mixed : {0.0, 0.05}) {
    tree_style const style{3, 2, 9, mixed, false};
    float_rows x(style.features, 300);
    fill_features(x, random);
    check_against_naive(ensemble_of({random_trees(1030, style, random)}), x);
  }
}

TEST_CASE("random_forest: any number of voxels, and nothing behind them is touched", "[classify]") {
  random_source random;
  CAPTURE(random);
  tree_style const style;
  auto const e = ensemble_of({random_trees(9, style, random)});
  random_forest const forest(e);
  for (index_t voxels = 0; voxels <= 600; voxels += voxels < 20 ? 1 : random.between(1, 13)) {
    CAPTURE(voxels);
    float_rows x(style.features, voxels, std::numeric_limits<float>::quiet_NaN());
    fill_features(x, random);
    float_rows const p = predicted(forest, x);
    CHECK(test::same_rows(p, test::naive_ensemble(e, x)));
    CHECK(test::gaps_hold(p, -7.0f));
  }
}

TEST_CASE("random_forest: a voxel with a NaN among its features has no class", "[classify]") {
  random_source random;
  CAPTURE(random);
  tree_style const style;
  auto const e = ensemble_of({random_trees(8, style, random), random_trees(3, style, random)});
  float_rows x(style.features, 900);
  fill_features(x, random);
  for (index_t voxel = 300; voxel < 900; voxel += random.between(1, 9))
    x.view()(random.between(0, 4), voxel) = std::numeric_limits<float>::quiet_NaN();
  for (index_t f = 0; f < 5; ++f) x.view()(f, 7) = -std::numeric_limits<float>::quiet_NaN();
  check_against_naive(e, x);
  float_rows const p = predicted(random_forest(e), x);
  for (std::size_t c = 0; c < 3; ++c) CHECK(p.at(c, 7) == 0);
}

TEST_CASE("random_forest: infinite, huge, tiny and equal features are compared exactly",
          "[classify]") {
  random_source random;
  CAPTURE(random);
  constexpr double largest = std::numeric_limits<float>::max();
  std::vector<double> const thresholds{0,         1e-46,    -1e-46,       1e-45,    1e39, -1e39,
                                       1e300,     -1e300,   largest,      -largest, 1e38, 3.0e-39,
                                       1 + 1e-16, 16777217, 1.0000000001, 0.1};
  tree_style style;
  style.mixed = 0.02;
  for (int round = 0; round < 20; ++round) {
    auto e = ensemble_of({random_trees(13, style, random)});
    for (auto& tree : e.forests[0].trees)
      for (auto& node : tree.nodes)
        node.threshold = thresholds[static_cast<std::size_t>(random.between(0, 15))];
    float_rows x(style.features, 512);
    for (index_t f = 0; f < x.shape[0]; ++f)
      for (index_t voxel = 0; voxel < 512; ++voxel) {
        float value = random.any_float();
        if (std::isnan(value)) value = std::copysign(INFINITY, value);
        auto const near =
            static_cast<float>(thresholds[static_cast<std::size_t>(random.between(0, 15))]);
        x.view()(f, voxel) = f == 0 ? near : random.between(0, 2) == 0 ? near : value;
      }
    for (index_t voxel = 256; voxel < 512; ++voxel) x.view()(1, voxel) = 16777217.0f;
    check_against_naive(e, x);
  }
}

TEST_CASE("random_forest: a forest that knows a subset of the classes leaves the others at 0",
          "[classify]") {
  random_source random;
  CAPTURE(random);
  tree_style const style;
  auto e = ensemble_of({random_trees(10, style, random), random_trees(10, style, random)});
  e.class_count = 6;
  e.classes = {4, 0, 2};
  float_rows x(style.features, 400);
  fill_features(x, random);
  check_against_naive(e, x);
  float_rows const p = predicted(random_forest(e), x);
  for (index_t voxel = 0; voxel < 400; ++voxel)
    for (std::size_t c : {1u, 3u, 5u}) REQUIRE(p.at(c, voxel) == 0);
}

TEST_CASE("random_forest: many classes and features", "[classify]") {
  random_source random;
  CAPTURE(random);
  tree_style const style{900, 60, 300, 0.1, false};
  float_rows x(style.features, 270);
  fill_features(x, random);
  check_against_naive(ensemble_of({random_trees(7, style, random)}), x);
}

TEST_CASE("random_forest: keeps the laws of row classifiers", "[classify]") {
  random_source random;
  CAPTURE(random);
  tree_style style;
  style.nodes = 300;
  random_forest const forest(
      ensemble_of({random_trees(20, style, random), random_trees(30, style, random)}));
  test::check_row_classifier_laws(forest, [&](float_rows& x) { fill_features(x, random); });
  CHECK(forest.feature_count() == 5);
  CHECK(forest.class_count() == 3);
  CHECK(forest.memory_bytes() > 50 * 8);
}

namespace {

/// One tree: feature 0 < 1 ? class 0 : class 1.
ensemble_description stump() {
  forest_description forest{2, 2, false, {}};
  forest.trees.push_back({{{1.0, 0, 1, 2}, {0, -1, 0, 0}, {0, -1, 1, 0}}, {1, 0, 0, 1}, {5, 6}});
  return ensemble_of({forest});
}

/// What the constructor says about the stump after `damage` was done to it.
template <class Damage>
std::string message_of(Damage damage) {
  ensemble_description e = stump();
  damage(e);
  try {
    random_forest forest(e);
  } catch (format_error const& error) {
    return error.what();
  }
  return "nothing thrown";
}

}  // namespace

TEST_CASE("random_forest: a stump, by hand", "[classify]") {
  float_rows x(2, 3);
  x.view()(0, 0) = std::nextafter(1.0f, 0.0f);
  x.view()(0, 1) = 1.0f;
  x.view()(0, 2) = -5.0f;
  x.view()(1, 2) = std::numeric_limits<float>::quiet_NaN();
  float_rows const p = predicted(random_forest(stump()), x);
  CHECK(p.at(0, 0) == 1);
  CHECK(p.at(1, 0) == 0);
  CHECK(p.at(0, 1) == 0);
  CHECK(p.at(1, 1) == 1);
  CHECK(p.at(0, 2) + p.at(1, 2) == 0);
}

TEST_CASE("random_forest: a damaged tree is refused by forest, tree and node", "[classify]") {
  auto const node = [](std::size_t i, auto change) {
    return message_of([&](ensemble_description& e) { change(e.forests[0].trees[0].nodes[i]); });
  };
  auto const tree = [](auto change) {
    return message_of([&](ensemble_description& e) { change(e.forests[0].trees[0]); });
  };
  std::string const at = "random forest: forest 0, tree 0";
  double const nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(message_of([](auto&) {}) == "nothing thrown");
  CHECK(node(0, [](tree_node& n) { n.feature = 2; }) ==
        at + ", node 0: feature column 2 of 2 features");
  CHECK(node(0, [&](tree_node& n) { n.threshold = nan; }) ==
        at + ", node 0: threshold nan is not a finite number");
  CHECK(node(0, [](tree_node& n) { n.left = 0; }) ==
        at + ", node 0: child 0 does not come after its parent");
  CHECK(node(0, [](tree_node& n) { n.right = 3; }) == at + ", node 0: child 3 of 3 nodes");
  CHECK(node(0, [](tree_node& n) { n.right = -1; }) == at + ", node 0: child -1 of 3 nodes");
  CHECK(node(0, [](tree_node& n) { n.right = 1; }) ==
        at + ", node 0: child 1 has another parent already");
  CHECK(node(2, [](tree_node& n) { n.left = 2; }) == at + ", node 2: leaf 2 of 2 leaves");
  CHECK(node(2, [](tree_node& n) { n.left = -1; }) == at + ", node 2: leaf -1 of 2 leaves");
  CHECK(tree([](decision_tree& t) { t.nodes.clear(); }) == at + ": has no nodes");
  CHECK(tree([&](decision_tree& t) { t.leaf_probabilities[3] = nan; }) ==
        at + ", node 2: probability nan of class 1 is not a number from 0 to 1");
  CHECK(tree([](decision_tree& t) { t.leaf_probabilities[0] = -1; }) ==
        at + ", node 1: probability -1.000000 of class 0 is not a number from 0 to 1");
  CHECK(tree([](decision_tree& t) { t.leaf_probabilities[0] = 0.5; }) ==
        at + ", node 1: the leaf's probabilities add up to 0.500000, not to 1");
  CHECK(tree([](decision_tree& t) { t.leaf_probabilities.pop_back(); }) ==
        at + ": 3 leaf probabilities are not whole rows of 2 classes");
}

TEST_CASE("random_forest: forests that do not fit each other are refused", "[classify]") {
  CHECK(message_of([](ensemble_description& e) { e.class_count = 0; }) ==
        "random forest: has no classes");
  CHECK(message_of([](ensemble_description& e) { e.forests.clear(); }) ==
        "random forest: has no forests");
  CHECK(message_of([](ensemble_description& e) { e.forests[0].trees.clear(); }) ==
        "random forest: forest 0: has no trees");
  CHECK(message_of([](ensemble_description& e) {
          e.classes = {0, 2};
        }) == "random forest: class 1 of the forests is class 2, but the result has 2 classes");
  CHECK(message_of([](ensemble_description& e) {
          e.classes = {1, 1};
        }) == "random forest: class 1 of the forests is class 1, as is another of its classes");
  CHECK(message_of([](ensemble_description& e) { e.classes = {0}; }) ==
        "random forest: forest 0: 2 classes, but 1 are named");
  CHECK(message_of([](ensemble_description& e) {
          e.forests.push_back(e.forests[0]);
          e.forests[1].feature_count = 3;
        }) == "random forest: forest 1: 3 features, but forest 0 has 2; all need the same, at "
              "least 1");
  CHECK(message_of([](ensemble_description& e) {
          e.forests[0].weighted = true;
          e.forests[0].trees[0].leaf_weights = {1};
        }) == "random forest: forest 0, tree 0: 1 leaf weights, but 2 leaves");
  CHECK(message_of([](ensemble_description& e) {
          e.forests[0].weighted = true;
          e.forests[0].trees[0].leaf_weights = {1, 0};
        }) == "random forest: forest 0, tree 0, node 2: leaf weight 0.000000 is not a positive "
              "number");
}

TEST_CASE("random_forest: views of the wrong extents are refused", "[classify]") {
  random_forest const forest(stump());
  float_rows x(3, 4);
  float_rows p(2, 4);
  CHECK_THROWS_WITH(forest.predict(x.view(), p.view()),
                    "random forest: features are [3,4], probabilities [2,4] (rows,voxels), but "
                    "needed are 2 features and 2 classes of as many voxels");
  float_rows two(2, 4);
  float_rows few(2, 3);
  CHECK_THROWS_AS(forest.predict(two.view(), few.view()), shape_error);
  CHECK_THROWS_AS(forest.predict(two.view(), x.view()), shape_error);
}
