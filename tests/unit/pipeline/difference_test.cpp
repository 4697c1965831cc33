// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/difference.hpp"

#include <cmath>

#include "support/catch.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

dense_array<float, 4> values() {
  dense_array<float, 4> v(coord<4>{{2, 3, 4, 5}});
  for_each_voxel(box<4>::at_origin(v.shape()), [&](coord<4> const& at) {
    v.view()[at] = static_cast<float>(at[0] + 10 * at[1] + at[2] - at[3]) / 64;
  });
  return v;
}

box<3> const frame{{{7, 8, 9}}, {{10, 12, 14}}};

difference_report compared(dense_array<float, 4>& a, dense_array<float, 4>& b,
                           difference_measure const& measure = {}) {
  return compare(any_view<4>(a.view()), any_view<4>(b.view()), 2, frame, measure);
}

}  // namespace

TEST_CASE("difference: of equal volumes none", "[pipeline]") {
  auto a = values(), b = values();
  auto const r = compared(a, b);
  CHECK(r.voxels == 60);
  CHECK(r.differing == 0);
  CHECK(r.share() == 0);
  CHECK_FALSE(r.first);
  CHECK_FALSE(r.largest);
}

TEST_CASE("difference: the first and the largest, with place, class and values", "[pipeline]") {
  auto a = values(), b = values();
  float const was = a.view()(1, 0, 2, 3);
  b.view()(1, 0, 2, 3) += 0.25F;
  b.view()(0, 0, 2, 3) -= 0.125F;  // the same voxel
  b.view()(0, 2, 1, 4) -= 0.5F;
  b.view()(1, 2, 3, 4) -= 0.5F;  // as large, but later
  auto const r = compared(a, b);
  CHECK(r.differing == 3);
  CHECK(r.share() == 3.0 / 60);
  REQUIRE((r.first && r.largest));
  CHECK(r.first->time == 2);
  CHECK(r.first->at == coord<3>{{7, 10, 12}});
  CHECK(r.first->channel == 0);
  CHECK(r.first->size == 0.125);
  CHECK(r.largest->at == coord<3>{{9, 9, 13}});
  CHECK(r.largest->size == 0.5);
  auto const tolerant = compared(a, b, {1, 0.125});
  CHECK(tolerant.differing == 3);
  CHECK(tolerant.first->channel == 1);
  CHECK(tolerant.first->expected == double(was));
  CHECK(tolerant.first->found == double(was) + 0.25);
  auto const more = compared(a, b, {1, 0.5});
  CHECK(more.differing == 0);
  CHECK_FALSE(more.first);
  CHECK(more.largest->size == 0.5);
  CHECK(compared(a, b, {0.5, 0.125}).differing == 2);  // in units of which two make one
}

TEST_CASE("difference: what is no number differs from everything", "[pipeline]") {
  for (float bad : {std::nanf(""), INFINITY, -INFINITY}) {
    auto a = values(), b = values();
    b.view()(1, 1, 1, 1) = bad;
    auto const r = compared(a, b, {1, 1e9});
    CHECK(r.differing == 1);
    CHECK(std::isinf(r.largest->size));
    CHECK(r.first->at == coord<3>{{8, 9, 10}});
  }
}

TEST_CASE("difference: integers of any type are compared exactly", "[pipeline]") {
  dense_array<std::uint8_t, 4> a(coord<4>{{1, 3, 4, 5}});
  dense_array<std::int64_t, 4> b(coord<4>{{1, 3, 4, 5}});
  fill(a.view(), 3);
  fill(b.view(), 3);
  b.view()(0, 2, 3, 4) = (index_t{1} << 32) + 3;
  auto const r = compare(any_view<4>(a.view()), any_view<4>(b.view()), 0, frame, {});
  CHECK(r.differing == 1);
  CHECK(r.first->found == double((index_t{1} << 32) + 3));
}
