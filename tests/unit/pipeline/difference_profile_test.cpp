// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/pipeline/difference_profile.hpp"

#include <cmath>

#include "support/random.hpp"
#include "voxstitch/io/view_source.hpp"

using namespace voxstitch;
using namespace voxstitch::pipeline;

namespace {

plan plan_of(coord<3> const& block, coord<5> const& shape) {
  plan p;
  p.block_shape = block;
  auto const all = box<3>::at_origin({{shape[2], shape[3], shape[4]}});
  p.blocks = block_grid{all, all, {}, {}}.blocks(block).size() * shape[0];
  return p;
}

template <class T>
dense_array<T, 5> noise(coord<5> const& shape, int values) {
  test::random_source random(5);
  dense_array<T, 5> array(shape);
  for_each_voxel(box<5>::at_origin(shape), [&](coord<5> const& at) {
    array.view()[at] = static_cast<T>(random.between(0, values - 1)) / T{1};
  });
  return array;
}

/// Straight from the definition.
template <class T, class Difference>
difference_profile naive(strided_view<T, 5> const& v, Difference const& difference) {
  difference_profile profile;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    index_t const end = v.extent(axis + 2);
    profile.sizes[axis].assign(static_cast<std::size_t>(end), 0);
    profile.steps[axis].assign(static_cast<std::size_t>(end), 0);
    auto const at_plane = [&](coord<5> at, index_t plane) {
      at[axis + 2] = plane;
      return double(v[at]);
    };
    for_each_voxel(box<5>::at_origin(v.shape()), [&](coord<5> const& at) {
      index_t const p = at[axis + 2];
      auto const to_last = [&](index_t q) {
        return difference(at_plane(at, q), at_plane(at, q - 1));
      };
      double const pairs = double(v.size() / end);
      auto const i = static_cast<std::size_t>(p);
      if (p >= 1) profile.sizes[axis][i] += to_last(p) / pairs;
      if (p >= 2 && p + 1 < end)
        profile.steps[axis][i] +=
            std::max(0.0, to_last(p) - std::max(to_last(p - 1), to_last(p + 1))) / pairs;
    });
  }
  return profile;
}

void check_close(difference_profile const& a, difference_profile const& b) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    REQUIRE(a.sizes[axis].size() == b.sizes[axis].size());
    for (std::size_t i = 0; i < a.sizes[axis].size(); ++i) {
      CHECK(a.sizes[axis][i] == Approx(b.sizes[axis][i]).margin(1e-12));
      CHECK(a.steps[axis][i] == Approx(b.steps[axis][i]).margin(1e-12));
    }
  }
}

}  // namespace

TEST_CASE("difference profile: as defined, whatever the tiles and threads", "[pipeline]") {
  for (coord<5> const& shape : {coord<5>{{1, 1, 9, 14, 23}},
                                {{2, 3, 6, 7, 10}},
                                {{1, 2, 1, 20, 3}},
                                {{1, 1, 2, 2, 2}},
                                {{1, 1, 1, 1, 1}}}) {
    auto floats = noise<float>(shape, 100);
    auto labels = noise<std::uint16_t>(shape, 4);
    auto const sizes = naive(floats.view(), [](double a, double b) { return std::fabs(a - b); });
    auto const changes =
        naive(labels.view(), [](double a, double b) { return a == b ? 0.0 : 1.0; });
    io::view_source const p(any_view<5>(floats.view()), "tczyx");
    io::view_source const l(any_view<5>(labels.view()), "tczyx");
    for (coord<3> const& tile : {coord<3>{{100, 100, 100}}, {{1, 1, 1}}, {{2, 3, 4}}, {{5, 1, 9}}})
      for (int threads : {1, 3}) {
        CAPTURE(to_string(shape), to_string(tile), threads);
        auto const plan = plan_of(tile, shape);
        progress done;
        check_close(profile_walk(p, result_kind::probabilities, plan)({threads, &done, {}}), sizes);
        CHECK(done.done() == product(shape) / shape[1]);
        check_close(profile_walk(l, result_kind::labels, plan)({threads, nullptr, {}}), changes);
      }
  }
}

TEST_CASE("difference profile: what is no number is counted and is no difference", "[pipeline]") {
  coord<5> const shape{{1, 1, 5, 6, 7}};
  dense_array<float, 5> values(shape);
  fill(values.view(), 0.5F);
  values.view()(0, 0, 2, 3, 4) = std::nanf("");
  values.view()(0, 0, 4, 5, 6) = INFINITY;
  io::view_source const source(any_view<5>(values.view()), "zyx");
  profile_walk const walk(source, result_kind::probabilities, plan_of({{2, 2, 2}}, shape));
  auto const profile = walk({1, nullptr, {}});
  CHECK(profile.not_finite == 2);
  for (auto const& axis : profile.sizes)
    for (double size : axis) CHECK(size == 0);
}

TEST_CASE("difference profile: a requested stop ends it as cancelled", "[pipeline]") {
  coord<5> const shape{{1, 1, 5, 6, 7}};
  auto values = noise<float>(shape, 3);
  io::view_source const source(any_view<5>(values.view()), "zyx");
  profile_walk const walk(source, result_kind::probabilities, plan_of({{2, 2, 2}}, shape));
  std::stop_source stop;
  stop.request_stop();
  CHECK_THROWS_AS(walk({1, nullptr, stop.get_token()}), cancelled);
}

TEST_CASE("difference profile: a plan for reading keeps to the memory", "[pipeline]") {
  coord<5> const shape{{1, 3, 200, 200, 200}};
  dense_array<float, 5> values(coord<5>{{1, 1, 1, 1, 1}});
  any_view<5> const view(values.data(), element_type::float32, shape, coord<5>{});
  io::view_source const source(view, "zyxc");
  auto request = profile_walk<io::view_source>::request_for(source);
  request.budget_bytes = std::int64_t{64} << 20;
  auto const p = make_plan(request);
  CHECK(p.peak_bytes <= request.budget_bytes);
  request.budget_bytes = 1000;
  CHECK_THROWS_AS(make_plan(request), budget_error);
}
