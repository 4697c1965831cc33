// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file Does a model of computed_before keep the concept's promises?

#include <vector>

#include <tbb/parallel_for.h>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "voxstitch/pipeline/run.hpp"
#include "voxstitch/view/dense_array.hpp"

namespace voxstitch::test {

/// Values [z, y, x, class] of a box at a time; `before` stands there until they are written.
template <pipeline::computed_before C>
[[nodiscard]] dense_array<float, 4> values_of(C const& c, index_t time, box<3> const& b,
                                              float before) {
  coord<3> const s = b.shape();
  dense_array<float, 4> p(coord<4>{{s[0], s[1], s[2], static_cast<index_t>(c.class_count())}});
  fill(p.view(), before);
  c.classify_at(time, {0, b, b, b}, p.view());
  return p;
}

/// All of p is written, and what is written depends neither on the box that was asked for nor on
/// who asks at the same time.
template <pipeline::computed_before C>
void check_computed_before_laws(C const& c, index_t time, box<3> const& domain) {
  random_source random;
  CAPTURE(random, domain);
  auto const whole = values_of(c, time, domain, -1);
  auto const again = values_of(c, time, domain, 7);
  bool written = true;
  for_each_voxel(box<4>::at_origin(whole.shape()), [&](coord<4> const& at) {
    written = written && whole.view()[at] == again.view()[at];
  });
  CHECK(written);
  std::vector<box<3>> parts;
  for (int i = 0; i < 20; ++i) parts.push_back(random.box_within(domain));
  std::vector<char> equal(parts.size());
  tbb::parallel_for(std::size_t{0}, parts.size(), [&](std::size_t i) {
    auto const part = values_of(c, time, parts[i], -1);
    auto const [z, y, x] = relative_to(parts[i], domain).inclusive_min.values;
    coord<4> const offset{{z, y, x, 0}};
    bool same = true;
    for_each_voxel(box<4>::at_origin(part.shape()), [&](coord<4> const& at) {
      same = same && part.view()[at] == whole.view()[at + offset];
    });
    equal[i] = same;
  });
  CHECK(std::all_of(equal.begin(), equal.end(), [](char same) { return same; }));
}

}  // namespace voxstitch::test
