// SPDX-License-Identifier: BSL-1.0
#include "voxstitch/synthetic/phantom.hpp"

#include <array>
#include <cstdint>
#include <vector>

#include "support/catch.hpp"
#include "support/random.hpp"

using namespace voxstitch;
using synthetic::phantom;

namespace {

/// An image or a truth of a box.
template <class T>
struct picture {
  explicit picture(box<3> const& b) : where(b), values(static_cast<std::size_t>(b.size())) {}
  [[nodiscard]] strided_view<T, 3> view() { return {values.data(), where.shape()}; }
  box<3> where;
  std::vector<T> values;
};

picture<std::uint16_t> raw_of(phantom const& p, box<3> const& b) {
  picture<std::uint16_t> result(b);
  p.raw(b, result.view());
  return result;
}

picture<std::uint8_t> truth_of(phantom const& p, box<3> const& b) {
  picture<std::uint8_t> result(b);
  p.truth(b, result.view());
  return result;
}

/// Whether `part` shows what `whole` shows there.
template <class T>
bool same(picture<T>& part, picture<T>& whole) {
  auto const expected = whole.view().sub(relative_to(part.where, whole.where));
  bool equal = true;
  for_each_voxel(box<3>::at_origin(part.where.shape()),
                 [&](coord<3> const& v) { equal = equal && part.view()[v] == expected[v]; });
  return equal;
}

/// FNV-1a of all voxels.
template <class T>
std::uint64_t checksum(std::vector<T> const& values) {
  std::uint64_t h = 0xcbf29ce484222325;
  for (T v : values) h = (h ^ v) * 0x100000001b3;
  return h;
}

struct statistics {
  index_t voxels = 0;
  double sum = 0;
  [[nodiscard]] double mean() const { return sum / static_cast<double>(voxels); }
};

/// Per label, 0 to 5.
std::array<statistics, 6> statistics_of(phantom const& p, box<3> const& b) {
  std::array<statistics, 6> result{};
  auto const raw = raw_of(p, b);
  auto const truth = truth_of(p, b);
  for (std::size_t i = 0; i < raw.values.size(); ++i) {
    statistics& s = result.at(truth.values[i]);
    ++s.voxels;
    s.sum += raw.values[i];
  }
  return result;
}

}  // namespace

TEST_CASE("any box of a phantom shows what the whole shows there", "[synthetic]") {
  coord<3> const shape{{40, 150, 200}};
  phantom const p(shape, 5);
  auto whole_raw = raw_of(p, box<3>::at_origin(shape));
  auto whole_truth = truth_of(p, box<3>::at_origin(shape));
  test::random_source random;
  CAPTURE(random);
  for (int i = 0; i < 15; ++i) {
    auto const b = random.box_within(whole_raw.where);
    CAPTURE(b);
    auto raw = raw_of(p, b);
    auto truth = truth_of(p, b);
    CHECK(same(raw, whole_raw));
    CHECK(same(truth, whole_truth));
  }
}

TEST_CASE("slices of a phantom stack up to the volume", "[synthetic]") {
  coord<3> const shape{{9, 130, 150}};
  phantom const p(shape);
  auto whole = raw_of(p, box<3>::at_origin(shape));
  for (index_t z = 0; z < shape[0]; ++z) {
    auto slice = raw_of(p, {{{z, 0, 0}}, {{z + 1, shape[1], shape[2]}}});
    CHECK(same(slice, whole));
  }
}

