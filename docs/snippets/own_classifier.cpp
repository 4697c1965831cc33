// SPDX-License-Identifier: BSL-1.0
/// @file A classifier of one's own, as a class: what it must offer, and how its laws are tried.

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include <voxstitch/voxstitch.hpp>

namespace vs = voxstitch;

//! [class]
/// Bright is what exceeds the mean of the voxels up to `reach` away in its own row.
struct brighter_than_neighbours {
  vs::index_t reach = 3;

  vs::coord<3> halo() const { return {{0, 0, reach}}; }  // z, y, x
  std::size_t class_count() const { return 2; }
  std::vector<std::string> class_names() const { return {"dark", "bright"}; }
  std::int64_t scratch_bytes(vs::block<3> const&) const { return 0; }

  /// input: [channel, z, y, x] on b.read; p: [z, y, x, class] on b.result
  void classify(vs::strided_view<float const, 4> const& input, vs::block<3> const& b,
                vs::box<3> const& domain, vs::strided_view<float, 4> const& p) const {
    vs::for_each_voxel(b.result, [&](vs::coord<3> const& v) {
      auto const row = input.slice(0, 0)
                           .slice(0, v[0] - b.read.inclusive_min[0])
                           .slice(0, v[1] - b.read.inclusive_min[1]);
      // A border rule of its own: outside the domain there are no neighbours.
      auto const from = std::max(v[2] - reach, domain.inclusive_min[2]);
      auto const to = std::min(v[2] + reach + 1, domain.exclusive_max[2]);
      double sum = 0;  // of integers: exact in any order
      for (auto x = from; x < to; ++x) sum += row(x - b.read.inclusive_min[2]);
      bool const bright = row(v[2] - b.read.inclusive_min[2]) * double(to - from) > sum;
      auto const at = v - b.result.inclusive_min;
      p(at[0], at[1], at[2], 0) = bright ? 0.0f : 1.0f;
      p(at[0], at[1], at[2], 1) = bright ? 1.0f : 0.0f;
    });
  }
};

static_assert(vs::classify::block_classifier<brighter_than_neighbours>);
//! [class]

//! [loop]
/// Probabilities of class "bright" for all voxels of an image, computed in blocks.
std::vector<float> in_blocks(vs::strided_view<float const, 3> const& image,
                             vs::coord<3> const& block_shape) {
  brighter_than_neighbours const classifier;
  auto const domain = vs::box<3>::at_origin(image.shape());
  std::vector<float> bright(static_cast<std::size_t>(domain.size()));
  vs::strided_view<float, 3> const out(bright.data(), image.shape());
  for (auto const& b : vs::blocking<3>(domain, block_shape, classifier.halo())) {
    auto const [z, y, x] = b.result.shape().values;
    vs::dense_array<float, 4> p(vs::coord{z, y, x, 2});
    classifier.classify(image.sub(b.read).expanded(0), b, domain, p.view());
    vs::copy(p.view().slice(3, 1), out.sub(b.result));
  }
  return bright;
}
//! [loop]

int main() {
  vs::coord const shape{6, 20, 50};
  vs::dense_array<std::uint16_t, 3> raw(shape);
  vs::dense_array<float, 3> image(shape);
  vs::synthetic::phantom(shape).raw(vs::box<3>::at_origin(shape), raw.view());
  vs::copy(raw.view(), image.view());

  auto const whole = in_blocks(image.view(), shape);
  for (vs::coord<3> const& block : {vs::coord{1, 7, 9}, vs::coord{2, 3, 2}})
    if (in_blocks(image.view(), block) != whole) {
      std::cerr << "SEAMS with blocks of " << to_string(block) << "\n";
      return 1;
    }
  std::cout << std::count(whole.begin(), whole.end(), 1.0f) << " bright voxels, no seams\n";
  return 0;
}
