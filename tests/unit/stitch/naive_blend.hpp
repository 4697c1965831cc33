// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What should become of overlapping results, by the definitions and voxel by voxel?

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/block_values.hpp"

namespace voxstitch::test {

/// What one block says about a voxel, and how many overlaps the voxel is away from the nearer face
/// of its result box, per axis and at most 1.
struct opinion {
  std::vector<float> p;
  std::array<double, 3> ratios;
};

/// The ratio of an axis, over the list of its faces that count.
[[nodiscard]] inline double naive_ratio(index_t v, index_t begin, index_t end, index_t domain_begin,
                                        index_t domain_end, index_t overlap) {
  if (overlap == 0) return 1;
  double ratio = 1;
  if (begin > domain_begin) ratio = std::min(ratio, (double(v - begin) + 0.5) / double(overlap));
  if (end < domain_end) ratio = std::min(ratio, (double(end - 1 - v) + 0.5) / double(overlap));
  return ratio;
}

/// The opinions of all blocks that computed the voxel, in index order.
[[nodiscard]] inline std::vector<opinion> opinions(blocking<3> const& blocks,
                                                   block_values const& values, coord<3> const& v) {
  std::vector<opinion> all;
  box<3> const d = blocks.domain();
  for (auto const& b : blocks) {
    if (!contains(b.result, v)) continue;
    opinion o{values.at(b.index, v), {}};
    for (std::size_t a = 0; a < 3; ++a)
      o.ratios[a] = naive_ratio(v[a], b.result.inclusive_min[a], b.result.exclusive_max[a],
                                d.inclusive_min[a], d.exclusive_max[a], blocks.overlap()[a]);
    all.push_back(o);
  }
  return all;
}

/// sum w p / sum w, w the product of `factor` over the axes; no compiler fuses the products.
template <class Factor>
[[nodiscard]] std::vector<float> naive_mean(std::vector<opinion> const& all, Factor factor) {
  std::vector<float> mean;
  for (std::size_t c = 0; c < all[0].p.size(); ++c) {
    double sum = 0;
    double weights = 0;
    for (opinion const& o : all) {
      double const weight = factor(o.ratios[0]) * factor(o.ratios[1]) * factor(o.ratios[2]);
      double volatile const product = weight * double(o.p[c]);
      sum += product;
      weights += weight;
    }
    mean.push_back(float(sum / weights));
  }
  return mean;
}

/// max over classes of (max - min).
[[nodiscard]] inline float naive_disagreement(std::vector<opinion> const& all) {
  float widest = 0;
  for (opinion const& a : all)
    for (opinion const& b : all)
      for (std::size_t c = 0; c < a.p.size(); ++c) widest = std::max(widest, a.p[c] - b.p[c]);
  return widest;
}

/// The whole volume; `blend` makes a voxel's values of its opinions.
template <class Blend>
[[nodiscard]] blended_volume naive(blocking<3> const& blocks, block_values const& values,
                                   Blend blend) {
  blended_volume whole(blocks.domain(), 0);
  whole.disagreement.clear();
  for_each_voxel(blocks.domain(), [&](coord<3> const& v) {
    std::vector<opinion> const all = opinions(blocks, values, v);
    std::vector<float> const p = blend(all);
    whole.p.insert(whole.p.end(), p.begin(), p.end());
    whole.disagreement.push_back(naive_disagreement(all));
  });
  return whole;
}

/// Checks `check(combined, expected)` for random grids, overlaps (none, wider than a block, of one
/// axis only), numbers of classes and parts.
template <class Policy, class Blend, class Check>
void compare_with_naive(Blend blend, Check check) {
  random_source random;
  CAPTURE(random);
  for (int i = 0; i < 100; ++i) {
    coord<3> overlap;
    for (index_t& o : overlap.values) o = random.flip() ? random.between(0, 7) : 0;
    blocking<3> const blocks(random_domain(random, 10), random.shape<3>(7), random.shape<3>(2),
                             overlap);
    block_values const values(blocks.domain(), random.between(1, 5), random.bits());
    coord<3> const part = random.shape<3>(12);
    CAPTURE(blocks.domain(), blocks.block_shape(), overlap, part, values.classes());
    check(blended(Policy(overlap), blocks, values, part), naive(blocks, values, blend));
  }
}

template <class Policy, class Blend>
void check_equals_naive(Blend blend) {
  compare_with_naive<Policy>(blend, [](blended_volume const& combined, auto const& expected) {
    CHECK(combined.disagreement == expected.disagreement);
    CHECK(combined.p == expected.p);
  });
}

}  // namespace voxstitch::test
