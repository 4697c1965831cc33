// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What do blocks that disagree say, and what becomes of it?

#include <vector>

#include "support/random.hpp"
#include "voxstitch/stitch/combine.hpp"
#include "voxstitch/view/rows.hpp"

namespace voxstitch::test {

/// A domain that begins anywhere.
[[nodiscard]] inline box<3> random_domain(random_source& random, index_t largest) {
  coord<3> origin;
  for (index_t& i : origin.values) i = random.between(-50, 50);
  return shifted(box<3>::at_origin(random.shape<3>(largest)), origin);
}

/// Probabilities that every block has of its own for every voxel: some know no class (all 0), some
/// are certain, some have two best classes.
class block_values {
 public:
  block_values(box<3> const& domain, index_t classes, std::uint64_t seed)
      : domain_(domain), classes_(classes), seed_(seed) {}

  [[nodiscard]] index_t classes() const { return classes_; }

  /// [class]
  [[nodiscard]] std::vector<float> at(index_t block_index, coord<3> const& voxel) const {
    coord<3> const from_begin = voxel - domain_.inclusive_min;
    auto key = static_cast<std::uint64_t>(block_index);
    for (index_t i : from_begin) key = key * 1000003 + static_cast<std::uint64_t>(i);
    random_source random(seed_ ^ (key * 0x9e3779b97f4a7c15));
    index_t const kind = random.between(0, 9);
    std::vector<float> p(static_cast<std::size_t>(classes_));
    if (kind == 0) return p;
    float sum = 0;
    for (float& value : p) {
      value = kind < 4 ? static_cast<float>(random.between(0, 2)) : random.unit();
      sum += value;
    }
    for (float& value : p) value = sum > 0 ? value / sum : 0;
    return p;
  }

  /// What combine() fetches.
  void operator()(block<3> const& b, box<3> const& piece, strided_view<float, 4> const& to) const {
    for_each_voxel(piece, [&](coord<3> const& v) {
      std::vector<float> const p = at(b.index, v);
      coord<3> const i = v - piece.inclusive_min;
      for (index_t c = 0; c < classes_; ++c)
        to(i[0], i[1], i[2], c) = p[static_cast<std::size_t>(c)];
    });
  }

 private:
  box<3> domain_;
  index_t classes_;
  std::uint64_t seed_;
};

/// The whole domain: p [z, y, x, class] and disagreement [z, y, x].
struct blended_volume {
  std::vector<float> p;
  std::vector<float> disagreement;

  blended_volume(box<3> const& domain, index_t classes)
      : p(static_cast<std::size_t>(domain.size() * classes), -1.0f),
        disagreement(static_cast<std::size_t>(domain.size()), -1.0f) {}
  friend bool operator==(blended_volume const&, blended_volume const&) = default;
};

/// The domain, combined in parts of one shape.
template <class Policy, class Fetch>
[[nodiscard]] blended_volume blended(Policy const& policy, blocking<3> const& blocks,
                                     index_t classes, Fetch const& fetch, coord<3> const& part) {
  box<3> const domain = blocks.domain();
  coord<3> const shape = domain.shape();
  blended_volume whole(domain, classes);
  strided_view<float, 4> const p(whole.p.data(), {{shape[0], shape[1], shape[2], classes}});
  strided_view<float, 3> const disagreement(whole.disagreement.data(), shape);
  for (auto const& b : blocking<3>(domain, part)) {
    box<3> const here = relative_to(b.core, domain);
    auto const& lo = here.inclusive_min;
    auto const& hi = here.exclusive_max;
    box<4> const with_classes{{{lo[0], lo[1], lo[2], 0}}, {{hi[0], hi[1], hi[2], classes}}};
    stitch::combine(policy, blocks, b.core, fetch, p.sub(with_classes), disagreement.sub(here));
  }
  return whole;
}

template <class Policy>
[[nodiscard]] blended_volume blended(Policy const& policy, blocking<3> const& blocks,
                                     block_values const& values, coord<3> const& part) {
  return blended(policy, blocks, values.classes(), values, part);
}

}  // namespace voxstitch::test
