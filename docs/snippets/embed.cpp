// SPDX-License-Identifier: BSL-1.0
/// @file Classifies a MultiArray in blocks, with a lambda for a classifier; the blocks leave no
/// seam.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <span>

#include <boost/multi_array.hpp>

//! [include]
#include <voxstitch/voxstitch.hpp>

namespace vs = voxstitch;
//! [include]

//! [lambda]
// A voxel is an edge where the image changes by more than 40 grey values along x or y.
auto const edges = vs::classify::make_classifier(
    {"background", "edge"}, {{0, 1, 1}},  // names; reach along z, y, x in voxels
    [](vs::classify::neighbourhood const& at, std::span<float> p) {
      float const dy = std::abs(at(0, 1, 0) - at(0, -1, 0));
      float const dx = std::abs(at(0, 0, 1) - at(0, 0, -1));
      p[dy > 40 || dx > 40 ? 1 : 0] = 1;
    });
//! [lambda]

//! [reduce]
void write_labels(vs::strided_view<float, 4> const& p,
                  vs::strided_view<std::uint8_t, 3> const& labels) {
  vs::strided_view<float const, 2> const no_raw;  // labels do not need the image
  for (vs::index_t z = 0; z < labels.extent(0); ++z)
    for (vs::index_t y = 0; y < labels.extent(1); ++y)
      vs::reduce::argmax<>{}(p.slice(0, z).slice(0, y), no_raw,
                             labels.slice(0, z).slice(0, y).expanded(1));
}
//! [reduce]

//! [blocks]
void label(boost::multi_array<std::uint16_t, 3> const& volume,
           vs::classify::block_classifier auto const& classifier, vs::coord<3> const& block_shape,
           boost::multi_array<std::uint8_t, 3>& labels) {
  auto const image = vs::view_of(volume);
  auto const domain = vs::box<3>::at_origin(image.shape());
  for (auto const& b : vs::blocking<3>(domain, block_shape, classifier.halo())) {
    vs::dense_array<float, 3> input(b.read.shape());
    auto const [z, y, x] = b.result.shape().values;
    vs::dense_array<float, 4> p(vs::coord{z, y, x, vs::index_t(classifier.class_count())});
    vs::copy(image.sub(b.read), input.view());
    classifier.classify(input.view().expanded(0), b, domain, p.view());
    write_labels(p.view(), vs::view_of(labels).sub(b.result));
  }
}
//! [blocks]

int main() {
  //! [equal]
  vs::coord const shape{20, 60, 70};  // z, y, x
  boost::multi_array<std::uint16_t, 3> volume(shape.values);
  vs::synthetic::phantom(shape).raw(vs::box<3>::at_origin(shape), vs::view_of(volume));

  boost::multi_array<std::uint8_t, 3> in_blocks(shape.values);
  boost::multi_array<std::uint8_t, 3> at_once(shape.values);
  label(volume, edges, vs::coord{8, 16, 16}, in_blocks);
  label(volume, edges, shape, at_once);
  bool const seamless = in_blocks == at_once;
  //! [equal]

  auto const edge_voxels = std::count(at_once.data(), at_once.data() + at_once.num_elements(), 2);
  std::cout << edge_voxels << " edge voxels, " << (seamless ? "no seams" : "SEAMS") << "\n";
  return seamless && edge_voxels > 0 ? 0 : 1;
}
