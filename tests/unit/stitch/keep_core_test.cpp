// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/stitch/keep_core.hpp"

#include <vector>

#include "support/catch.hpp"
#include "support/stitching_policy_laws.hpp"

using namespace voxstitch;

namespace {

/// Three neighbours' sum along x, the border mirrored: a classifier that reaches one voxel.
int sum_of_three(std::vector<int> const& line, index_t x) {
  auto const last = static_cast<index_t>(line.size()) - 1;
  auto const at = [&](index_t i) { return line[static_cast<std::size_t>(i)]; };
  return at(x == 0 ? std::min<index_t>(1, last) : x - 1) + at(x) +
         at(x == last ? std::max<index_t>(0, last - 1) : x + 1);
}

}  // namespace

/// One requirement less each.
namespace almost {

struct no_overlap : stitch::keep_core {
  coord<3> overlap() const = delete;
  friend bool operator==(no_overlap, no_overlap) = default;
};
struct no_contribution {
  coord<3> overlap() const { return {}; }
  friend bool operator==(no_contribution, no_contribution) = default;
};
struct contributes_a_number {
  coord<3> overlap() const { return {}; }
  int contributes(block<3> const&) const { return 0; }
  friend bool operator==(contributes_a_number, contributes_a_number) = default;
};
struct overlap_in_2d {
  coord<2> overlap() const { return {}; }
  box<3> contributes(block<3> const& b) const { return b.core; }
  friend bool operator==(overlap_in_2d, overlap_in_2d) = default;
};
struct not_comparable {
  coord<3> overlap() const { return {}; }
  box<3> contributes(block<3> const& b) const { return b.core; }
};
struct needs_a_variable_policy {
  coord<3> overlap() { return {}; }
  box<3> contributes(block<3> const& b) { return b.core; }
  friend bool operator==(needs_a_variable_policy, needs_a_variable_policy) = default;
};

}  // namespace almost

static_assert(stitch::stitching_policy<stitch::keep_core>);
static_assert(!stitch::stitching_policy<almost::no_overlap>);
static_assert(!stitch::stitching_policy<almost::no_contribution>);
static_assert(!stitch::stitching_policy<almost::contributes_a_number>);
static_assert(!stitch::stitching_policy<almost::overlap_in_2d>);
static_assert(!stitch::stitching_policy<almost::not_comparable>);
static_assert(!stitch::stitching_policy<almost::needs_a_variable_policy>);

TEST_CASE("keep_core keeps the laws of stitching policies", "[stitch]") {
  test::check_stitching_policy_laws(stitch::keep_core{});
}

TEST_CASE("keep_core: every voxel has one owner, whatever overlap the blocks have", "[stitch]") {
  blocking<3> const blocks(box<3>::at_origin({{9, 10, 11}}), {{4, 4, 4}}, {}, {{2, 2, 2}});
  index_t owned = 0;
  for (auto const& b : blocks) owned += stitch::keep_core{}.contributes(b).size();
  CHECK(owned == blocks.domain().size());
}

TEST_CASE("keep_core: blocks of two axes contribute their core too", "[stitch]") {
  blocking<2> const blocks(box<2>::at_origin({{9, 10}}), {{4, 4}});
  CHECK(stitch::keep_core{}.contributes(blocks[1]) == blocks[1].core);
  CHECK(stitch::keep_core{}.overlap<2>() == coord<2>{});
}

TEST_CASE("keep_core: merged blocks equal the whole-volume result bit by bit", "[stitch]") {
  test::random_source random;
  CAPTURE(random);
  for (int i = 0; i < 50; ++i) {
    std::vector<int> line(static_cast<std::size_t>(random.between(1, 40)));
    for (int& v : line) v = static_cast<int>(random.between(0, 1000));
    auto const extent = static_cast<index_t>(line.size());
    std::vector<int> merged(line.size(), -1);
    for (auto const& b :
         blocking<1>(box<1>::at_origin({{extent}}), {{random.between(1, 9)}}, {{1}})) {
      std::vector<int> const seen(line.begin() + b.read.inclusive_min[0],
                                  line.begin() + b.read.exclusive_max[0]);
      box<1> const part = stitch::keep_core{}.contributes(b);
      for (index_t x = part.inclusive_min[0]; x < part.exclusive_max[0]; ++x)
        merged[static_cast<std::size_t>(x)] = sum_of_three(seen, x - b.read.inclusive_min[0]);
    }
    for (index_t x = 0; x < extent; ++x)
      CHECK(merged[static_cast<std::size_t>(x)] == sum_of_three(line, x));
  }
}
