// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/stitch/concepts.hpp"

#include "support/catch.hpp"
#include "support/stitching_policy_laws.hpp"
#include "voxstitch/core/arithmetic.hpp"
#include "voxstitch/stitch/keep_core.hpp"

using namespace voxstitch;

namespace {

using probabilities = strided_view<float const, 2>;
using row_weights = std::span<double const>;

/// A policy of one's own: blocks weigh by the square of the distance.
struct quadratic {
  coord<3> overlap_{{1, 2, 3}};

  coord<3> overlap() const { return overlap_; }
  box<3> contributes(block<3> const& b) const { return b.result; }
  double factor(double ratio) const { return ratio * ratio; }
  void add(probabilities const& p, row_weights weights, stitch::running_row const& row) const {
    for (std::size_t x = 0; x < weights.size(); ++x) {
      for (index_t c = 0; c < p.extent(1); ++c)
        row.values(x, c) += rounded<simd::baseline>(weights[x], double(p(x, c)));
      row.totals[x] += weights[x];
    }
  }
  friend bool operator==(quadratic const&, quadratic const&) = default;
};

}  // namespace

/// One requirement less each.
namespace almost {

struct no_factor : quadratic {
  double factor(double) const = delete;
  friend bool operator==(no_factor const&, no_factor const&) = default;
};
struct factor_in_float : quadratic {
  float factor(double) const { return 1; }
  friend bool operator==(factor_in_float const&, factor_in_float const&) = default;
};
struct no_add : quadratic {
  void add(probabilities const&, row_weights, stitch::running_row const&) const = delete;
  friend bool operator==(no_add const&, no_add const&) = default;
};
struct add_to_a_variable_policy : quadratic {
  void add(probabilities const&, row_weights, stitch::running_row const&) {}
  friend bool operator==(add_to_a_variable_policy const&,
                         add_to_a_variable_policy const&) = default;
};
struct writes_probabilities : quadratic {
  void add(strided_view<float, 2> const&, row_weights, stitch::running_row const&) const {}
  friend bool operator==(writes_probabilities const&, writes_probabilities const&) = default;
};
struct no_contribution : quadratic {
  box<3> contributes(block<3> const&) const = delete;
  friend bool operator==(no_contribution const&, no_contribution const&) = default;
};

}  // namespace almost

static_assert(stitch::blending_policy<quadratic>);
static_assert(!stitch::blending_policy<stitch::keep_core>);
static_assert(!stitch::blending_policy<almost::no_factor>);
static_assert(!stitch::blending_policy<almost::factor_in_float>);
static_assert(!stitch::blending_policy<almost::no_add>);
static_assert(!stitch::blending_policy<almost::add_to_a_variable_policy>);
static_assert(!stitch::blending_policy<almost::writes_probabilities>);
static_assert(!stitch::blending_policy<almost::no_contribution>);

TEST_CASE("a policy of one's own keeps the laws of blending policies", "[stitch]") {
  test::check_blending_policy_laws(quadratic{});
}
