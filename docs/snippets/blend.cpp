// SPDX-License-Identifier: BSL-1.0
/// @file Blends two blocks that disagree where they overlap.

#include <iostream>
#include <vector>

#include <voxstitch/voxstitch.hpp>

namespace vs = voxstitch;

/// A network that is not local: it says "cell" (class 1) everywhere in its second block and nowhere
/// in its first.
void classify_block(vs::block<3> const& b, vs::strided_view<float, 4> const& p) {
  vs::fill(p.slice(3, 0), b.index == 0 ? 1.0f : 0.0f);
  vs::fill(p.slice(3, 1), b.index == 0 ? 0.0f : 1.0f);
}

int main() {
  //! [blend]
  vs::stitch::linear const policy(vs::coord{0, 0, 4});  // the overlap along z, y, x in voxels
  auto const domain = vs::box<3>::at_origin(vs::coord{1, 1, 20});
  vs::blocking<3> const blocks(domain, vs::coord{1, 1, 10}, vs::coord{0, 0, 0}, policy.overlap());

  std::vector<vs::dense_array<float, 4>> results;  // [z, y, x, class] of b.result
  for (auto const& b : blocks) {
    auto const [z, y, x] = b.result.shape().values;
    results.emplace_back(vs::coord{z, y, x, 2});
    classify_block(b, results.back().view());
  }
  // A block's values on a piece of its result box; here from memory, else from a file.
  auto const fetch = [&](vs::block<3> const& b, vs::box<3> const& piece,
                         vs::strided_view<float, 4> const& to) {
    auto const [from, end] = relative_to(piece, b.result);
    auto const& result = results[std::size_t(b.index)];
    vs::copy(result.view().sub({{{from[0], from[1], from[2], 0}}, {{end[0], end[1], end[2], 2}}}),
             to);
  };
  vs::dense_array<float, 4> p(vs::coord{1, 1, 20, 2});
  vs::dense_array<float, 3> disagreement(domain.shape());
  vs::stitch::combine(policy, blocks, domain, fetch, p.view(), disagreement.view());
  //! [blend]

  bool rising = true;
  for (vs::index_t x = 0; x < 20; ++x) {
    std::cout << p.view()(0, 0, x, 1) << " ";
    rising = rising && (x == 0 || p.view()(0, 0, x, 1) >= p.view()(0, 0, x - 1, 1));
  }
  std::cout << "\n";
  bool const fades = p.view()(0, 0, 6, 1) > 0 && p.view()(0, 0, 13, 1) < 1;
  bool const seen_by_one = disagreement.view()(0, 0, 5) == 0;
  bool const seen_by_two = disagreement.view()(0, 0, 6) == 1;
  return rising && fades && seen_by_one && seen_by_two ? 0 : 1;
}
