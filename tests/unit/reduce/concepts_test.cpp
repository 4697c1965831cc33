// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/reduce/concepts.hpp"

#include "support/catch.hpp"
#include "support/reducer_laws.hpp"

using namespace voxstitch;

namespace {

using probabilities_view = strided_view<float const, 2>;
using raw_view = strided_view<float const, 2>;

/// The number of classes: the smallest reducer.
struct counter {
  using value_type = int;
  std::size_t output_count(std::size_t) const { return 1; }
  void operator()(probabilities_view const& p, raw_view const&,
                  strided_view<int, 2> const& out) const {
    fill(out, static_cast<int>(p.extent(1)));
  }
};

// One requirement less each.
struct no_value_type {
  std::size_t output_count(std::size_t) const { return 1; }
  void operator()(probabilities_view const&, raw_view const&, strided_view<int, 2> const&) const {}
};
struct no_count {
  using value_type = int;
  void operator()(probabilities_view const&, raw_view const&, strided_view<int, 2> const&) const {}
};
struct no_call {
  using value_type = int;
  std::size_t output_count(std::size_t) const { return 1; }
};
struct returns_a_value : counter {
  int operator()(probabilities_view const&, raw_view const&, strided_view<int, 2> const&) const {
    return 0;
  }
};
struct writes_another_type : counter {
  using value_type = float;
};
struct changes_itself {
  using value_type = int;
  std::size_t output_count(std::size_t) const { return 1; }
  void operator()(probabilities_view const&, raw_view const&, strided_view<int, 2> const&) {}
};

}  // namespace

static_assert(reduce::reducer<counter>);
static_assert(!reduce::reducer<counter, std::uint8_t>);  // it takes raw values of float only
static_assert(!reduce::reducer<no_value_type>);
static_assert(!reduce::reducer<no_count>);
static_assert(!reduce::reducer<no_call>);
static_assert(!reduce::reducer<returns_a_value>);
static_assert(!reduce::reducer<writes_another_type>);
static_assert(!reduce::reducer<changes_itself>);

TEST_CASE("a reducer of one's own keeps the laws of reducers", "[reduce]") {
  test::check_reducer_laws<float>(counter{});
}