TEST_CASE("a phantom far inside a volume of terabytes is made at once", "[synthetic]") {
  coord<3> const shape{{10'000, 30'000, 40'000}};
  phantom const p(shape, 3);
  box<3> const b{{{5000, 9000, 7000}}, {{5016, 9048, 7064}}};
  auto part = raw_of(p, {{{5004, 9010, 7011}}, {{5009, 9020, 7060}}});
  auto whole = raw_of(p, b);
  CHECK(same(part, whole));
  CHECK(statistics_of(p, b)[2].voxels > 0);
}

TEST_CASE("a phantom has the same bits with any compiler on any processor", "[synthetic]") {
  box<3> const b{{{3, 20, 60}}, {{23, 120, 190}}};
  phantom const p(coord<3>{{32, 200, 256}}, 7);
  CHECK(checksum(raw_of(p, b).values) == 0x30b0515345636b9e);
  CHECK(checksum(truth_of(p, b).values) == 0x2937cae239896f4e);
}

TEST_CASE("seeds make different brains", "[synthetic]") {
  auto const b = box<3>::at_origin({{8, 64, 64}});
  CHECK(raw_of(phantom(coord<3>{{8, 64, 64}}, 1), b).values !=
        raw_of(phantom(coord<3>{{8, 64, 64}}, 2), b).values);
}

TEST_CASE("all five classes occur, and look as their names say", "[synthetic]") {
  coord<3> const shape{{48, 300, 400}};
  auto const found = statistics_of(phantom(shape), box<3>::at_origin(shape));
  auto const share = [&](std::size_t label) {
    return static_cast<double>(found[label].voxels) / static_cast<double>(product(shape));
  };
  CHECK(found[0].voxels == 0);
  CHECK(share(1) > 0.3);
  CHECK(share(2) > 0.3);
  for (std::size_t label : {3U, 4U, 5U}) {
    CAPTURE(label);
    CHECK(share(label) > 0.002);
    CHECK(share(label) < 0.05);
  }
  CHECK(found[1].mean() < 60);                     // outside is dark
  CHECK(found[2].mean() > 3 * found[1].mean());    // tissue glows
  CHECK(found[3].mean() > 2 * found[2].mean());    // cells are bright
  CHECK(found[4].mean() < found[2].mean());        // vessels are dark, walls and all
  CHECK(found[5].mean() > 1.2 * found[2].mean());  // axons stand out
  CHECK(phantom::class_names().size() == 5);
}

TEST_CASE("a phantom fills views of any strides", "[synthetic]") {
  coord<3> const shape{{4, 30, 40}};
  phantom const p(shape);
  auto expected = raw_of(p, box<3>::at_origin(shape));
  std::vector<std::uint16_t> memory(static_cast<std::size_t>(product(shape)));
  strided_view<std::uint16_t, 3> const fortran(memory.data(), shape, {{1, 4, 120}});
  p.raw(box<3>::at_origin(shape), fortran);
  for_each_voxel(box<3>::at_origin(shape),
                 [&](coord<3> const& v) { REQUIRE(fortran[v] == expected.view()[v]); });
  std::vector<std::uint8_t> labels(memory.size());
  strided_view<std::uint8_t, 3> const columns(labels.data(), shape, {{1, 4, 120}});
  auto truth = truth_of(p, box<3>::at_origin(shape));
  p.truth(box<3>::at_origin(shape), columns);
  for_each_voxel(box<3>::at_origin(shape),
                 [&](coord<3> const& v) { REQUIRE(columns[v] == truth.view()[v]); });
}

TEST_CASE("the smallest phantoms can be made", "[synthetic]") {
  for (coord<3> const& shape : {coord<3>{{1, 1, 1}}, coord<3>{{1, 1, 9}}, coord<3>{{5, 2, 1}}})
    CHECK(raw_of(phantom(shape), box<3>::at_origin(shape)).values.size() ==
          static_cast<std::size_t>(product(shape)));
}

TEST_CASE("an empty box of a phantom asks for nothing", "[synthetic]") {
  phantom const p(coord<3>{{4, 4, 4}});
  CHECK_NOTHROW(p.raw({{{2, 2, 2}}, {{2, 4, 4}}}, {nullptr, {{0, 2, 2}}}));
}

TEST_CASE("a phantom refuses what it cannot show", "[synthetic]") {
  CHECK_THROWS_WITH(phantom(coord<3>{{4, 0, 4}}),
                    "phantom: shape 4,0,4 must be at least 1 everywhere");
  phantom const p(coord<3>{{4, 4, 4}});
  picture<std::uint16_t> out(box<3>::at_origin({{4, 4, 5}}));
  CHECK_THROWS_WITH(p.raw(out.where, out.view()),
                    "phantom: box [0:4, 0:4, 0:5] leaves the volume of shape 4,4,4");
  CHECK_THROWS_AS(p.raw({{{-1, 0, 0}}, {{1, 4, 4}}}, out.view()), shape_error);
  CHECK_THROWS_WITH(p.raw(box<3>::at_origin({{4, 4, 4}}), out.view()),
                    "phantom: box [0:4, 0:4, 0:4] has shape 4,4,4, but the view to fill has 4,4,5");
}
